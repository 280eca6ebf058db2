"""The portal as it runs: a server process on a free port, with a database of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from portal.demo.panel import KEY
from portal.readings import PanelKind
from tests.build import HANDOVER_KEY, SECRET_KEYS
from tests.postgresql import free_port

ROOT = Path(__file__).parent.parent.parent
STARTS_WITHIN = 60.0
NO_LIMITS = (
    "filings_address=100000/60 screenshots_address=100000/60 filings_browser=100000/60 sign_ins_account=100000/60"
)


@dataclass(frozen=True)
class Portal:
    """A running portal: its address, what it wrote, and its command line."""

    url: str
    log: Path
    environment: dict[str, str]

    def first_link(self) -> str:
        """Return the one-time link that it printed at its start, as it does while no staff account exists."""
        return next(line for line in self.log.read_text().splitlines() if "/staff/setup/" in line)

    def flask(self, *arguments: str) -> str:
        """Run a command of the portal's command line against its database; return what it printed."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"flask {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def running(
    folder: Path, limits: str = NO_LIMITS, sites: str = "", panel: str = "", figures: str = ""
) -> Iterator[Portal]:
    """Serve the portal as `make run` does, with an SQLite file and a log in this folder; stop it in the end.

    `sites` are those that may show its policy, `panel` is the address of the panel that it reads, `figures` the token
    by which its figures are read.
    """
    port = free_port()
    environment = _environment(folder, port, limits) | _of_panel(panel)
    environment |= {"PORTAL_EMBED_SITES": sites, "PORTAL_METRICS_TOKEN": figures}
    portal = Portal(f"http://127.0.0.1:{port}", folder / "server.log", environment)
    command = [sys.executable, "-m", "portal.serve", "--host", "127.0.0.1", "--port", str(port)]
    with portal.log.open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=portal.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait(process, port, portal.log)
        yield portal
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _environment(folder: Path, port: int, limits: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "FLASK_"))}
    return kept | {
        "PORTAL_DATABASE_URL": f"sqlite:///{folder}/portal.sqlite",
        "PORTAL_HANDOVER_KEYS": f"{HANDOVER_KEY.id}:{HANDOVER_KEY.secret}",
        "PORTAL_LIMITS": limits,
        "PORTAL_MAIL_FOLDER": f"{folder}/mail",
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORTAL_SECRET_KEYS": " ".join(f"{key.id}:{key.secret}" for key in SECRET_KEYS),
    }


def _of_panel(url: str) -> dict[str, str]:
    at = {"PORTAL_PANEL_KIND": PanelKind.API_V2.value, "PORTAL_PANEL_URL": url, "PORTAL_PANEL_KEY": KEY}
    return at if url else {}


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when the server takes connections; raise what it said if it ended or took too long."""
    ends, never = monotonic() + STARTS_WITHIN, Event()
    while not _listens(port):
        if process.poll() is not None or monotonic() > ends:
            raise RuntimeError(f"the portal did not start:\n{log.read_text()}")
        never.wait(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
