"""Shows that no notice is lost: `python -m bench.notices` (--database, --notices, --seed).

Workers are killed as `kill -9` does, the mail server refuses one command in ten for now, filings are rolled back; in
the end, each notice that was committed must have arrived, none else, and hardly any twice.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import click

from bench.delivery import Load, Outcome, deliver
from bench.smtp_server import Kill
from tests import postgresql
from tests.databases import SQLiteFiles, postgresql_databases

KINDS = ("sqlite", "postgresql")
WORKERS = 3
KILLED_IN = {Kill.BEFORE: 100, Kill.AFTER: 400, Kill.ANY: 50}
"""Of so many mails, one has a worker killed."""
DOUBLED_IN = 100
"""Of so many notices, one may arrive more than once."""
HELD = 20
"""Seconds that a worker holds a notice: far more than it takes here, as the usual three minutes are elsewhere."""
SECONDS_EACH = 2
"""How long a notice may take, beside the start."""


@click.command()
@click.option("--database", default="both", type=click.Choice([*KINDS, "both"]), show_default=True)
@click.option("--notices", default=2000, type=click.IntRange(1), show_default=True)
@click.option("--seed", default=1, type=int, show_default=True, help="Decides kills and refusals.")
def main(database: str, notices: int, seed: int) -> None:
    """Show that no notice is lost."""
    load = Load(
        notices=notices,
        workers=WORKERS,
        kills={kill: notices // often for kill, often in KILLED_IN.items()},
        ahead=100,
        held=HELD,
        within=60 + SECONDS_EACH * notices,
    )
    failed = False
    for kind in KINDS if database == "both" else (database,):
        with tempfile.TemporaryDirectory(prefix="portal-notices-") as folder, _database(kind, Path(folder)) as url:
            outcome = deliver(url, Path(folder), load, Random(seed))
        faults = outcome.faults(most_doubled=notices // DOUBLED_IN)
        failed = failed or bool(faults)
        click.echo(_table(kind, outcome))
        for fault in faults:
            click.echo(f"{kind}: {fault}")
    sys.exit(failed)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        with SQLiteFiles(folder).migrated() as url:
            yield url
        return
    with postgresql.running() as server, postgresql_databases(server) as databases, databases.migrated() as url:
        yield url


def _table(kind: str, outcome: Outcome) -> str:
    busy = ", ".join(f"{command} {times}" for command, times in sorted(outcome.busy.items()))
    rows = {
        kind: "",
        "notices committed": len(outcome.committed),
        "filings rolled back": outcome.rolled_back,
        "notices lost": len(outcome.lost),
        "mails of nothing committed": len(outcome.strange),
        "notices that arrived more than once": outcome.doubled,
        "mails taken in all": len(outcome.taken),
        "answers 451": f"{outcome.busy.total()} ({busy})",
        **{f"workers killed {kill}": outcome.killed[kill] for kill in Kill},
        "workers that died of themselves": outcome.died,
        "seconds": f"{outcome.seconds:.0f}",
    }
    return "\n".join(f"{name:<38}{value}" for name, value in rows.items()) + "\n"


if __name__ == "__main__":
    main()
