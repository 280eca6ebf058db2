"""Clients that send a header a second, and clients that stall in the body, while others read: with nginx, and without.

`python -m bench.faults.slow` (--requests): behind nginx, by the configuration of docs/running.md, others are served as
quickly as ever. A portal without nginx in front stands slow headers alone: each stalled body holds one of its threads.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import click

from bench.faults.places import SQLITE, Place, place
from bench.faults.slow_clients import Slow, slow_clients
from bench.faults.told import told
from bench.faults.waits import Door, Served, serve
from bench.portals import HOST, answering
from bench.programs import until
from tests import nginx
from tests.postgresql import free_port

HEADERS, BODIES = 200, 50
QUICK = 0.1
"""Seconds within which others are served, but for one in a hundred."""
AS_ALONE = 2.0
"""How many times as long as where nobody is slow they may take on a machine that is busy otherwise."""
WITHIN = 60.0
"""Seconds until all slow clients have connected, on a machine however slow."""
PATIENCE = 5.0
"""Seconds that somebody waits for a portal without nginx."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is done: so many slow clients of each kind, and so many requests of others, by so many of them."""

    headers: int = HEADERS
    bodies: int = BODIES
    requests: int
    readers: int = 4


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it: how others were served while nobody was slow, and while many were; how often these came."""

    alone: Served
    beside: Served
    came: int
    load: Load

    def faults(self, within: float) -> list[str]:
        """Return what does not hold, in sentences: all others are served, in time but for one in a hundred."""
        took = self.beside.at(0.99)
        quick = took <= max(within, AS_ALONE * self.alone.at(0.99))
        laws = {
            f"{self.beside.unanswered} of {self.load.requests} requests were not answered": not self.beside.unanswered,
            f"one in a hundred took {took:.3f} s, {self.alone.at(0.99):.3f} s where nobody is slow": quick,
        }
        return [said for said, holds in laws.items() if not holds]


def run(door: Door, load: Load, patience: float = WITHIN) -> Outcome:
    """Have others read, alone and beside slow clients."""
    alone = serve(door, load.requests, load.readers, patience)
    with slow_clients(door, {Slow.HEADERS: load.headers, Slow.BODIES: load.bodies}) as clients:
        until(lambda: clients.came >= load.headers + load.bodies, WITHIN, "slow clients to connect")
        beside = serve(door, load.requests, load.readers, patience)
    return Outcome(alone=alone, beside=beside, came=clients.came, load=load)


@contextmanager
def behind_nginx(here: Place) -> Iterator[Door]:
    """Give the door of a portal behind nginx."""
    ports = free_port(), free_port()
    portal = here.portal(PORTAL_PUBLIC_URL=f"https://{nginx.NAME}:{ports[1]}", PORTAL_PROXIES="1")
    with answering(portal), nginx.running(here.folder, ports, [portal.port]) as front:
        yield Door(host=nginx.NAME, port=front.https, trusted=front.trusted)


@contextmanager
def bare(here: Place) -> Iterator[Door]:
    """Give the door of a portal with nothing in front."""
    portal = here.portal()
    with answering(portal):
        yield Door(host=HOST, port=portal.port, trusted=None)


def rows(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """Return what is to be reported."""
    return {
        f"{where}, {when}": f"{served}"
        for where, outcome in outcomes.items()
        for when, served in {"nobody slow": outcome.alone, "many slow": outcome.beside}.items()
    }


def measured(requests: int) -> tuple[dict[str, str], Sequence[str]]:
    """Return what is to be reported of all doors, and what does not hold behind nginx."""
    outcomes: dict[str, Outcome] = {}
    with ExitStack() as open_places:
        door = open_places.enter_context(behind_nginx(open_places.enter_context(place(SQLITE))))
        outcomes["behind nginx, 200 headers, 50 bodies"] = run(door, Load(requests=requests))
    with ExitStack() as open_places:
        door = open_places.enter_context(bare(open_places.enter_context(place(SQLITE))))
        outcomes["without nginx, 200 headers"] = run(door, Load(requests=requests, bodies=0))
        few = Load(requests=20, headers=0)
        outcomes["without nginx, 50 bodies"] = run(door, few, PATIENCE)
    return rows(outcomes), outcomes["behind nginx, 200 headers, 50 bodies"].faults(QUICK)


@click.command()
@click.option("--requests", default=2000, type=click.IntRange(1), show_default=True)
def main(requests: int) -> None:
    """Have others read beside slow clients."""
    sys.exit(told("sqlite", *measured(requests)))


if __name__ == "__main__":
    main()
