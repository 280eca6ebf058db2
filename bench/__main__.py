"""Measures how fast the portal is, prints one table, and keeps it: `make bench`, `make bench-full`.

A measure that could not be made is told, and ends in failure once the others were made; what does not reach what is to
be reached stands in the table, and is no failure.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from time import monotonic

import click

from bench import disk, filing, first_load, growth, pages, preview, start
from bench.databases import KINDS
from bench.machine import machine, versions
from bench.results import Run, keep
from bench.table import Row, markdown
from portal.clock import now

ROUNDS = 5
SIZES = growth.SIZES[:2]
Measure = Callable[[], Iterable[Row]]


class Bench:
    """All measures; those of growing databases are kept for the drawing."""

    def __init__(self, *, full: bool) -> None:
        self.full = full
        self.growths: list[growth.Growth] = []
        self.faults: list[str] = []

    def measures(self) -> Iterator[tuple[str, Measure]]:
        """Yield each measure with its name, in the order of the table."""
        yield "public pages", partial(pages.measure, ROUNDS, 2)
        for kind in KINDS:
            yield f"filing, {KINDS[kind]}", partial(filing.measure, kind, ROUNDS, 3)
        yield "the disk", partial(disk.measure, 3)
        yield "the preview", partial(preview.measure, ROUNDS, 1)
        for kind in KINDS:
            yield f"growth, {KINDS[kind]}", partial(self._grown, kind)
        yield "the start", partial(start.measure, start.TIMES)
        yield "the first load", first_load.measure

    def rows(self) -> Iterator[Row]:
        """Make every measure; yield the lines of the table."""
        for name, measure in self.measures():
            begun = monotonic()
            click.echo(f"{name} …", err=True, nl=False)
            try:
                yield from measure()
            except (RuntimeError, TimeoutError, AssertionError, OSError) as error:
                self.faults.append(f"{name} could not be measured: {error}")
            click.echo(f" {monotonic() - begun:.0f} s", err=True)

    def _grown(self, kind: str) -> Iterable[Row]:
        found = growth.measure(kind, growth.SIZES if self.full else SIZES, ROUNDS, 0.5)
        self.growths.append(found)
        return found.rows()


@click.command()
@click.option("--full", is_flag=True, help="Fill databases up to a million tickets.")
def main(full: bool) -> None:
    """Measure how fast the portal is."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # as by Ctrl-C: what was started is stopped
    begun, began, on = monotonic(), now(), machine()
    bench = Bench(full=full)
    rows = list(bench.rows())
    click.echo(markdown(rows))
    if not bench.faults:
        run = Run(
            rows=rows,
            growths=bench.growths,
            command="make bench-full" if full else "make bench",
            rounds=ROUNDS,
            began=began,
            seconds=monotonic() - begun,
            machine=on,
            versions=versions(),
        )
        keep(run)
    sys.exit("\n".join(bench.faults) or 0)


if __name__ == "__main__":
    main()
