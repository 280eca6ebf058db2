"""What is kept of a run: `bench/RESULTS.md`, and the drawing of how cost grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from textwrap import fill

from bench.databases import KINDS
from bench.growth import Cost, Growth
from bench.growth_svg import draw
from bench.table import Row, figure, markdown

FOLDER = Path(__file__).parent
TABLE, DRAWING = "RESULTS.md", "growth.svg"
LINE = 120
PAGE = """\
# How fast the portal is

{measured}

{table}
Rates and times are medians of {rounds} rounds, in each of which the portal and its baseline were measured in turn; a
ratio is the median of those within the rounds. The portal ran as `python -m portal.serve` runs it, with its worker, on
the packages of `requirements.txt` alone, its limits set high and each of them counted. Sixteen clients asked for pages
and filed, each from an address of its own; one client did the rest.

- nginx has as many processes as the portal, and the same bytes in files, compressed beforehand, with the same headers.
- “hello” is a Flask view that says hello, on the same server, with as many processes and threads (`bench/hello.py`).
- The plain form has the portal's fields, validators and CSRF tokens, stores one row with the same durability, and runs
  on the same server (`bench/plain.py`). Each request to either is a whole form of a browser, for another order;
  every one was answered 303, and the database held exactly as many more.
- The databases are on a disk, and each commit is written through: `synchronous=FULL`, and `fsync=on` for PostgreSQL.
- Filled databases hold copies of real tickets in every state with all that belongs to them, three in a hundred open
  (`bench/filled.py`). Tickets that were opened or searched for were drawn by lot among all of them; some four in ten
  hold the common word.

## How cost grows

![Milliseconds for one answer by the number of tickets]({drawing})

{growth}
The 50th percentile (and the 99th), in milliseconds, one client. {filled}

Each measure can be made alone, on either database, longer or shorter: `.venv/bin/python -m bench.pages`,
`bench.filing`, `bench.preview`, `bench.growth`, `bench.start`, `bench.first_load`, `bench.disk` (`--help` says how).
"""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run: what was measured, of what, how, when and for how long."""

    rows: Sequence[Row]
    growths: Sequence[Growth]
    command: str
    rounds: int
    began: datetime
    seconds: float
    machine: str
    versions: str


def keep(run: Run, folder: Path = FOLDER) -> None:
    """Write the page of results and the drawing."""
    costs = [cost for growth in run.growths for cost in growth.costs]
    (folder / DRAWING).write_text(draw(costs), encoding="utf-8")
    (folder / TABLE).write_text(page(run), encoding="utf-8")


def page(run: Run) -> str:
    """Return the page of results."""
    return PAGE.format(
        measured=fill(_measured(run), LINE),
        table=markdown(run.rows),
        rounds=run.rounds,
        drawing=DRAWING,
        growth="\n".join(_grown(growth.costs) for growth in run.growths),
        filled=" ".join(_filled(growth) for growth in run.growths),
    )


def _measured(run: Run) -> str:
    day, minutes = f"{run.began:%-d %B %Y}", f"{run.seconds / 60:.0f} minutes"
    where = f"all on one machine: {run.machine} {run.versions}."
    return f"Measured on {day} by `{run.command}`, in {minutes}, {where}"


def _grown(costs: Sequence[Cost]) -> str:
    """Return a table of one kind of database: a line for each thing that is done, a column for each size."""
    sizes = sorted({cost.tickets for cost in costs})
    names = list(dict.fromkeys(cost.what for cost in costs))
    found = {(cost.what, cost.tickets): f"{figure(cost.p50)} ({figure(cost.p99)})" for cost in costs}
    lines = [[KINDS[costs[0].kind], *(f"{size:,}" for size in sizes)], ["---", *("---:" for _ in sizes)]]
    lines += [[name, *(found[name, size] for size in sizes)] for name in names]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _filled(growth: Growth) -> str:
    size = max(growth.filled_in)
    return f"{KINDS[growth.costs[0].kind]} was filled to {size:,} tickets in {sum(growth.filled_in.values()):.0f} s."
