"""At which migration a database is."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, inspect

from portal.copies.fault import CopyFault
from portal.extensions import migrate


def newest() -> str:
    """Return the last migration of the code."""
    return str(ScriptDirectory.from_config(migrate.get_config()).get_current_head())


def migration_of(connection: Connection) -> str | None:
    """Return the migration that a database is at; `None` where it is at none."""
    return MigrationContext.configure(connection).get_current_revision()


def bring_up(engine: Engine) -> None:
    """Make the tables where a database has none; raise `CopyFault` where it has others than the code's."""
    if not inspect(engine).get_table_names():
        upgrade()
    with engine.connect() as connection:
        found = migration_of(connection)
    if found != newest():
        where = f"at migration {found}" if found else "no database of the portal"
        raise CopyFault(
            f"the database of PORTAL_DATABASE_URL has tables, and is {where}, this portal at {newest()}. "
            "Name a database without tables, or run flask db upgrade"
        )
