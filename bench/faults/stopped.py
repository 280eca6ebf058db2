"""The database stopped and started while customers file: PostgreSQL ends or crashes, SQLite's file is locked.

`python -m bench.faults.stopped` (--times, --database): meanwhile people are told so, with what they typed; afterwards
all goes on by itself, and each ticket that was answered is there, once and whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from threading import Event
from time import monotonic

import click
from flask import Flask

from bench.faults.books import Books, mail_faults
from bench.faults.customers import Customers, Filed
from bench.faults.places import KINDS, SQLITE, Place, on_cluster, place, temporary
from bench.faults.readers import POLICY, Readers
from bench.faults.told import told
from bench.programs import until
from portal.extensions import begin_writing, db
from tests.post_office import Handed
from tests.postgresql import DURABLE, Cluster, cluster

WITHIN = 90.0
"""Seconds for what must come, on a machine however slow."""
LAST_MAILS_WITHIN = 600.0
MODES = ("fast", "immediate")
Stop = Callable[[], AbstractContextManager[None]]
"""Takes the database away for a while."""
Lock = Callable[[Flask], AbstractContextManager[None]]
"""Keeps everyone else from writing for a while."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is done: so many times the database goes away, for up to so many seconds once it was noticed.

    `reads_on` is whether pages can be read meanwhile; where `delivered`, each mail is waited for.
    """

    customers: int
    times: int
    most_seconds: float
    reads_on: bool
    delivered: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it."""

    load: Load
    filed: Sequence[Filed]
    answers: Mapping[int, int]
    strange: Mapping[str, int]
    readers: Readers
    restarted: int
    books: Books
    taken: Sequence[Handed]
    slowest: float
    seconds: float
    log: str = field(repr=False)

    def faults(self) -> list[str]:
        """Return what does not hold, in sentences; none where all is well."""
        said = [f"{times} times {what}" for what, times in self.strange.items()]
        said += [f"{self.answers[0]} requests were not answered"] if self.answers.get(0) else []
        said += [f"{self.restarted} processes of the portal are others than before"] if self.restarted else []
        said += self.readers.faults({POLICY: (200,)}, (200,) if self.load.reads_on else (200, 503))
        said += self.books.faults(self.filed)
        said += mail_faults(self.books.told_by_mail(self.filed), self.taken, most_doubled=self.load.times)
        return [*said, "a trace is in the log"] if "Traceback" in self.log else said

    def rows(self) -> dict[str, str]:
        """Return what is to be reported."""
        return {
            "tickets filed": f"{len(self.filed):,}",
            "times the database went away": str(self.load.times),
            "answers 503, with what was typed": f"{self.answers.get(503, 0):,}",
            "slowest answer to a filing, seconds": f"{self.slowest:.1f}",
            **{f"slowest {page}, seconds": f"{slow:.1f}" for page, slow in self.readers.slowest.items()},
            "seconds in all": f"{self.seconds:.0f}",
        }


def run(here: Place, load: Load, stop: Stop, chance: Random) -> Outcome:
    """File, and take the database away and give it back."""
    begun, portal = monotonic(), here.portal()
    customers, readers = Customers(portal.port, load.customers), Readers(here.app, portal.port)
    portal.start()
    try:
        portal.wait_until_it_answers()
        before = set(portal.processes())
        with customers.filing(ends_within=WITHIN), readers.reading():
            for _ in range(load.times):
                _wait_for_tickets(customers)
                with stop():
                    _wait_until_it_is_felt(customers, readers, load)
                    Event().wait(chance.uniform(0, load.most_seconds))
            _wait_for_tickets(customers)
            seen = dict(readers.seen)
            until(lambda: readers.all_seen(200, seen), WITHIN, "each page to be shown again")
        until(lambda: not here.waiting(held=load.delivered), LAST_MAILS_WITHIN, "the last mail")
        restarted = len(before - set(portal.processes()))
    finally:
        portal.stop()
    return Outcome(
        load=load,
        filed=[*customers.filed, readers.filed],
        answers=customers.answers,
        strange=customers.strange,
        readers=readers,
        restarted=restarted,
        books=here.books(),
        taken=here.post.taken,
        slowest=customers.slowest,
        seconds=monotonic() - begun,
        log=portal.log.read_text(errors="replace"),
    )


def _wait_for_tickets(customers: Customers) -> None:
    before = len(customers.filed)
    until(lambda: len(customers.filed) > before + 1, WITHIN, "tickets to be answered")


def _wait_until_it_is_felt(customers: Customers, readers: Readers, load: Load) -> None:
    """Wait until a customer was told, and each page that needs the database was asked for."""
    before, seen = customers.answers[503], dict(readers.seen)
    until(lambda: customers.answers[503] > before, WITHIN, "a customer to be told")
    until(
        lambda: readers.all_seen(200 if load.reads_on else 503, seen, besides=POLICY),
        WITHIN,
        "each page to be asked for",
    )


def stops(server: Cluster) -> Stop:
    """Return what stops a server and starts it again: as an operator does, and as a crash does, in turn."""
    modes = cycle(MODES)

    @contextmanager
    def stop() -> Iterator[None]:
        server.stop(next(modes))
        try:
            yield
        finally:
            server.start()

    return stop


@contextmanager
def another_program(app: Flask) -> Iterator[None]:
    """Lock an app's SQLite file as another program does that writes to it."""
    with app.app_context():
        driver, path = db.engine.dialect.loaded_dbapi, str(db.engine.url.database)
    with closing(driver.connect(path, isolation_level=None, timeout=WITHIN)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def the_portal(app: Flask) -> Iterator[None]:
    """Lock an app's SQLite file as another process of the portal does, in whose turn it hangs."""
    with app.app_context():
        begin_writing()
        yield
        db.session.rollback()


LOCKS: tuple[Lock, ...] = (another_program, the_portal)


def broken(kind: str, times: int, chance: Random) -> Outcome:
    """Return what comes of it on a new database of this kind."""
    load = Load(customers=8, times=times, most_seconds=3.0, reads_on=kind == SQLITE, delivered=True)
    if kind == SQLITE:
        with place(kind) as here:
            ways = cycle(LOCKS)
            return run(here, load, lambda: next(ways)(here.app), chance)
    with cluster(DURABLE) as server, temporary() as folder, on_cluster(server, folder) as here:
        return run(here, load, stops(server), chance)


@click.command()
@click.option("--times", default=12, type=click.IntRange(1), show_default=True)
@click.option("--database", default="both", type=click.Choice([*KINDS, "both"]), show_default=True)
@click.option("--seed", default=1, type=int, show_default=True, help="Decides how long the database is away.")
def main(times: int, database: str, seed: int) -> None:
    """Take the database away while customers file."""
    failed = False
    for kind in KINDS if database == "both" else (database,):
        outcome = broken(kind, times, Random(seed))
        failed = told(kind, outcome.rows(), outcome.faults()) or failed
    sys.exit(failed)


if __name__ == "__main__":
    main()
