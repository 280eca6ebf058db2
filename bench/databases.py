"""Databases that lose nothing that was committed, on a disk: what is measured on others says little."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from portal import sqlite
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


def nobody_writes(url: str) -> bool:
    """Return whether an SQLite file could be written to now; what others hold in PostgreSQL keeps no filing waiting."""
    if not url.startswith("sqlite"):
        return True
    module = sqlite.module()
    connection = module.connect(make_url(url).database, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except module.OperationalError:
        return False
    finally:
        connection.close()
    return True
