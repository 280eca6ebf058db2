"""The extensions, unbound, and how SQLite is opened as a durable, concurrent store."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask_babel import Babel
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

SOUND_SQLITE = (3, 51, 3)
"""The first SQLite without the WAL-reset bug, by which two writers can corrupt a file."""


class Base(DeclarativeBase):
    """What the models derive from; constraints have names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(session_options={"expire_on_commit": False})
csrf = CSRFProtect()
babel = Babel()
migrate = Migrate()


def sqlite_module() -> Any:
    """Return the SQLite driver to use: the standard one where it is sound, else pysqlite3."""
    if sqlite3.sqlite_version_info >= SOUND_SQLITE:
        return sqlite3
    from pysqlite3 import dbapi2

    return dbapi2


def engine_options(database_url: str) -> dict[str, Any]:
    """Return the engine's options for a database of this address; what people typed is not to enter a log."""
    if database_url.startswith("sqlite"):
        return {"module": sqlite_module(), "hide_parameters": True}
    return {"pool_pre_ping": True, "hide_parameters": True}


def open_durably(engine: Engine) -> None:
    """Have each SQLite connection write-ahead, synchronous and strict, and begin as it is asked to."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)


def begin_writing() -> None:
    """Have the session in a writer's transaction, ending a reader's first.

    A reader that turns into a writer can be refused by SQLite at once, whatever its timeout.
    """
    if db.session().in_transaction() and not db.session.connection().get_execution_options().get("write"):
        db.session.commit()
    if not db.session().in_transaction():
        db.session.connection(execution_options={"write": True})


def insert_into(table: type[Base]) -> Any:
    """Return an insert into a table, in the dialect of the database, which alone knows what to do on a conflict."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    return insert(table)


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
