"""Filing beside a plain form: `python -m bench.filing` (--database, --rounds, --seconds).

Sixteen customers at a time send the whole form. The portal's worker is held meanwhile, as it would share the processors
with the form that is measured next; a last round has it at work.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import click
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from bench import plain
from bench.bodies import Opened, filled, opened
from bench.databases import KINDS, databases, folder
from bench.held import worker_held
from bench.portals import HIGH, Server, answering, portal, same_server
from bench.rounds import in_turn
from bench.table import Row, at_most, markdown, part, per_second, rate
from bench.wrk import Answers, send
from portal import create_app
from portal.extensions import db
from portal.models import Ticket
from tests.build import settings_for
from tests.databases import Databases, running

FORM = "/uk/tickets/new"
OF_PLAIN, OF_PLAINS_TAIL, MOST_TAIL = 1.5, 0.25, 120.0
"""Times the plain form's rate, times its 99th percentile, milliseconds."""
MOST_A_SECOND, AHEAD, FEWEST = 3_000, 3, 160
"""Forms that are prepared for the first second; later, so many times those that were sent; at least so many."""
WARM = 1.0
SEEN = 303


@dataclass(kw_only=True)
class Side:
    """A form that is measured: its server, an app that knows its forms, its database and table, and open forms.

    So many forms are prepared as can be sent in the time, going by how many were sent `a_second` before.
    """

    server: Server
    app: Flask
    db: SQLAlchemy
    table: Any
    forms: list[Opened]
    a_second: float = MOST_A_SECOND

    def run(self, seconds: float) -> Answers:
        """Send for so many seconds. Raises `RuntimeError` where not each was taken, and stored once."""
        before = self.stored()
        prepared = filled(self.forms, max(FEWEST, int(self.a_second * seconds)), self.app)
        came = send(self.server.url, prepared, seconds)
        self.a_second = AHEAD * came.rate
        taken = came.statuses[SEEN]
        if came.statuses.keys() != {SEEN} or self.stored() - before != taken:
            raise RuntimeError(f"{self.server.url}: {came.statuses}, stored {self.stored() - before}")
        return came

    def stored(self) -> int:
        """Return how many rows there are."""
        with self.app.app_context():
            return self.db.session.scalar(select(func.count()).select_from(self.table)) or 0


def measure(kind: str, rounds: int, seconds: float) -> list[Row]:
    """Return the lines of filing on a kind of database."""
    with ExitStack() as used:
        at = used.enter_context(folder())
        found = used.enter_context(databases(kind, at))
        ours = used.enter_context(_portal(found, at))
        theirs = used.enter_context(_plain(found, at))
        for side in (ours, theirs):
            side.run(WARM)
        url = str(ours.app.config["SQLALCHEMY_DATABASE_URI"])
        with worker_held(ours.server, url):
            came = in_turn({"portal": partial(ours.run, seconds), "plain": partial(theirs.run, seconds)}, rounds)
        return _lines(f"filing, {KINDS[kind]}", came["portal"], came["plain"], ours.run(seconds))


def _lines(name: str, ours: list[Answers], theirs: list[Answers], with_worker: Answers) -> list[Row]:
    mine, plains = ([came.percentile(0.99) for came in side] for side in (ours, theirs))
    return [
        rate(name, [came.rate for came in ours], [came.rate for came in theirs], OF_PLAIN, "plain form"),
        at_most(f"{name}: 99th percentile", median(mine), MOST_TAIL, "ms"),
        part(f"{name}: 99th percentile", mine, plains, OF_PLAINS_TAIL, "plain form"),
        Row(
            what=f"{name}, the worker sending meanwhile",
            reached=f"{per_second(with_worker.rate)}, 99th percentile {with_worker.percentile(0.99):.0f} ms",
        ),
    ]


@contextmanager
def _portal(found: Databases, at: Path) -> Iterator[Side]:
    with found.migrated() as url:
        server = portal(url, at, PORTAL_PROXIES="1")
        limits: Any = HIGH
        app = create_app(settings_for(url, limits=limits, public_url=server.url))
        with answering(server), running(app):
            forms = opened(app, FORM, server.url)
            yield Side(server=server, app=app, forms=forms, db=db, table=Ticket)


@contextmanager
def _plain(found: Databases, at: Path) -> Iterator[Side]:
    with found.empty() as url:
        secret = secrets.token_hex()
        app = plain.create_app(url, secret)
        plain.create_tables(app)
        server = same_server("bench.plain:app", {plain.DATABASE: url, plain.SECRET: secret}, at, plain.PATH)
        with answering(server):
            forms = opened(app, plain.PATH, server.url)
            yield Side(server=server, app=app, forms=forms, db=plain.db, table=plain.Request)
        with app.app_context():
            plain.db.engine.dispose()


@click.command()
@click.option("--database", default="both", type=click.Choice([*KINDS, "both"]), show_default=True)
@click.option("--rounds", default=5, type=click.IntRange(1), show_default=True)
@click.option("--seconds", default=4.0, type=click.FloatRange(0.1), show_default=True)
def main(database: str, rounds: int, seconds: float) -> None:
    """Measure filing."""
    for kind in KINDS if database == "both" else (database,):
        click.echo(markdown(measure(kind, rounds, seconds)))


if __name__ == "__main__":
    main()
