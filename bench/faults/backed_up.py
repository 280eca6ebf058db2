"""Back-ups taken while customers file, by the programs of docs/running.md, each restored into a database of its own.

`python -m bench.faults.backed_up` (--times, --database): each holds all that was answered before it began, once and
whole, and nothing half; a portal runs on it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import click

from bench.databases import databases
from bench.faults.books import Books
from bench.faults.customers import Customers, Filed
from bench.faults.places import KINDS, SQLITE, Place, at, temporary
from bench.faults.told import told
from bench.portals import PYTHON, READY, answering, environment, status
from bench.programs import ROOT, bare_environment, until
from tests.databases import Databases

WITHIN = 120.0
"""Seconds for what must come, on a machine however slow."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What a restored back-up holds, what had been answered before it was taken, how long it took, and what a portal
    on it says of being ready.
    """

    books: Books
    before: Sequence[Filed]
    seconds: float
    ready: int

    def faults(self, filed: Sequence[Filed]) -> list[str]:
        """Return what does not hold, in sentences; `filed` is all that was answered in the end."""
        there = {ticket.order_id for ticket in self.books.tickets}
        lost = sum(one.filing.order_id not in there for one in self.before)
        said = [f"{lost} tickets that were answered before are not there"] if lost else []
        said += self.books.faults(one for one in filed if one.filing.order_id in there)
        return said if self.ready == 200 else [*said, f"a portal on it answers {self.ready}"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it."""

    copies: Sequence[Copy]
    filed: Sequence[Filed]
    answers: Mapping[int, int]
    strange: Mapping[str, int]
    slowest: float
    books: Books
    log: str = field(repr=False)

    def faults(self) -> list[str]:
        """Return what does not hold, in sentences; none where all is well."""
        said = [f"{times} times {what}" for what, times in self.strange.items()]
        said += [f"{times} answers were {code}" for code, times in self.answers.items() if code not in (200, 303)]
        for number, copy in enumerate(self.copies, 1):
            said += [f"back-up {number}: {what}" for what in copy.faults(self.filed)]
        said += self.books.faults(self.filed)
        return [*said, "a trace is in the log"] if "Traceback" in self.log else said

    def rows(self) -> dict[str, str]:
        """Return what is to be reported."""
        held = [len(copy.books.tickets) for copy in self.copies]
        return {
            "tickets filed": f"{len(self.filed):,}",
            "back-ups taken meanwhile": str(len(self.copies)),
            "tickets in the first, the last": f"{held[0]:,}, {held[-1]:,}",
            "slowest back-up, seconds": f"{max(copy.seconds for copy in self.copies):.1f}",
            "slowest answer to a filing, seconds": f"{self.slowest:.1f}",
        }


def run(here: Place, found: Databases, times: int, number: int) -> Outcome:
    """Have so many customers file, and take back-ups so many times, each restored while they go on."""
    portal, copies = here.portal(), list[Copy]()
    customers = Customers(portal.port, number)
    with answering(portal), customers.filing(ends_within=WITHIN):
        for _ in range(times):
            _wait_for_tickets(customers)
            copies.append(_copy(here, found, customers))
        _wait_for_tickets(customers)
    return Outcome(
        copies=copies,
        filed=customers.filed,
        answers=customers.answers,
        strange=customers.strange,
        slowest=customers.slowest,
        books=here.books(),
        log=portal.log.read_text(errors="replace"),
    )


def _wait_for_tickets(customers: Customers) -> None:
    before = len(customers.filed)
    until(lambda: len(customers.filed) > before + 5, WITHIN, "tickets to be answered")


def _copy(here: Place, found: Databases, customers: Customers) -> Copy:
    """Take a back-up, restore it, and look at it; customers file meanwhile."""
    before = list(customers.filed)
    with temporary() as folder, found.empty() as restored:
        begun, kept = monotonic(), folder / "backup"
        _back_up(here, kept)
        seconds = monotonic() - begun
        _restore(kept, restored, folder)
        with at(restored, folder) as there:
            books, portal = there.books(), there.portal()
            with answering(portal):
                return Copy(books=books, before=before, seconds=seconds, ready=status(portal.port, READY))


def _back_up(here: Place, file: Path) -> None:
    if here.database_url.startswith(SQLITE):
        _flask("db", "backup", str(file), url=here.database_url, folder=here.folder)
    else:
        _done("pg_dump", "--format=custom", f"--file={file}", f"--dbname={_address(here.database_url)}")


def _restore(file: Path, url: str, folder: Path) -> None:
    if url.startswith(SQLITE):
        shutil.copyfile(file, url.removeprefix("sqlite:///"))
    else:
        how = ("--exit-on-error", "--single-transaction", "--no-owner")
        _done("pg_restore", *how, f"--dbname={_address(url)}", str(file))
    _flask("db", "upgrade", url=url, folder=folder)


def _address(url: str) -> str:
    """Return a database's address as PostgreSQL's own programs take it."""
    return url.replace("+psycopg", "", 1)


def _flask(*arguments: str, url: str, folder: Path) -> None:
    _done(PYTHON, "-m", "flask", "--app", "wsgi", *arguments, **environment(url, folder))


def _done(*command: str, **variables: str) -> None:
    known = {**bare_environment(), **variables}
    done = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stdout}{done.stderr}")


@click.command()
@click.option("--times", default=12, type=click.IntRange(1), show_default=True)
@click.option("--database", default="both", type=click.Choice([*KINDS, "both"]), show_default=True)
def main(times: int, database: str) -> None:
    """Take back-ups while customers file, and restore them."""
    failed = False
    for kind in KINDS if database == "both" else (database,):
        with (
            temporary() as folder,
            databases(kind, folder) as found,
            found.migrated() as url,
            at(url, folder) as here,
        ):
            outcome = run(here, found, times, 8)
        failed = told(kind, outcome.rows(), outcome.faults()) or failed
    sys.exit(failed)


if __name__ == "__main__":
    main()
