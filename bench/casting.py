"""Copies of a mould: what is of its own has others in its place, moments are shifted, ids are counted on."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Dialect, Table

from bench.moulds import Mould
from portal.models.columns import Moment

Values = list[Any]
Change = Callable[["Copy"], Any]


class Copy:
    """What a copy has of its own, by the names of its mould; `ids` are the first of each table that it may take."""

    def __init__(self, own: Mapping[str, str], by: timedelta, ids: Mapping[str, int]) -> None:
        self.ids = ids
        self._by = by
        self._moments: dict[datetime, Any] = {}
        self.texts = {
            **own,
            **{f"{name} folded": text.casefold() for name, text in own.items()},
            **{f"{name} in JSON": json.dumps(text)[1:-1] for name, text in own.items()},
        }

    def shifted(self, moment: datetime, bind: Callable[[datetime], Any]) -> Any:
        """Return a moment of the mould as it is for the copy, bound."""
        if moment not in self._moments:
            self._moments[moment] = bind(moment + self._by)
        return self._moments[moment]


class Cast:
    """A mould made ready to be copied into a database of this kind; `staff` are the ids of its staff there."""

    def __init__(self, mould: Mould, dialect: Dialect, staff: Mapping[int, int]) -> None:
        self.mould = mould
        self.number: Counter[str] = Counter()
        """How many rows a copy has of each table."""
        self._dialect, self._staff = dialect, staff
        self._offsets: dict[tuple[str, int], int] = {}
        for table, row in mould.rows:
            self._offsets[table.name, row.get("id", 0)] = self.number[table.name]
            self.number[table.name] += 1
        self._own = {text: name for name, text in mould.own.items()}
        self._folded = {text.casefold(): f"{name} folded" for text, name in self._own.items()} | self._own
        self._rows = [(table.name, *self._row(table, row)) for table, row in mould.rows]

    def copied(self, copy: Copy) -> list[tuple[str, Values]]:
        """Return the rows of a copy by table, as the database's driver takes them."""
        made = []
        for name, constant, changes in self._rows:
            values = constant.copy()
            for place, change in changes:
                values[place] = change(copy)
            made.append((name, values))
        return made

    def _row(self, table: Table, row: Mapping[str, Any]) -> tuple[Values, Sequence[tuple[int, Change]]]:
        """Return a row's values, and those that are others in each copy, by their place."""
        made = [self._value(table, column, row[column.name]) for column in table.columns]
        changes = [(place, value) for place, value in enumerate(made) if callable(value)]
        return [None if callable(value) else value for value in made], changes

    def _value(self, table: Table, column: Column[Any], value: Any) -> Any:
        """Return a value as the driver takes it, or what makes it for a copy."""
        refers = next((key.column.table.name for key in column.foreign_keys), None)
        if value is None:
            return None
        if refers == "staff":
            return self._staff[value]
        if refers in self.number or (column.primary_key and column.name == "id"):
            of = refers or table.name
            offset = self._offsets[of, value]
            return lambda copy: copy.ids[of] + offset
        bind = self._bind(column.type)
        if isinstance(column.type, Moment):
            return lambda copy: copy.shifted(value, bind)
        if isinstance(column.type, JSON):
            return _filled_in(value, {text: f"{name} in JSON" for text, name in self._own.items()})
        return _filled_in(value, self._folded) if type(value) is str else bind(value)

    def _bind(self, kind: Any) -> Callable[[Any], Any]:
        return kind.dialect_impl(self._dialect).bind_processor(self._dialect) or (lambda value: value)


def _filled_in(text: str, places: Mapping[str, str]) -> str | Change:
    """Return a text, or what puts a copy's own in these places of it, where it has any."""
    parts = re.split("(" + "|".join(map(re.escape, places)) + ")", text)
    if len(parts) == 1:
        return text
    literal = parts[::2]
    names = [places[part] for part in parts[1::2]]

    def fill(copy: Copy) -> str:
        pieces = [literal[0]]
        for name, after in zip(names, literal[1:], strict=True):
            pieces += (copy.texts[name], after)
        return "".join(pieces)

    return fill
