"""The database that is taken over: an SQLite file, read as it is at one moment, and only read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from portal import sqlite
from portal.copies.fault import CopyFault, first_line
from portal.migrated import migration_of


@contextmanager
def snapshot(address: str) -> Iterator[Connection]:
    """Give the SQLite database at an address, `sqlite:////path`, as it is now: what is written meanwhile is not seen.

    Raises `CopyFault` where there is none, or one that is not at the code's own migration.
    """
    path = _path(address)
    engine = create_engine("sqlite://", creator=lambda: _opened(path), module=sqlite.module(), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            _check(connection, address)
            yield connection
    finally:
        engine.dispose()


def _path(address: str) -> Path:
    try:
        url = make_url(address)
    except ArgumentError:
        url = make_url("none://")
    if url.get_backend_name() != "sqlite" or not url.database:
        raise CopyFault("what is taken over should be an SQLite database, such as sqlite:////path/to/portal.sqlite")
    path = Path(url.database).absolute()
    if not path.is_file():
        raise CopyFault(f"there is no file {path}")
    return path


def _opened(path: Path) -> Any:
    connection = sqlite.module().connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
    for pragma in ("query_only=ON", "trusted_schema=OFF", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _check(connection: Connection, address: str) -> None:
    try:
        found = migration_of(connection)
    except SQLAlchemyError as error:
        raise CopyFault(f"{address} cannot be read: {first_line(error)}") from None
    if found is None:
        raise CopyFault(f"{address} is no database of the portal")
    wanted = current_app.config["MIGRATION"]
    if found != wanted:
        raise CopyFault(
            f"{address} is at migration {found}, this portal at {wanted}. Bring it up to date first: "
            f"PORTAL_DATABASE_URL={address} flask db upgrade"
        )
