"""What the databases can commit at all, one row after another: `python -m bench.disk`."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import click
import psycopg

from bench.databases import DURABLE, ON_DISK, folder
from bench.table import Row, markdown, per_second
from portal import sqlite
from tests import postgresql

TABLE = "CREATE TABLE commits (id INTEGER PRIMARY KEY, said TEXT)"
SAID = "x" * 400


def measure(seconds: float) -> list[Row]:
    """Return the lines of SQLite and PostgreSQL, each durable, with one writer and no framework."""
    return [
        Row(what="raw SQLite, one row a commit, synchronous=FULL", reached=per_second(_sqlite(seconds))),
        Row(what="raw PostgreSQL, one row a commit, fsync on", reached=per_second(_postgresql(seconds))),
    ]


def _sqlite(seconds: float) -> float:
    with folder() as at:
        connection = sqlite.module().connect(at / "raw.sqlite", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(TABLE)
        try:
            return _rate(lambda: connection.execute("INSERT INTO commits (said) VALUES (?)", (SAID,)), seconds)
        finally:
            connection.close()


def _postgresql(seconds: float) -> float:
    with postgresql.cluster(DURABLE, ON_DISK) as server:
        address = server.address("postgres").replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE TABLE commits (id SERIAL PRIMARY KEY, said TEXT)")
            return _rate(lambda: connection.execute("INSERT INTO commits (said) VALUES (%s)", (SAID,)), seconds)


def _rate(commit: Callable[[], object], seconds: float) -> float:
    begun, times = monotonic(), 0
    while monotonic() - begun < seconds:
        commit()
        times += 1
    return times / (monotonic() - begun)


@click.command()
@click.option("--seconds", default=3.0, type=click.FloatRange(0.1), show_default=True)
def main(seconds: float) -> None:
    """Measure what the databases can commit."""
    click.echo(markdown(measure(seconds)))


if __name__ == "__main__":
    main()
