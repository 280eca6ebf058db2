"""The measures run: each is made small, and its lines are there, whatever the figures are."""

from __future__ import annotations

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench import disk, filing, first_load, growth, pages, preview, start
from bench.databases import KINDS
from bench.desk import FILING
from bench.programs import Program, called, running, until
from bench.table import Row

pytestmark = pytest.mark.long
WAITS = "import signal; signal.pause()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WAITS!r}])"


def whats(rows: list[Row]) -> list[str]:
    """Return what the lines are of; each says what was reached."""
    assert all(row.reached for row in rows)
    return [row.what for row in rows]


def test_public_pages_beside_nginx_and_a_hello() -> None:
    rows = pages.measure(rounds=1, seconds=0.2, names=["chooser's answers"])
    assert whats(rows) == ["chooser's answers", "chooser's answers, 304", "chooser's answers"]
    assert [row.baseline.split()[0] for row in rows] == ["nginx", "nginx", "hello"]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_filing_beside_a_plain_form(kind: str) -> None:
    rows = filing.measure(kind, rounds=1, seconds=0.2)
    assert len(rows) == 4
    assert all(row.what.startswith(f"filing, {KINDS[kind]}") for row in rows)


def test_the_preview() -> None:
    assert len(preview.measure(rounds=1, seconds=0.2)) == 1


def test_growth() -> None:
    found = growth.measure("sqlite", [growth.SMALL + 50], rounds=1, seconds=0.1)
    assert {cost.tickets for cost in found.costs} == {growth.SMALL, growth.SMALL + 50}
    assert [cost.what for cost in found.costs if cost.tickets == growth.SMALL] == [*growth.STAFF, FILING]
    assert found.mebibytes > 50


def test_the_start() -> None:
    assert len(start.measure(times=1)) == 2


@pytest.mark.browser
def test_the_first_load() -> None:
    with ThreadPoolExecutor(1) as thread:  # a browser of its own beside that of other tests
        assert [row.holds for row in thread.submit(first_load.measure).result()] == [True, True]


@pytest.mark.postgresql
def test_what_the_disk_can_do() -> None:
    assert len(disk.measure(0.1)) == 2


def test_a_program_that_does_not_start_is_told_with_what_it_said(tmp_path: Path) -> None:
    program = Program([sys.executable, "-c", "raise SystemExit('no such thing')"], {}, tmp_path / "log")
    with running(program), pytest.raises(RuntimeError, match="no such thing"):
        program.wait_until(lambda: False)


def test_nothing_is_left_of_a_program_even_where_it_was_killed(tmp_path: Path) -> None:
    program = Program([sys.executable, "-c", PARENT], {}, tmp_path / "log")
    with running(program):
        until(lambda: len(program.processes("signal.pause()")) == 2, 60, "the child to run")
        child = next(pid for pid in program.processes() if pid != program.pid)
        os.kill(program.pid, signal.SIGKILL)
        assert program.stop() == -signal.SIGKILL
        assert called(child) == ""
