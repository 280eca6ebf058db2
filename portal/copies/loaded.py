"""Rows put into a table, many at once: by COPY where the database has it, which takes a quarter of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from portal.copies.fault import CopyFault, first_line
from portal.copies.hashed import Row

Batches = Iterable[Sequence[Row]]


def load(connection: Connection, table: Table, batches: Batches) -> None:
    """Put rows into an empty table, in the connection's transaction. Raises `CopyFault`, naming the table."""
    on_postgresql = connection.dialect.name == "postgresql"
    try:
        (_copy if on_postgresql else _insert)(connection, table, batches)
    except (DBAPIError, connection.dialect.loaded_dbapi.Error) as error:
        raise CopyFault(f"{table.name} cannot be copied: {first_line(error)}") from None


def count_on(connection: Connection, table: Table) -> None:
    """Have the numbers of new rows go on after those that were loaded: PostgreSQL counts them by itself."""
    numbered = table.autoincrement_column
    if numbered is None or connection.dialect.name != "postgresql":
        return
    last = connection.scalar(select(func.max(numbered)))
    if last is not None:
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)"),
            {"name": table.name, "column": numbered.name, "last": last},
        )


def _insert(connection: Connection, table: Table, batches: Batches) -> None:
    names = table.columns.keys()
    for rows in batches:
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def _copy(connection: Connection, table: Table, batches: Batches) -> None:
    written = [_writer(column.type, connection) for column in table.columns]
    name, *columns = map(connection.dialect.identifier_preparer.quote, (table.name, *table.columns.keys()))
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
        for rows in batches:
            for row in _storable(table, rows):
                copy.write_row([write(value) for write, value in zip(written, row, strict=True)])


def _writer(kind: Any, connection: Connection) -> Callable[[Any], Any]:
    """Return what makes of a value of this type the one that the database's driver takes."""
    bind = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return (lambda value: None if value is None else bind(value)) if bind else (lambda value: value)


def _storable(table: Table, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield rows. Raises `CopyFault` where a text holds the character NUL, which PostgreSQL cannot store."""
    for row in rows:
        for column, value in zip(table.columns, row, strict=True):
            if isinstance(value, str) and "\0" in value:
                key = ", ".join(f"{c.name} {row[table.columns.keys().index(c.name)]}" for c in table.primary_key)
                raise CopyFault(
                    f"{table.name}, {key}: its {column.name} holds the character NUL, which PostgreSQL cannot store. "
                    "Take it out of the source first"
                )
        yield row
