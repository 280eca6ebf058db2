"""A full disk while customers file: a small one of its own, with the SQLite file on it, is filled and emptied again.

`python -m bench.faults.full` (--times, --quick): meanwhile people are told so, with what they typed, and can read;
when there is room, all goes on by itself, and each ticket that was answered is there, once and whole.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import click

from bench.faults.places import at, temporary
from bench.faults.stopped import Load, Outcome, Stop, run
from bench.faults.told import told
from bench.programs import ROOT
from tests.databases import SQLiteFiles

SIZE = "24m"
OF_ITS_OWN = (("unshare", "--mount"), ("unshare", "--user", "--map-root-user", "--mount"))
"""What gives a program mounts of its own: as root, or as anyone where the system allows it."""
NO_WAY = "A disk that fills up cannot be made here: it needs root, or user namespaces (unshare --user --mount)"
CHUNK = bytes(64 * 1024)


@contextmanager
def disk() -> Iterator[Path]:
    """Give a small disk, mounted for this process and its children alone."""
    with temporary() as folder:
        mounted = folder / "disk"
        mounted.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "portal-full", mounted], check=True)
        try:
            yield mounted
        finally:
            subprocess.run(["umount", "--lazy", mounted], check=True)


def fills(mounted: Path) -> Stop:
    """Return what fills a disk to its last byte, and makes room again."""
    ballast = mounted / "ballast"

    @contextmanager
    def fill() -> Iterator[None]:
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(CHUNK):
                pass
        try:
            yield
        finally:
            ballast.unlink()

    return fill


def filled(load: Load, chance: Random) -> Outcome:
    """Return what comes of it; this process has mounts of its own."""
    with disk() as mounted, temporary() as folder:
        url = f"sqlite:///{mounted}/portal.sqlite"
        SQLiteFiles(folder).refill(url)
        with at(url, folder) as here:
            return run(here, load, fills(mounted), chance)


def alone() -> list[str]:
    """Return the command that gives a program mounts of its own; end where there is none."""
    for command in OF_ITS_OWN:
        if (
            subprocess.run(
                [*command, "mount", "-t", "tmpfs", "portal-full", "/mnt"], check=False, capture_output=True
            ).returncode
            == 0
        ):
            return list(command)
    sys.exit(NO_WAY)


@click.command()
@click.option("--times", default=12, type=click.IntRange(1), show_default=True)
@click.option("--quick", is_flag=True, help="Wait for no mail that a worker holds.")
@click.option("--seed", default=1, type=int, show_default=True, help="Decides how long the disk is full.")
@click.option("--alone", "is_alone", is_flag=True, hidden=True)
def main(times: int, quick: bool, seed: int, is_alone: bool) -> None:
    """Fill the disk while customers file."""
    if not is_alone:
        command = [*alone(), sys.executable, "-m", "bench.faults.full", *sys.argv[1:], "--alone"]
        os.chdir(ROOT)
        os.execvp(command[0], command)
    load = Load(customers=8, times=times, most_seconds=0.0 if quick else 3.0, reads_on=True, delivered=not quick)
    outcome = filled(load, Random(seed))
    sys.exit(told("sqlite", outcome.rows(), outcome.faults()))


if __name__ == "__main__":
    main()
