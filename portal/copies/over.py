"""A portal's SQLite database taken over into the empty database of another portal, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection, Engine, Table, inspect, literal, select
from sqlalchemy.exc import DBAPIError

from portal.copies.fault import CopyFault, first_line
from portal.copies.hashed import Row, Sum, batches, summed
from portal.copies.loaded import count_on, load
from portal.copies.source import snapshot
from portal.extensions import Base
from portal.migrated import migration_of, upgrade


@dataclass(frozen=True, kw_only=True)
class Copied:
    """A table that was taken over: how many rows, and the SHA-256 of all of them, in hex."""

    table: str
    rows: int
    hash: str


def take_over(source: str, destination: Engine) -> list[Copied]:
    """Take the SQLite database at an address over into an empty one; return what was taken, by table.

    It is one transaction: in the end, each table is read back and compared. Raises `CopyFault`, and leaves nothing.
    """
    try:
        with snapshot(source) as taken:
            _bring_up(destination)
            with destination.connect().execution_options(write=True) as connection, connection.begin():
                return list(_copied(taken, connection))
    except DBAPIError as error:
        raise CopyFault(f"a database cannot be used: {first_line(error)}") from None


def _bring_up(engine: Engine) -> None:
    """Make the tables where a database has none; raise `CopyFault` where it has others than the code's."""
    if not inspect(engine).get_table_names():
        upgrade()
    with engine.connect() as connection:
        found = migration_of(connection)
    wanted = current_app.config["MIGRATION"]
    if found != wanted:
        where = f"at migration {found}" if found else "no database of the portal"
        raise CopyFault(
            f"the database of PORTAL_DATABASE_URL has tables, and is {where}, this portal at {wanted}. "
            "Name a database without tables, or run flask db upgrade"
        )


def _copied(source: Connection, destination: Connection) -> Iterator[Copied]:
    tables = Base.metadata.sorted_tables
    _hold(destination, tables)
    _refuse_what_is_filled(destination, tables)
    read = {table: _taken(source, destination, table) for table in tables}
    for table in tables:
        count_on(destination, table)
    _compare(read, {table: summed(destination, table) for table in tables})
    for table, found in read.items():
        yield Copied(table=table.name, rows=found.rows, hash=found.hash)
    if destination.dialect.name == "postgresql":
        destination.exec_driver_sql("ANALYZE")  # it plans its queries by what it counted


def _hold(connection: Connection, tables: Sequence[Table]) -> None:
    """Keep others from writing until the commit: SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(connection.dialect.identifier_preparer.quote(table.name) for table in tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _refuse_what_is_filled(connection: Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        if connection.scalar(select(literal(1)).select_from(table).limit(1)) is not None:
            raise CopyFault(
                f"the database of PORTAL_DATABASE_URL holds rows in {table.name}: nothing is taken over into it. "
                "Name an empty one"
            )


def _taken(source: Connection, destination: Connection, table: Table) -> Sum:
    """Take one table over; return the sum of what was read."""
    read = Sum()

    def counted() -> Iterator[Sequence[Row]]:
        for rows in batches(source, table):
            read.add(rows)
            yield rows

    load(destination, table, counted())
    return read


def _compare(read: dict[Table, Sum], kept: dict[Table, Sum]) -> None:
    """Raise `CopyFault` where a table does not hold what was read."""
    differ = [
        f"{table.name}: {there.rows} rows, {there.hash[:12]} became {kept[table].rows} rows, {kept[table].hash[:12]}"
        for table, there in read.items()
        if (there.rows, there.hash) != (kept[table].rows, kept[table].hash)
    ]
    if differ:
        raise CopyFault("the copy is not what was read, and was taken back:\n" + "\n".join(differ))
