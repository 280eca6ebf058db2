"""The rows of a table, one after another, and what tells two tables of the same rows from others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, String, Table, select

Row = tuple[Any, ...]
"""A row's values, in the order of the table's columns, as the models' types read them."""

BATCH, LARGE_BATCH = 500, 4
"""Rows that are held in memory at once: few where one can be of megabytes."""


def batches(connection: Connection, table: Table) -> Iterator[Sequence[Row]]:
    """Yield the rows of a table by primary key, in the same order on each kind of database."""
    large = any(isinstance(column.type, LargeBinary) for column in table.columns)
    ordered = select(table).order_by(*(_in_order(connection, column) for column in table.primary_key))
    found = connection.execute(ordered, execution_options={"yield_per": LARGE_BATCH if large else BATCH})
    for part in found.partitions():
        yield [tuple(row) for row in part]


def _in_order(connection: Connection, column: Column[Any]) -> Any:
    """Return a column to order by: texts by their bytes, whatever the database's language."""
    by_language = connection.dialect.name == "postgresql" and isinstance(column.type, String)
    return column.collate("C") if by_language else column


class Sum:
    """How many rows there were, and the SHA-256, in hex, of all of them in their order."""

    def __init__(self) -> None:
        self.rows, self._hash = 0, hashlib.sha256()

    def add(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        for row in rows:
            self._hash.update(_ENCODER.encode(row).encode() + b"\n")
            self.rows += 1

    @property
    def hash(self) -> str:
        """The hash of the rows that were added."""
        return self._hash.hexdigest()


def summed(connection: Connection, table: Table) -> Sum:
    """Return the sum of a table as it stands in its database."""
    found = Sum()
    for rows in batches(connection, table):
        found.add(rows)
    return found


def _plain(value: Any) -> str:
    """Return a value that JSON has no word for as a text, the same wherever it was kept."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(type(value).__name__)


_ENCODER = json.JSONEncoder(default=_plain, sort_keys=True, separators=(",", ":"))
