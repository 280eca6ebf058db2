"""Web processes, workers and the whole portal killed as `kill -9` does, at random, while customers file.

`python -m bench.faults.killed` (--seconds, --database, --seed): in the end, each ticket that was answered is there,
once, with its history and its notices, and no half of one; each mail arrived, and hardly any twice.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from signal import SIGKILL
from threading import Event
from time import monotonic

import click

from bench.faults.books import Books, mail_faults
from bench.faults.customers import Customers, Filed
from bench.faults.places import KINDS, Place, place
from bench.faults.told import told
from bench.held import WORKER
from bench.portals import Server
from bench.programs import until
from tests.post_office import Handed


class Victim(StrEnum):
    """What is killed: a web process, the worker, or the process that started them all."""

    WEB = "web process"
    WORKER = "worker"
    PORTAL = "portal"


ONE_OF_EACH = (Victim.WEB, Victim.WORKER, Victim.WEB, Victim.PORTAL)
OFTEN = {Victim.WEB: 6, Victim.WORKER: 3, Victim.PORTAL: 1}
"""In what proportion they are killed."""
GOES_ON_WITHIN = 90.0
"""Seconds until the next ticket is answered after whatever was killed, on a machine however slow."""
LAST_MAILS_WITHIN = 600.0


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is done: the `first` kills in any case, then others until so many seconds are over.

    Where `delivered`, the end is waited for until each mail was sent; what a killed worker held comes after three
    minutes.
    """

    customers: int
    seconds: float
    most_pause: float
    first: Sequence[Victim] = ONE_OF_EACH
    delivered: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it."""

    filed: Sequence[Filed]
    answers: Mapping[int, int]
    strange: Mapping[str, int]
    slowest: float
    killed: Counter[Victim]
    gave_up: int
    books: Books
    taken: Sequence[Handed]
    delivered: bool
    seconds: float
    log: str = field(repr=False)

    def faults(self) -> list[str]:
        """Return what does not hold, in sentences; none where all is well."""
        said = [f"{times} times {what}" for what, times in self.strange.items()]
        workers = self.killed[Victim.WORKER] + self.killed[Victim.PORTAL]
        said += self.books.faults(self.filed)
        said += mail_faults(self.books.told_by_mail(self.filed), self.taken, most_doubled=workers)
        if self.books.held() > (0 if self.delivered else workers):
            said.append(f"{self.books.held()} notices are held, of {workers} workers that were killed")
        if "Traceback" in self.log:
            said.append("a trace is in the log")
        return said

    def rows(self) -> dict[str, str]:
        """Return what is to be reported."""
        return {
            "tickets filed": f"{len(self.filed):,}",
            **{f"times a {victim} was killed": str(self.killed[victim]) for victim in Victim},
            "times the portal gave up and was started again": str(self.gave_up),
            "requests without an answer, sent again": f"{self.answers.get(0, 0):,}",
            "answers 503": f"{self.answers.get(503, 0):,}",
            "slowest answer, seconds": f"{self.slowest:.1f}",
            "mails that came twice": str(len(self.taken) - len({t.mail["Message-ID"] for t in self.taken})),
            "seconds in all": f"{self.seconds:.0f}",
        }


def run(here: Place, load: Load, chance: Random) -> Outcome:
    """File and kill; then wait for what was filed, and for its mails."""
    begun, portal = monotonic(), here.portal()
    customers = Customers(portal.port, load.customers)
    butcher = _Butcher(portal, customers, chance)
    portal.start()
    try:
        portal.wait_until_it_answers()
        with customers.filing(ends_within=GOES_ON_WITHIN):
            for victim in load.first:
                butcher.kill(victim, load.most_pause)
            while monotonic() < begun + load.seconds:
                (victim,) = chance.choices(list(OFTEN), list(OFTEN.values()))
                butcher.kill(victim, load.most_pause)
            butcher.wait_for_the_next_ticket()
        until(lambda: not here.waiting(held=load.delivered), LAST_MAILS_WITHIN, "the last mail")
    finally:
        portal.stop()
    return Outcome(
        filed=customers.filed,
        answers=customers.answers,
        strange=customers.strange,
        slowest=customers.slowest,
        killed=butcher.killed,
        gave_up=butcher.gave_up,
        books=here.books(),
        taken=here.post.taken,
        delivered=load.delivered,
        seconds=monotonic() - begun,
        log=portal.log.read_text(errors="replace"),
    )


class _Butcher:
    """Kills parts of a portal, and starts it again where it does not run, as whoever watches over it does."""

    def __init__(self, portal: Server, customers: Customers, chance: Random) -> None:
        self.killed: Counter[Victim] = Counter()
        self.gave_up = 0
        self._portal, self._customers, self._chance = portal, customers, chance

    def kill(self, victim: Victim, most_pause: float) -> None:
        """Wait until a ticket was answered since the last kill, and a moment; then kill."""
        self.wait_for_the_next_ticket()
        Event().wait(self._chance.uniform(0, most_pause))
        if victim is Victim.PORTAL:
            self._portal.signal(SIGKILL)
            self._start_again()
        elif not self._kill_one(victim):
            return
        self.killed[victim] += 1

    def wait_for_the_next_ticket(self) -> None:
        """Wait until a ticket more is answered; a portal that gave up meanwhile is started again."""
        before = len(self._customers.filed)

        def goes_on() -> bool:
            if not self._portal.runs:
                self.gave_up += 1
                self._start_again()
            return len(self._customers.filed) > before

        until(goes_on, GOES_ON_WITHIN, "the next ticket to be answered")

    def _kill_one(self, victim: Victim) -> bool:
        """Kill a web process or the worker, once there is one; return whether the portal went on so long."""
        others: list[int] = []

        def there() -> bool:
            workers = self._portal.processes(WORKER)
            web = set(self._portal.processes()) - {self._portal.pid, *workers}
            others[:] = workers if victim is Victim.WORKER else sorted(web)
            return bool(others) or not self._portal.runs

        until(there, GOES_ON_WITHIN, f"a {victim} to run")
        if others:
            with suppress(ProcessLookupError):
                os.kill(self._chance.choice(others), SIGKILL)
        return bool(others)

    def _start_again(self) -> None:
        """Start the portal again, once nothing is left of it: its parts end with it, and free its port."""
        portal = self._portal
        until(lambda: not (portal.runs or portal.processes()), GOES_ON_WITHIN, "the parts of a killed portal to end")
        self._portal.start()


@click.command()
@click.option("--seconds", default=120, type=click.IntRange(1), show_default=True)
@click.option("--database", default="both", type=click.Choice([*KINDS, "both"]), show_default=True)
@click.option("--seed", default=1, type=int, show_default=True, help="Decides whom to kill when.")
def main(seconds: int, database: str, seed: int) -> None:
    """Kill parts of the portal while customers file."""
    load = Load(customers=6, seconds=seconds, most_pause=2.0, delivered=True)
    failed = False
    for kind in KINDS if database == "both" else (database,):
        with place(kind) as here:
            outcome = run(here, load, Random(seed))
        failed = told(kind, outcome.rows(), outcome.faults()) or failed
    sys.exit(failed)


if __name__ == "__main__":
    main()
