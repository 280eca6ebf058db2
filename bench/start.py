"""From the start to the first answer, nothing to migrate: `python -m bench.start`."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import click

from bench.databases import databases, folder
from bench.portals import PYTHON, Server, environment, portal
from bench.programs import running
from bench.table import Row, at_most, markdown
from tests.postgresql import free_port

MOST = 1.0
"""Seconds."""
TIMES = 9


def measure(times: int) -> list[Row]:
    """Return the lines of the portal's own program, and of `make run`, which starts it."""
    with folder() as at, databases("sqlite", at) as found, found.migrated() as url:
        direct = median(_started(portal(url, at)) for _ in range(times))
        by_make = median(_started(_make_run(url, at)) for _ in range(times))
    return [
        at_most("start to first answer, portal.serve", direct, MOST, "s"),
        at_most("start to first answer, make run", by_make, MOST, "s"),
    ]


def _started(server: Server) -> float:
    with running(server):
        return server.wait_until_it_answers()


def _make_run(url: str, at: Path) -> Server:
    """Return the portal as `make run` starts it; the packages are there already, and the pinned ones."""
    port, venv = free_port(), Path(PYTHON).parent.parent
    command = ["make", "run", f"PORT={port}", f"VENV={venv}", "--assume-old", f"{venv}/run.stamp"]
    return Server(command, environment(url, at), at / "make.log", port)


@click.command()
@click.option("--times", default=TIMES, type=click.IntRange(1), show_default=True)
def main(times: int) -> None:
    """Measure the start."""
    click.echo(markdown(measure(times)))


if __name__ == "__main__":
    main()
