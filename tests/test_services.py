"""The services of docs/running.md: sound to systemd, closed in, and what they start runs by the document's settings."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from bench.portals import Server
from bench.programs import Program, running, until
from tests.build import SECRET_KEYS
from tests.code_reading import ROOT
from tests.fenced import files
from tests.nginx import DOCUMENT
from tests.postgresql import free_port

FILES = files(DOCUMENT)
SYSTEMD = "/etc/systemd/system/"
UNITS = sorted(path.removeprefix(SYSTEMD) for path in FILES if path.startswith(SYSTEMD) and "/portal-." not in path)
WEB, WORKER = "portal-web.service", "portal-worker.service"
EXPOSED = "15"
"""Tenths of systemd's measure of how exposed a service is: 0 not at all, 100 wholly."""
KEYS = " ".join(f"{key.id}:{key.secret}" for key in SECRET_KEYS)


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the document's units."""
    folder = tmp_path_factory.mktemp("units")
    for path, text in FILES.items():
        if path.startswith(SYSTEMD):
            unit = folder / path.removeprefix(SYSTEMD)
            unit.parent.mkdir(exist_ok=True)
            unit.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def house(tmp_path: Path) -> dict[str, str]:
    """What stands in the place of the document's folders and values, for a portal that lives in a folder of the test.

    It is on the database of its settings, which the command `portal` has made.
    """
    moved = {
        "/opt/portal/current": str(ROOT),
        "/etc/portal": str(tmp_path),
        "/var/lib/portal": str(tmp_path),
        "k1:…": KEYS,
        "setpriv --reuid=portal --regid=portal --init-groups ": "",
    }
    for path in ("/etc/portal/environment", "/usr/local/sbin/portal"):
        (tmp_path / Path(path).name).write_text(replaced(FILES[path], moved), encoding="utf-8")
    done = by_hand(tmp_path, "db", "upgrade")
    assert done.returncode == 0, done.stderr
    return moved


def replaced(text: str, moved: dict[str, str]) -> str:
    """Return a text of the document for the test's folders."""
    for written, instead in moved.items():
        text = text.replace(written, instead)
    return text


def by_hand(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command `portal` with these arguments."""
    command = ["sh", str(folder / "portal"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": os.defpath})


def service(unit: str, house: dict[str, str], tmp_path: Path, port: int = 0) -> tuple[list[str], dict[str, str]]:
    """Return what a unit starts, and the variables that it has it run with; on a port of the test, where it listens."""
    found = re.search(r"^ExecStart=(.*)$", FILES[SYSTEMD + unit], re.MULTILINE)
    assert found
    command = shlex.split(found[1].replace("--no-worker", f"--no-worker --port {port}"))
    lines = (tmp_path / "environment").read_text(encoding="utf-8").splitlines()
    return command, dict(shlex.split(line)[0].split("=", 1) for line in lines if not line.startswith("#"))


def systemd(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd about the units."""
    known = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"}
    return subprocess.run(["systemd-analyze", *arguments], env=known, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_no_fault_with_a_unit(units: Path, unit: str) -> None:
    done = systemd(units, "verify", unit)
    said = [line for line in done.stderr.splitlines() if "portal" in line]
    assert (done.returncode, said) == (0, []), done.stderr


@pytest.mark.parametrize("unit", [WEB, WORKER, "portal-backup.service"])
def test_a_service_is_closed_in(units: Path, unit: str) -> None:
    done = systemd(units, "security", "--offline=true", f"--threshold={EXPOSED}", unit)
    assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_the_web_runs_alone_and_the_worker_too_and_both_end_well(house: dict[str, str], tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    web = Server(*service(WEB, house, tmp_path, port), log, port)
    worker = Program(*service(WORKER, house, tmp_path), log)
    with running(web, worker):
        web.wait_until_it_answers()
        until(lambda: "worker started" in log.read_text(), 60, "the worker to start")
        assert web.processes("portal-worker") == []
        assert [worker.stop(), web.stop()] == [0, 0], log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.long
def test_the_command_has_the_portals_settings(house: dict[str, str], tmp_path: Path) -> None:
    added = by_hand(tmp_path, "staff", "add", "olena@example.com", "--name", "Olena Two", "--language", "uk")
    assert "https://help.example.com/staff/setup/" in added.stdout, added.stderr
    assert "olena@example.com\tOlena Two" in by_hand(tmp_path, "staff", "list").stdout
