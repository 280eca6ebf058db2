"""The preview beside the ticket form, as one customer has it shown: `python -m bench.preview`."""

from __future__ import annotations

from itertools import product
from random import Random
from statistics import median
from urllib.parse import urlencode

import click

from bench.databases import databases, folder
from bench.desk import desk
from bench.table import Row, at_most, figure, markdown
from bench.wrk import CLIENTS, Request, send
from portal.filing import Problem
from portal.forms.fields import Known
from portal.policy import Status

MOST = 5.0
"""Milliseconds."""
ANSWER = "/uk/cancellation/answer"
AGAIN = 20
"""How often each set of answers is sent, at most."""


def measure(rounds: int, seconds: float) -> list[Row]:
    """Return the line of the preview: every set of answers that the form can hold, in any order."""
    with folder() as at, databases("sqlite", at) as found, found.migrated() as url, desk(url, at) as opened:
        asked = _asked(opened.forms()[0].cookie)
        send(opened.server.url, asked, seconds, CLIENTS)
        rows = [send(opened.server.url, asked, seconds, clients=1) for _ in range(rounds)]
    if any(came.statuses.keys() != {200} for came in rows):
        raise RuntimeError(f"preview: {[came.statuses for came in rows]}")
    halves = median(came.percentile(0.5) for came in rows)
    tail = median(came.percentile(0.99) for came in rows)
    return [at_most("preview in the form, one client: 99th percentile", tail, MOST, "ms", f"50th {figure(halves)}")]


def _asked(cookie: str) -> list[Request]:
    names = ("status", "problem", "link_changed", "duplicate_order")
    sets = [urlencode(dict(zip(names, values, strict=True))) for values in product(Status, Problem, Known, Known)]
    asked = [Request("GET", f"{ANSWER}?{facts}", cookie) for facts in sets * AGAIN]
    Random(1).shuffle(asked)
    return asked


@click.command()
@click.option("--rounds", default=5, type=click.IntRange(1), show_default=True)
@click.option("--seconds", default=1.0, type=click.FloatRange(0.1), show_default=True)
def main(rounds: int, seconds: float) -> None:
    """Measure the preview."""
    click.echo(markdown(measure(rounds, seconds)))


if __name__ == "__main__":
    main()
