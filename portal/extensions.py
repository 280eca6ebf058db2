"""The extensions, unbound, and the database's ways: how a session writes, and what it inserts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached
from sqlalchemy.orm.util import identity_key

from portal import sqlite

CONNECTIONS = 16
"""Connections that a process keeps: one for each request that it answers at once."""
INSERTS: Mapping[str, Callable[[Any], Any]] = {"sqlite": sqlite_dialect.insert, "postgresql": postgresql.insert}
"""The insert of each dialect: it alone knows what to do on a conflict."""


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


def engine_options(database_url: str) -> dict[str, Any]:
    """Return the engine's options for a database of this address; what people typed is not to enter a log."""
    pool = {"pool_size": CONNECTIONS, "max_overflow": 4, "hide_parameters": True}
    if database_url.startswith("sqlite"):
        return {"module": sqlite.module(), **pool}
    return {"pool_pre_ping": True, **pool}


def open_durably(engine: Engine) -> None:
    """Have an SQLite database be opened as a durable, concurrent store."""
    if engine.dialect.name == "sqlite":
        sqlite.open_durably(engine)


def let_go(_error: BaseException | None) -> None:
    """End the session of a request whose answer is made, also where its connection was lost meanwhile."""
    try:
        db.session.remove()
    except SQLAlchemyError:
        db.session().invalidate()


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
    return INSERTS[db.engine.dialect.name](table.__table__)


def built_once(build: Callable[[Callable[[Any], Any]], Any]) -> Callable[[], Any]:
    """Return a statement that `build` makes with the insert of a dialect: built once for each, not for each use."""
    built = {name: build(insert) for name, insert in INSERTS.items()}
    return lambda: built[db.engine.dialect.name]


def insert_now(row: Any) -> bool:
    """Insert a new object at once; return whether it was, or a row that must be unlike it stands in its way.

    One plain statement costs a third of what the session takes to find out what to write. From then on the object is
    the session's, as if it had been loaded.
    """
    table = row.__table__
    given = {name: vars(row).get(name) for name in (column.name for column in table.columns) if name != "id"}
    id_ = db.session.connection().execute(_insert(db.engine.dialect.name, table), given).scalar()
    if id_ is None:
        return False
    row.__dict__.update(given, id=id_)
    make_transient_to_detached(row)
    gone = db.session().identity_map.get(identity_key(instance=row))
    if gone is not None:  # it was of a savepoint that was rolled back: its id is free again
        db.session.expunge(gone)
    db.session.add(row)
    return True


@cache
def _insert(dialect: str, table: Any) -> Any:
    return INSERTS[dialect](table).on_conflict_do_nothing().returning(table.c.id)
