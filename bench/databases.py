"""Databases that lose nothing that was committed, on a disk: what is measured on others says little."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgresql
from tests.databases import Databases, SQLiteFiles, postgresql_databases

KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
ON_DISK = "/var/tmp"
"""Where temporary files lie on a disk: what is under /tmp may be kept in memory."""
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_connections": "100"}


@contextmanager
def folder() -> Iterator[Path]:
    """Give a temporary folder on a disk."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-", dir=ON_DISK) as made:
        yield Path(made)


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Databases]:
    """Give databases of a kind: files in a folder, or those of a PostgreSQL server of their own."""
    if kind == "sqlite":
        yield SQLiteFiles(folder)
        return
    with postgresql.cluster(DURABLE, ON_DISK) as server, postgresql_databases(server) as found:
        yield found
