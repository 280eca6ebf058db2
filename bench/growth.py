"""What tickets cost as their number grows: `python -m bench.growth` (--database, --tickets, --rounds, --seconds).

One client at a time asks what staff ask, of a portal with a thousand tickets and of one with more, in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

import click

from bench.databases import KINDS, databases, folder
from bench.desk import BY_COMMON, BY_ORDER, BY_RARE, FILING, LIST, TICKET, Desk, desk
from bench.filled import Filling, Plan
from bench.held import worker_held
from bench.moulds import moulds
from bench.portals import POLICY
from bench.programs import memory
from bench.rounds import in_turn, ratio
from bench.table import Row, at_most, figure, markdown
from bench.wrk import Answers, Page, Request, ask, send
from portal import create_app
from portal.clock import now
from tests.build import settings_for
from tests.databases import running

SMALL = 1_000
SIZES = (10_000, 100_000, 1_000_000)
STAFF = (LIST, BY_ORDER, BY_RARE, BY_COMMON, TICKET)
OF_SMALL, MOST = 1.5, 10.0
"""Times what it costs with a thousand tickets; milliseconds."""
MOST_MEMORY = 250.0
"""MiB."""
OK = {200, 303}
WARMED_BY = 8
"""Clients that ask first, so that each of the portal's processes has done it before."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one answer costs, in milliseconds, with so many tickets.

    `small` is what it cost with a thousand in the same rounds, and `ratio` the median of those within the rounds.
    """

    kind: str
    what: str
    tickets: int
    p50: float
    p99: float
    small: float
    ratio: float


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The costs, the first size first; how long it took to fill the database; and the portal's memory in the end."""

    costs: Sequence[Cost]
    filled_in: Mapping[int, float]
    mebibytes: float

    def rows(self) -> Iterator[Row]:
        """Yield the lines of the table: the costs with the most tickets."""
        largest = max(cost.tickets for cost in self.costs)
        yield from (_row(cost) for cost in self.costs if cost.tickets == largest)
        where = f"memory after the load, {largest:,} tickets, {KINDS[self.costs[0].kind]}"
        yield at_most(where, self.mebibytes, MOST_MEMORY, "MiB")


def _row(cost: Cost) -> Row:
    held = cost.what in STAFF
    return Row(
        what=f"{cost.what}, {cost.tickets:,} tickets, {KINDS[cost.kind]}",
        reached=f"{figure(cost.p50)} ms (99th percentile {figure(cost.p99)})",
        baseline=f"{SMALL:,} tickets {figure(cost.small)} ms",
        ratio=f"{cost.ratio:.2f}",
        to_reach=f"≤ {OF_SMALL:g} ×, ≤ {MOST:g} ms" if held else "–",
        holds=cost.ratio <= OF_SMALL and cost.p50 <= MOST if held else None,
    )


def measure(kind: str, sizes: Sequence[int], rounds: int, seconds: float) -> Growth:
    """Return what answers cost on a kind of database with a thousand tickets, and with each of these numbers."""
    plan, costs, filled_in = Plan(most=max(sizes), at=now()), list[Cost](), dict[int, float]()
    with ExitStack() as used:
        at = used.enter_context(folder())
        found = used.enter_context(databases(kind, at))
        few, many = (used.enter_context(found.migrated()) for _ in range(2))
        _grow(few, at, plan, SMALL)
        small = used.enter_context(desk(few, _made(at / "few")))
        used.enter_context(worker_held(small.server, few))
        for size in sizes:
            filled_in[size] = _grow(many, at, plan, size)
            with desk(many, _made(at / f"{size}")) as large:
                with worker_held(large.server, many):
                    costs += _costs(kind, {SMALL: small, size: large}, rounds, seconds)
                mebibytes = _after_load(large) if size == max(sizes) else 0.0
    of_small = {cost.what: cost for cost in reversed(costs) if cost.tickets == SMALL}
    more = [cost for cost in costs if cost.tickets != SMALL]
    return Growth(costs=[*reversed(of_small.values()), *more], filled_in=filled_in, mebibytes=mebibytes)


def _grow(url: str, at: Path, plan: Plan, size: int) -> float:
    with running(create_app(settings_for(url))) as app:
        return Filling(app, moulds(at), plan).up_to(size)


def _costs(kind: str, desks: Mapping[int, Desk], rounds: int, seconds: float) -> Iterator[Cost]:
    work = {size: found.work(Random(size)) for size, found in desks.items()}
    small = min(desks)
    for what in (*STAFF, FILING):
        measures = {
            size: partial(_measured, found, what, work[size].get(what), seconds) for size, found in desks.items()
        }
        for size, found in desks.items():
            _measured(found, what, work[size].get(what), seconds, clients=WARMED_BY)
        came = in_turn(measures, rounds)
        halves = {size: [one.percentile(0.5) for one in answers] for size, answers in came.items()}
        for size, answers in came.items():
            yield Cost(
                kind=kind,
                what=what,
                tickets=size,
                p50=median(halves[size]),
                p99=median(one.percentile(0.99) for one in answers),
                small=median(halves[small]),
                ratio=ratio(halves[size], halves[small]),
            )


def _measured(found: Desk, what: str, asked: list[Request] | None, seconds: float, clients: int = 1) -> Answers:
    came = send(found.server.url, asked or found.filings(), seconds, clients)
    if not came.statuses.keys() <= OK:
        raise RuntimeError(f"{what}: {came.statuses}")
    return came


def _after_load(found: Desk) -> float:
    """Return how many MiB a portal holds, its worker included, after customers and staff came to it all at once."""
    ask(found.server.url, [Page(POLICY)], 1)
    work = found.work(Random(0))
    send(found.server.url, [request for name in STAFF for request in work[name]], 3)
    send(found.server.url, found.filings(2_000), 3)
    return memory(found.server.processes()) / 2**20


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@click.command()
@click.option("--database", default="both", type=click.Choice([*KINDS, "both"]), show_default=True)
@click.option("--tickets", default=100_000, type=click.IntRange(SMALL + 1), show_default=True)
@click.option("--rounds", default=5, type=click.IntRange(1), show_default=True)
@click.option("--seconds", default=0.5, type=click.FloatRange(0.1), show_default=True)
def main(database: str, tickets: int, rounds: int, seconds: float) -> None:
    """Measure what tickets cost as their number grows."""
    for kind in KINDS if database == "both" else (database,):
        sizes = [*(size for size in SIZES if size < tickets), tickets]
        found = measure(kind, sizes, rounds, seconds)
        for cost in found.costs:
            click.echo(f"{cost.tickets:>9,}  {cost.what:<24} {figure(cost.p50):>8} ms {figure(cost.p99):>8} ms")
        click.echo(f"filled in {found.filled_in} s")
        click.echo(markdown(list(found.rows())))


if __name__ == "__main__":
    main()
