"""A filled database of the first version, brought up to date by a program that is killed at any moment, and run again.

`python -m bench.faults.upgraded` (--times, --tickets, --database): a kill leaves everything as it was, or all of it
done; in the end no row is lost, the tables are what the portal wants, and it answers.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic

import click
from flask import Flask
from flask_migrate import downgrade

from bench.databases import databases
from bench.faults.places import KINDS, temporary
from bench.faults.told import told
from bench.filled import Filling, Plan, reference
from bench.moulds import moulds
from bench.portals import PYTHON, READY, answering, environment, portal, status
from bench.programs import Program, until
from portal import create_app
from portal.clock import now
from portal.extensions import db
from portal.migrated import migration_of
from tests.build import settings_for
from tests.databases import running
from tests.upgraded import contents, whole

FIRST = "0001"
AS_IT_WAS, DONE, HALF = "as it was", "done", "half"
LOOKED_AT = 10
"""How many tickets are opened in the end."""
WITHIN = 600.0
"""Seconds that an upgrade may take, on a machine however slow."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it: what the kills left, and the rows of each table of the first version, before and after."""

    tickets: int
    left: Mapping[str, int]
    seconds: float
    before: Mapping[str, int]
    after: Mapping[str, int]
    ready: int

    def faults(self) -> list[str]:
        """Return what does not hold, in sentences; none where all is well."""
        said = [f"{self.left[HALF]} kills left an upgrade half done"] if self.left.get(HALF) else []
        for name, rows in self.before.items():
            said += [f"of {rows} {name} {self.after[name]} are there"] if self.after[name] != rows else []
        return said if self.ready == 200 else [*said, f"a portal on it answers {self.ready}"]

    def rows(self) -> dict[str, str]:
        """Return what is to be reported."""
        return {
            "tickets": f"{self.tickets:,}",
            "rows in all": f"{sum(self.before.values()):,}",
            "seconds of an upgrade": f"{self.seconds:.1f}",
            **{f"kills that left it {what}": str(self.left.get(what, 0)) for what in (AS_IT_WAS, DONE)},
        }


def run(url: str, folder: Path, tickets: int, times: int, chance: Random) -> Outcome:
    """Fill a migrated database, take it back to the first version, and bring it up to date again and again."""
    command = [PYTHON, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    program, left = Program(command, environment(url, folder), folder / "upgrade.log"), Counter[str]()
    with running(create_app(settings_for(url))) as app:
        Filling(app, moulds(folder), Plan(most=tickets, at=now())).up_to(tickets)
        before = _taken_back(app)
        seconds = _upgraded(program)
        for _ in range(times):
            before = _taken_back(app)
            left[_killed(app, program, before, after=chance.uniform(0, seconds))] += 1
        _upgraded(program)
        after = contents(app)
        whole(app, [reference(number) for number in range(0, tickets, tickets // LOOKED_AT)])
    server = portal(url, folder)
    with answering(server):
        ready = status(server.port, READY)
    return Outcome(
        tickets=tickets,
        left=left,
        seconds=seconds,
        before={name: len(rows) for name, rows in before.items()},
        after={name: len(rows) for name, rows in after.items()},
        ready=ready,
    )


def _taken_back(app: Flask) -> dict[str, list[str]]:
    """Take a database back to the first version; return what it holds then."""
    with app.app_context():
        db.session.remove()
        downgrade(revision=FIRST)
    return contents(app)


def _upgraded(program: Program) -> float:
    """Upgrade; return for how many seconds. Raises `RuntimeError` where that fails."""
    begun = monotonic()
    program.start()
    until(lambda: not program.runs, WITHIN, "an upgrade to end")
    seconds = monotonic() - begun
    if program.kill():
        raise RuntimeError(program.log.read_text(errors="replace"))
    return seconds


def _killed(app: Flask, program: Program, before: Mapping[str, list[str]], *, after: float) -> str:
    """Begin to upgrade, and kill that after so many seconds; return how it left the database."""
    program.start()
    Event().wait(after)
    program.kill()
    if contents(app) == before:
        return AS_IT_WAS
    with app.app_context(), db.engine.connect() as connection:
        return DONE if migration_of(connection) == app.config["MIGRATION"] else HALF


@click.command()
@click.option("--times", default=20, type=click.IntRange(1), show_default=True)
@click.option("--tickets", default=10_000, type=click.IntRange(LOOKED_AT), show_default=True)
@click.option("--database", default="both", type=click.Choice([*KINDS, "both"]), show_default=True)
@click.option("--seed", default=1, type=int, show_default=True, help="Decides when it is killed.")
def main(times: int, tickets: int, database: str, seed: int) -> None:
    """Kill what brings a filled database up to date, and run it again."""
    failed = False
    for kind in KINDS if database == "both" else (database,):
        with temporary() as folder, databases(kind, folder) as found, found.migrated() as url:
            outcome = run(url, folder, tickets, times, Random(seed))
        failed = told(kind, outcome.rows(), outcome.faults()) or failed
    sys.exit(failed)


if __name__ == "__main__":
    main()
