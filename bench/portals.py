"""A portal as it runs: `python -m portal.serve` on a free port of this machine, its worker beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.programs import Program, running
from portal.serve.start import THREADS
from portal.settings import Limits
from tests.build import SECRET_KEYS
from tests.postgresql import free_port

HOST = "127.0.0.1"
PYTHON = os.environ.get("BENCH_PYTHON", sys.executable)
"""What portals and their like run on: where it is told, one with nothing but what a portal needs to run."""
POLICY = "/uk/cancellation"
READY = "/readyz"
PROCESSES = 2
"""How many web processes a portal has unless told."""
HIGH = " ".join(f"{name}=999999999/3600" for name in Limits()._fields)
"""Limits that nobody reaches; each is counted all the same."""


class Server(Program):
    """A program that listens on a port, and answers 200 at `path` once it is ready."""

    def __init__(
        self, command: list[str], environment: Mapping[str, str], log: Path, port: int, path: str = POLICY
    ) -> None:
        super().__init__(command, environment, log)
        self.port, self.path = port, path
        self.url = f"http://{HOST}:{port}"

    def wait_until_it_answers(self) -> float:
        """Wait until it is ready; return for how many seconds."""
        return self.wait_until(lambda: status(self.port, self.path) == 200)


def portal(database_url: str, folder: Path, *arguments: str, port: int = 0, **settings: str) -> Server:
    """Return a portal on a migrated database, not yet started, its log and mails in a folder.

    `arguments` are those of `portal.serve`; `settings` are named as their variables: `PORTAL_LIMITS="…"`.
    """
    port = port or free_port()
    command = [PYTHON, "-m", "portal.serve", "--host", HOST, "--port", str(port), *arguments]
    return Server(command, environment(database_url, folder) | settings, folder / "portal.log", port)


def same_server(app: str, environment: Mapping[str, str], folder: Path, path: str) -> Server:
    """Return another app (`module:name`) on the server that the portal runs on, with as many processes and threads."""
    port, sizes = free_port(), ["--workers", str(PROCESSES), "--blocking-threads", str(THREADS)]
    command = [PYTHON, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--log-level", "error"]
    command += [*sizes, "--host", HOST, "--port", str(port), app]
    return Server(command, environment, folder / f"{app}.log", port, path)


def environment(database_url: str, folder: Path) -> dict[str, str]:
    """Return the variables of a portal of this database: the secret keys of the tests, and limits set high."""
    return {
        "PORTAL_DATABASE_URL": database_url,
        "PORTAL_LIMITS": HIGH,
        "PORTAL_MAIL_FOLDER": str(folder / "mail"),
        "PORTAL_SECRET_KEYS": " ".join(f"{key.id}:{key.secret}" for key in SECRET_KEYS),
    }


@contextmanager
def answering(*servers: Server) -> Iterator[None]:
    """Have servers started and ready, and stopped in the end."""
    with running(*servers):
        for server in servers:
            server.wait_until_it_answers()
        yield


def status(port: int, path: str) -> int:
    """Return the status that an address of this machine answers; 0 where nobody does."""
    with closing(HTTPConnection(HOST, port, timeout=10)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0


def read(port: int, path: str, cookie: str) -> str:
    """Return the page at an address of this machine, as whoever has this cookie sees it. It must be there."""
    with closing(HTTPConnection(HOST, port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        assert answer.status == 200, (path, answer.status)
        return answer.read().decode()
