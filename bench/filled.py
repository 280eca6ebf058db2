"""A database filled with as many tickets as wanted, the same ones each time: `python -m bench.filled URL --tickets N`.

They are copies of real tickets in every state, three in a hundred of them open, with history, notices that were sent,
readings, and the search's index; filed one after another within the last four weeks, since older notices are swept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import click
from flask import Flask
from sqlalchemy import Table, func, select

from bench import chance_words
from bench.casting import Cast, Copy, Values
from bench.databases import folder
from bench.moulds import STAFF, Moulds, moulds
from portal import create_app
from portal.clock import now
from portal.extensions import Base, db, insert_into
from portal.keys import Keyring, digest
from portal.models import PolicyVersion, Staff, Ticket
from portal.tickets.file import ALPHABET
from portal.tickets.links import PURPOSE
from tests.build import settings_for
from tests.colleague import account
from tests.databases import running

OPEN = 0.03
"""The part of tickets that is open."""
WITHIN = timedelta(days=28)
BATCH = 5_000
"""Tickets that are stored by one commit."""
SCATTER = 1_000_003
"""Has no factor in common with the number of references, so that no two numbers give the same."""
FIRST_ORDER = 10_000_000
FIRST_LETTER = "Z"
"""Of references; the portal draws from others."""
CACHE_KIB = 262_144


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which tickets a database is filled with: `most` are filed within `WITHIN` before `at`; the seed decides."""

    most: int
    at: datetime
    seed: int = 1

    def filed_at(self, number: int) -> datetime:
        """Return when the ticket of this number is filed."""
        return self.at - WITHIN + WITHIN * 0.99 * (number / self.most)


class Filling:
    """A portal's database that grows: `up_to` so many tickets."""

    def __init__(self, app: Flask, found: Moulds, plan: Plan) -> None:
        self._app, self._plan = app, plan
        self._keys: Keyring = app.extensions["portal"].keys
        for email in STAFF:
            account(app, email)
        with app.app_context():
            ids = {staff.email: staff.id for staff in db.session.scalars(select(Staff))}
            staff = {number: ids[email] for number, email in found.staff.items()}
            casts = [Cast(mould, db.engine.dialect, staff) for mould in found.each]
            for row in found.policies:
                db.session.execute(insert_into(PolicyVersion).values(dict(row)).on_conflict_do_nothing())
            db.session.commit()
        self._open = [cast for cast in casts if cast.mould.open]
        self._ended = [cast for cast in casts if not cast.mould.open]

    def up_to(self, tickets: int) -> float:
        """Add tickets until there are so many; return the seconds that it took."""
        begun = monotonic()
        with self._app.app_context():
            there = db.session.scalar(select(func.count()).select_from(Ticket)) or 0
            ids = {name: _last(table) + 1 for name, table in Base.metadata.tables.items() if "id" in table.columns}
            with _bulk() as write:
                for first in range(there, tickets, BATCH):
                    write(self._batch(first, min(first + BATCH, tickets), ids))
            _tidy()
        return monotonic() - begun

    def _batch(self, first: int, end: int, ids: dict[str, int]) -> dict[str, list[Values]]:
        """Return the rows of these tickets by table, and count the ids on."""
        chance = Random(f"{self._plan.seed} {first}")
        rows: dict[str, list[Values]] = {}
        for number in range(first, end):
            cast = chance.choice(self._open if chance.random() < OPEN else self._ended)
            by = self._plan.filed_at(number) - cast.mould.filed_at
            for name, values in cast.copied(Copy(self._own(cast, number, chance), by, ids)):
                rows.setdefault(name, []).append(values)
            for name in ids.keys() & cast.number.keys():
                ids[name] += cast.number[name]
        return rows

    def _own(self, cast: Cast, number: int, chance: Random) -> Mapping[str, str]:
        mould, nonce = cast.mould, f"{number:032x}"
        given = {
            "order": order_id(number),
            "service": chance_words.service(chance),
            "link": chance_words.link(chance, number),
            "reason": chance_words.reason(chance, mould.language),
            "payment": payment(number),
            "email": f"customer-{number}@example.com",
            "filer": digest(f"customer {number // 2}"),
            "reference": reference(number),
            "nonce": nonce,
            "token": digest(self._keys.mac(PURPOSE, nonce, self._keys.newest)),
        }
        return {name: given[name] if name in given else digest(f"{name} of {number}") for name in mould.own}


def order_id(number: int) -> str:
    """Return the order of the ticket of this number."""
    return str(FIRST_ORDER + number)


def number_of(order_id: str) -> int:
    """Return the number of the ticket of this order."""
    return int(order_id) - FIRST_ORDER


def payment(number: int) -> str:
    """Return the customer's own reference on the ticket of this number: a word that no other ticket holds."""
    return f"PAY{number:08}"


def reference(number: int) -> str:
    """Return the reference of the ticket of this number; each has another, as if drawn by lot.

    With its first letter, none is one that the portal may draw for what is filed meanwhile.
    """
    left, letters = number * SCATTER % len(ALPHABET) ** 6, FIRST_LETTER
    for _ in range(6):
        left, place = divmod(left, len(ALPHABET))
        letters += ALPHABET[place]
    return f"{letters[:3]}-{letters[3:]}"


def _last(table: Table) -> int:
    return db.session.scalar(select(func.max(table.columns["id"]))) or 0


@contextmanager
def _bulk() -> Iterator[Any]:
    """Give what writes rows by table, each call one transaction, past everything that is for one row at a time."""
    db.session.rollback()
    connection = db.engine.raw_connection()
    write = _to_sqlite if db.engine.dialect.name == "sqlite" else _to_postgresql
    try:
        yield lambda rows: write(connection, [(t, rows[t.name]) for t in Base.metadata.sorted_tables if t.name in rows])
    finally:
        connection.invalidate()  # it was set for this alone


def _to_sqlite(connection: Any, rows: Sequence[tuple[Table, list[Values]]]) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    cursor.execute("BEGIN IMMEDIATE")
    for table, values in rows:
        places = ", ".join("?" * len(table.columns))
        cursor.executemany(f"INSERT INTO {table.name} ({_columns(table)}) VALUES ({places})", values)
    cursor.execute("COMMIT")


def _to_postgresql(connection: Any, rows: Sequence[tuple[Table, list[Values]]]) -> None:
    cursor = connection.cursor()
    for table, values in rows:
        with cursor.copy(f"COPY {table.name} ({_columns(table)}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
        if "id" in table.columns:
            last = f"(SELECT max(id) FROM {table.name})"
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last})")
    connection.commit()


def _columns(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _tidy() -> None:
    """Do what PostgreSQL does by itself a minute after many rows came, and have SQLite's file whole."""
    tidy = "VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)"
    connection: Any = db.engine.raw_connection()
    try:
        if db.engine.dialect.name == "postgresql":
            connection.driver_connection.autocommit = True
        connection.cursor().execute(tidy)
    finally:
        connection.invalidate()


@click.command()
@click.argument("url")
@click.option("--tickets", default=100_000, type=click.IntRange(1), show_default=True)
def main(url: str, tickets: int) -> None:
    """Fill the migrated database at URL."""
    with folder() as at, running(create_app(settings_for(url))) as app:
        seconds = Filling(app, moulds(Path(at)), Plan(most=tickets, at=now())).up_to(tickets)
    click.echo(f"{tickets} tickets in {seconds:.1f} s")


if __name__ == "__main__":
    main()
