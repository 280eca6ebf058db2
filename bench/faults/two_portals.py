"""Two portals behind one nginx, on one PostgreSQL: one after the other is killed while customers file.

`python -m bench.faults.two_portals` (--seconds, --seed): in the end, each ticket that was answered is there, once, with
its history and its notices, and people were served on by the portal that was left.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from threading import Event
from time import monotonic

import click

from bench.faults.books import Books
from bench.faults.browser import Answer, Browser
from bench.faults.customers import Customers, Filed
from bench.faults.places import POSTGRESQL, Place, place
from bench.faults.told import told
from bench.portals import Server, answering
from bench.programs import until
from tests import nginx
from tests.postgresql import free_port

AWAY = (502, 504)
"""What nginx answers where the portal that had the request is gone."""
GOES_ON_WITHIN = 90.0
"""Seconds until the next ticket is answered, on a machine however slow."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two portals, and the port of the nginx before them."""

    portals: tuple[Server, Server]
    port: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it; `gaps` are the seconds from each kill to the next ticket that was answered."""

    filed: Sequence[Filed]
    answers: Mapping[int, int]
    strange: Mapping[str, int]
    gaps: Sequence[float]
    slowest: float
    books: Books
    seconds: float

    def faults(self) -> list[str]:
        """Return what does not hold, in sentences; none where all is well."""
        return [f"{times} times {what}" for what, times in self.strange.items()] + self.books.faults(self.filed)

    def rows(self) -> dict[str, str]:
        """Return what is to be reported."""
        lost = sum(self.answers.get(status, 0) for status in AWAY)
        return {
            "tickets filed": f"{len(self.filed):,}",
            "times a portal was killed": str(len(self.gaps)),
            "requests that were lost with one, sent again by the person": f"{lost:,}",
            "requests without any answer": f"{self.answers.get(0, 0):,}",
            "longest from a kill to the next ticket, seconds": f"{max(self.gaps):.2f}",
            "slowest answer, seconds": f"{self.slowest:.1f}",
            "seconds in all": f"{self.seconds:.0f}",
        }


class Returning(Customers):
    """Customers who go back and send again where nginx says that the portal is away, as its page tells them."""

    def _until_answered(self, browser: Browser, fields: dict[str, str] | None, reason: str) -> Answer:
        while True:
            answer = super()._until_answered(browser, fields, reason)
            if answer.status not in AWAY or self._over.wait(0.1):
                return answer


@contextmanager
def pair(here: Place, **settings: str) -> Iterator[Pair]:
    """Give two portals of one place behind nginx, with these settings beside."""
    ports = (free_port(), free_port())
    known = {"PORTAL_PUBLIC_URL": f"http://127.0.0.1:{ports[1]}", "PORTAL_PROXIES": "1", **settings}
    one, other = here.portal("--no-worker", **known), here.portal("--no-worker", **known)
    with answering(one, other), nginx.running(here.folder, ports, [one.port, other.port], tls=False):
        yield Pair(portals=(one, other), port=ports[1])


def run(here: Place, *, kills: int, seconds: float, most_pause: float, chance: Random) -> Outcome:
    """Have customers file; kill a portal and start it again, so many times at least, until the time is over."""
    begun, gaps = monotonic(), list[float]()
    with pair(here) as two:
        customers = Returning(two.port, 6)
        with customers.filing(ends_within=GOES_ON_WITHIN):
            while len(gaps) < kills or monotonic() < begun + seconds:
                _wait_for_tickets(customers, 3)
                Event().wait(chance.uniform(0, most_pause))
                victim = two.portals[len(gaps) % 2]
                victim.kill()
                gaps.append(_wait_for_tickets(customers, 1))
                victim.start()
                victim.wait_until_it_answers()
    return Outcome(
        filed=customers.filed,
        answers=Counter(customers.answers),
        strange=customers.strange,
        gaps=gaps,
        slowest=customers.slowest,
        books=here.books(),
        seconds=monotonic() - begun,
    )


def _wait_for_tickets(customers: Customers, number: int) -> float:
    """Wait until so many tickets more are answered; return for how many seconds."""
    begun, before = monotonic(), len(customers.filed)
    until(lambda: len(customers.filed) >= before + number, GOES_ON_WITHIN, "the next ticket to be answered")
    return monotonic() - begun


@click.command()
@click.option("--seconds", default=120, type=click.IntRange(1), show_default=True)
@click.option("--seed", default=1, type=int, show_default=True, help="Decides when to kill.")
def main(seconds: int, seed: int) -> None:
    """Kill portals while customers file."""
    with place(POSTGRESQL) as here:
        outcome = run(here, kills=4, seconds=seconds, most_pause=2.0, chance=Random(seed))
    sys.exit(told(POSTGRESQL, outcome.rows(), outcome.faults()))


if __name__ == "__main__":
    main()
