"""How migrations run: whole or not at all, on SQLite too."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection

from portal.extensions import Base, db

SEARCH = "ticket_search"
"""SQLite's search index and its shadow tables: made by a migration, unknown to the models."""


ONE_AT_A_TIME = 0x706F7274616C
"""The lock by which portals that start at once upgrade one after the other, on PostgreSQL."""


def include(name: str | None, kind: str, _parents: Any) -> bool:
    """Return whether a comparison with the models looks at a table or index."""
    return not (name or "").startswith((SEARCH, f"ix_{SEARCH}"))


def _foreign_keys(connection: Connection, state: str) -> None:
    """Switch the checks outside any transaction, where alone SQLite lets them be switched."""
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA foreign_keys={state}")


def run() -> None:
    """Run the migrations in one transaction, checked for broken references at its end."""
    with db.engine.connect().execution_options(write=True) as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:  # batch mode copies tables: with foreign keys on, dropping a parent would delete its children
            _foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=sqlite,
            transactional_ddl=True,
            include_name=include,
            compare_type=True,
        )
        with context.begin_transaction():
            if not sqlite:  # whose writers wait for each other anyway
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
            context.run_migrations()
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise RuntimeError(f"the migration would leave broken references: {broken[:5]}")
        if sqlite:
            _foreign_keys(connection, "ON")


run()
