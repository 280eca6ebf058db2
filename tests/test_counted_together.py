"""The times of answers, counted by several processes: together, and none is lost with a process that is killed."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.browser.server import Portal, running
from tests.code_reading import ROOT
from tests.conftest import Kind

pytestmark = pytest.mark.long
TOKEN = "a-token-of-the-operator-0123456789"
TRIES = 1500
"""How often to look, every 20 ms, for what is to come."""
PROGRAM = """
import os, sys
from portal import create_app
from tests.build import PUBLIC_URL, settings_for
url, token, times, last = sys.argv[1:]
client = create_app(settings_for(url, metrics_token=token)).test_client()
for _ in range(int(times)):
    assert client.get("/en/tickets/new", base_url=PUBLIC_URL).status_code == 200
if last == "killed":
    os.kill(os.getpid(), 9)
print(client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).get_data(as_text=True), file=sys.stderr)
"""


def counted(figures: str) -> float:
    """Return how many times the form was answered."""
    wanted = {"endpoint": "tickets.new", "method": "GET", "status": "2xx"}
    samples = [sample for family in text_string_to_metric_families(figures) for sample in family.samples]
    found = [s.value for s in samples if s.name == "portal_answer_seconds_count" and s.labels == wanted]
    return sum(found)


def process(folder: Path, url: str, times: int, last: str = "") -> subprocess.CompletedProcess[str]:
    """Have a process that counts in a folder answer so often, and then be killed, or tell the figures."""
    command = [sys.executable, "-c", PROGRAM, url, TOKEN, str(times), last]
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def asked(portal: Portal, path: str, token: str = "") -> str:
    """Return what a running portal answers."""
    request = Request(f"{portal.url}{path}", headers={"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(request, timeout=10) as answer:
        return str(answer.read().decode())


def web_processes(portal: Portal) -> dict[int, int]:
    """Return the processes that serve a portal, the worker not among them, each with its parent."""
    port = portal.url.rpartition(":")[2]
    return {
        int(folder.name): int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        for folder in Path("/proc").glob("[0-9]*")
        if f"portal.serve --host 127.0.0.1 --port {port} " in _of(folder, "cmdline").replace("\0", " ")
        and _of(folder, "comm").strip() != "portal-worker"
    }


def counts_in(web: int) -> Path | None:
    """Return the folder in which a web process counts, if it does: its file there is part of its memory."""
    found = re.search(r" (/\S*/portal-[0-9a-f]{16})/", _of(Path(f"/proc/{web}"), "maps"))
    return Path(found[1]) if found else None


def _of(process: Path, name: str) -> str:
    try:
        return (process / name).read_text()
    except OSError:
        return ""  # it ended meanwhile


def answered_again(portal: Portal, besides: set[int]) -> None:
    """Wait until other processes serve a portal, and it answers the form."""
    for _ in range(TRIES):
        with suppress(OSError):
            if len(web_processes(portal).keys() - besides) >= len(besides):
                asked(portal, "/en/tickets/new")
                return
        Event().wait(0.02)
    raise AssertionError("the portal does not answer")


def test_processes_that_share_a_folder_tell_the_same_and_a_killed_one_counts_still(
    on_sqlite: Kind, tmp_path: Path
) -> None:
    with on_sqlite[0].migrated() as url:
        for _ in range(2):
            assert process(tmp_path, url, 3, "killed").returncode == -signal.SIGKILL
        (tmp_path / "histogram_7.db").touch()  # what one leaves that was killed before it wrote
        told = process(tmp_path, url, 2)
    assert told.returncode == 0, told.stderr
    assert counted(told.stderr) == 8
    assert sorted(file.name for file in tmp_path.glob("*.db")) == ["histogram_0.db", "histogram_7.db"]


def test_processes_that_run_at_once_count_each_for_themselves(on_sqlite: Kind, tmp_path: Path) -> None:
    held = (tmp_path / "0.lock").open("w")
    with held, on_sqlite[0].migrated() as url:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert counted(process(tmp_path, url, 2).stderr) == 2
    with on_sqlite[0].migrated() as url:
        assert counted(process(tmp_path, url, 3).stderr) == 5
    assert sorted(file.name for file in tmp_path.glob("*.db")) == ["histogram_0.db", "histogram_1.db"]


def test_a_process_that_cannot_count_answers_all_the_same(on_sqlite: Kind, tmp_path: Path) -> None:
    with on_sqlite[0].migrated() as url:
        told = process(tmp_path / "gone", url, 1)
    assert told.returncode == 0, told.stderr
    assert counted(told.stderr) == 0
    assert "portal_database_up 1.0" in told.stderr


def test_a_portal_counts_on_when_its_processes_are_killed_and_leaves_no_folder(tmp_path: Path) -> None:
    with running(tmp_path, figures=TOKEN) as portal:
        processes = web_processes(portal)
        (parent,) = processes.keys() - {number for number, above in processes.items() if above in processes}
        serving = processes.keys() - {parent}
        for _ in range(3):
            asked(portal, "/en/tickets/new")
        folder = next(filter(None, map(counts_in, serving)))
        for number in serving:
            os.kill(number, signal.SIGKILL)
        answered_again(portal, besides=set(serving))
        assert counted(asked(portal, "/metrics", TOKEN)) == 4
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(list(folder.glob("*.db"))) <= len(serving)
    assert not folder.exists()
