"""`make run`, as a person runs it: a copy of the project, a real server, a real Ctrl-C."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from threading import Event

import pytest

from tests.code_reading import ROOT
from tests.postgresql import free_port

pytestmark = pytest.mark.long
COPIED = ("Makefile", "content", "portal", "requirements.txt", "wsgi.py")
HEEDING = ("env", "--default-signal")
"""What is started in the background ignores Ctrl-C, and so would all that it starts; a terminal's does not."""
WORKER, PANEL = "portal-worker", "portal-panel"
READY_WITHIN = 1500
"""How often to ask whether the server answers, every 20 ms."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project that was never started."""
    folder = tmp_path_factory.mktemp("house")
    for name in COPIED:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, folder / name)
    return folder


class Run:
    """A `make run` (or `make demo`) in a house, in a session of its own, as a terminal has."""

    def __init__(self, house: Path, port: int, target: str, variables: dict[str, str]) -> None:
        self.port = port
        self._house = house
        made = f"{sys.prefix}/run.stamp"  # the packages that run these tests are the pinned ones: nothing to install
        self.process = subprocess.Popen(
            [*HEEDING, "make", target, f"PORT={port}", f"VENV={sys.prefix}", "--assume-old", made],
            cwd=house,
            env={"PATH": os.defpath, **variables},
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def runs_for(self, seconds: float) -> bool:
        """Return whether it still runs after so many seconds."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def wait_until_it_answers(self) -> None:
        """Wait until the policy page is there."""
        for _ in range(READY_WITHIN):
            assert self.runs_for(0.02), self.process.communicate()[0]
            with suppress(ConnectionRefusedError):
                assert self.status("/en/cancellation") == 200
                return
        raise AssertionError("the portal does not answer")

    def status(self, path: str) -> int:
        """Return the status that an address of it answers."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path)
            return connection.getresponse().status

    def ctrl_c(self) -> str:
        """Press Ctrl-C, which reaches make and all that it started in the terminal; return all that was printed."""
        os.killpg(self.process.pid, signal.SIGINT)
        printed, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == -signal.SIGINT, printed
        assert self.left() == []
        return printed

    def left(self) -> list[str]:
        """Return the command lines of the processes that run in this house, each with its name."""
        return [command for folder in Path("/proc").glob("[0-9]*") for command in _command_in(self._house, folder)]

    def workers(self, named: str = WORKER) -> list[int]:
        """Return the numbers of the processes of workers (or others so named) that run in this house."""
        folders = list(Path("/proc").glob("[0-9]*"))
        return [int(f.name) for f in folders if any(named in command for command in _command_in(self._house, f))]

    def wait_for_worker(self, besides: Sequence[int] = (), named: str = WORKER) -> int:
        """Return the number of a worker (or another so named) that is none of those, once it runs."""
        for _ in range(READY_WITHIN):
            found = [number for number in self.workers(named) if number not in besides]
            if found:
                return found[0]
            assert self.runs_for(0.02)
        raise AssertionError("no worker runs")


def _command_in(house: Path, process: Path) -> Iterator[str]:
    try:
        if (process / "cwd").resolve() == house.resolve():
            yield (process / "cmdline").read_text().replace("\0", " ") + (process / "comm").read_text()
    except OSError:
        return  # it ended meanwhile, or is another user's


@contextmanager
def running(house: Path, port: int | None = None, target: str = "run", **variables: str) -> Iterator[Run]:
    """Start a portal; nothing of it is left afterwards, whatever happens."""
    run = Run(house, port or free_port(), target, variables)
    with run.process:
        try:
            yield run
        finally:
            if run.process.poll() is None:
                run.process.terminate()


def link_in(printed: str, run: Run) -> str:
    """Return the path of the one-time link that was printed."""
    found = re.search(rf"http://127\.0\.0\.1:{run.port}(/staff/setup/\S+)", printed)
    assert found, printed
    return found[1]


def plain(printed: str) -> bool:
    """Return whether what was printed holds neither a trace nor a complaint of make."""
    return not re.search(r"Traceback|\*\*\*|Error|Terminated", printed)


def test_the_first_start_makes_everything_and_the_second_changes_nothing_but_the_link(house: Path) -> None:
    with running(house) as run:
        run.wait_until_it_answers()
        first = run.ctrl_c()
    assert f"The portal is at http://127.0.0.1:{run.port}/" in first
    secrets = house / "var" / "secret-keys"
    made = secrets.read_bytes()
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert (house / "var" / "portal.sqlite").stat().st_mode & 0o777 == 0o600

    with running(house) as again:
        again.wait_until_it_answers()
        second = again.ctrl_c()
    assert secrets.read_bytes() == made
    assert link_in(first, run) != link_in(second, again)
    assert plain(first + second)


@pytest.mark.parametrize("target", ["run", "demo"])
@pytest.mark.parametrize("seconds", [0.001, 0.3, 0.6, 0.9])
def test_ctrl_c_in_the_first_second_stops_it_cleanly(seconds: float, target: str, house: Path) -> None:
    with running(house, target=target) as run:
        while not any(command.startswith(f"{sys.prefix}/bin/python -m portal.serve") for command in run.left()):
            assert run.runs_for(0.001)
        assert run.runs_for(seconds)
        assert plain(run.ctrl_c())


def test_a_second_ctrl_c_does_no_harm(house: Path) -> None:
    with running(house) as run:
        run.wait_until_it_answers()
        os.killpg(run.process.pid, signal.SIGINT)
        assert plain(run.ctrl_c())


def test_it_ends_with_its_terminal(house: Path) -> None:
    with running(house) as run:
        assert run.runs_for(0.9)
        os.killpg(run.process.pid, signal.SIGHUP)
        run.process.communicate(timeout=60)
        assert run.left() == []


def test_the_demonstration_has_tickets_in_a_file_of_its_own(house: Path) -> None:
    for file in (house / "var").glob("demo.sqlite*"):
        file.unlink()  # of a test before, where the demonstration was ended once it was filled
    with running(house, target="demo") as run:
        run.wait_until_it_answers()
        first = run.ctrl_c()
    with running(house, target="demo") as run:
        run.wait_until_it_answers()
        run.wait_for_worker(named=PANEL)
        second = run.ctrl_c()
    assert "The database was empty" in first
    assert "The database was empty" not in second
    assert "Staff sign in as" in second
    assert plain(first + second)
    assert (house / "var" / "demo.sqlite").exists()


def test_a_bad_setting_stops_the_start_in_plain_words(house: Path) -> None:
    with running(house, PORTAL_TIMEZONE="Mars") as run:
        printed, _ = run.process.communicate(timeout=60)
    assert run.process.returncode == 2
    assert "The portal cannot start:\nPORTAL_TIMEZONE: should be the name of a time zone" in printed
    assert "Traceback" not in printed


def test_a_taken_port_is_told_in_plain_words(house: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, running(house, taken.getsockname()[1]) as run:
        printed, _ = run.process.communicate(timeout=60)
    assert run.process.returncode == 2
    assert "Address already in use" in printed
    assert "make run PORT=" in printed
    assert "Traceback" not in printed


def test_a_worker_runs_beside_and_one_that_dies_is_started_again(house: Path) -> None:
    with running(house) as run:
        first = run.wait_for_worker()
        run.wait_until_it_answers()
        os.kill(first, signal.SIGKILL)
        second = run.wait_for_worker(besides=[first])
        assert run.workers() == [second]
        assert plain(run.ctrl_c())


def test_a_worker_and_a_panel_whose_portal_was_killed_end_by_themselves(house: Path) -> None:
    with running(house, target="demo") as run:
        run.wait_until_it_answers()
        run.wait_for_worker(named=PANEL)
        worker = run.wait_for_worker()
        portal = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(portal, signal.SIGKILL)
        run.process.wait(timeout=60)
        for _ in range(READY_WITHIN):
            if not run.workers() + run.workers(PANEL):
                break
            Event().wait(0.02)
        assert run.workers() + run.workers(PANEL) == []
        for left in Path("/proc").glob("[0-9]*"):
            if any(_command_in(house, left)):
                os.kill(int(left.name), signal.SIGKILL)
