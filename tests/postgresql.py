"""A PostgreSQL server for the tests: a private cluster of our own, or a server that a variable names."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

VARIABLE = "TEST_POSTGRESQL_URL"
"""Names a server to use instead: `postgresql://…/postgres`, as a user who may create databases."""

INSTALLED = Path("/usr/lib/postgresql")
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}
"""Settings of a server that loses what it holds when the power fails: enough for tests."""
DURABLE = {"max_connections": "60"}
"""Each commit written through, as where the portal runs."""


class Server:
    """A running server, by the address of a database to which nothing but the administration connects."""

    def __init__(self, admin: str) -> None:
        self._admin = admin

    def address(self, database: str) -> str:
        """Return the address of a database, as the portal's settings want it."""
        base, _, _ = self._admin.rpartition("/")
        return f"{base}/{database}".replace("postgresql://", "postgresql+psycopg://", 1)

    def create(self, database: str, *, template: str = "template0") -> None:
        """Create a database as a copy of another, to which nobody may be connected."""
        self._run("CREATE DATABASE {} TEMPLATE {}", database, template)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class Cluster(Server):
    """A server of our own in a folder, on a free port, which can be stopped and started."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._programs, self._folder, port = _programs(), folder, free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, _unprivileged().pw_uid, _unprivileged().pw_gid)
        _run(
            self._programs / "initdb", "-D", self._data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )
        own = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder}
        with (self._data / "postgresql.conf").open("a") as written:
            written.writelines(f"{name} = '{value}'\n" for name, value in {**settings, **own}.items())
        super().__init__(f"postgresql://tests@127.0.0.1:{port}/postgres")

    def start(self) -> None:
        """Start it; it takes connections afterwards."""
        _run(self._programs / "pg_ctl", "-D", self._data, "-w", "-l", self._folder / "log", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it, `fast` (connections are ended, what they began is rolled back) or `immediate` (as a crash does)."""
        _run(self._programs / "pg_ctl", "-D", self._data, "-m", mode, "stop")

    @property
    def _data(self) -> Path:
        return self._folder / "data"


@contextmanager
def running() -> Iterator[Server]:
    """Give the server that the variable names, or else one of our own in a temporary folder, stopped at the end."""
    if named := os.environ.get(VARIABLE):
        yield Server(named)
        return
    with cluster(QUICK) as server:
        yield server


@contextmanager
def cluster(settings: Mapping[str, str], parent: str | None = None) -> Iterator[Cluster]:
    """Give a server of our own with these settings in a temporary folder under `parent`, stopped at the end.

    It must run then.
    """
    with tempfile.TemporaryDirectory(prefix="portal-postgresql-", dir=parent) as folder:
        server = Cluster(Path(folder), settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def free_port() -> int:
    """Return a port that nothing listens on, below those from which the system takes its own for outgoing calls."""
    while True:
        port = secrets.randbelow(12_000) + 20_000
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _programs() -> Path:
    """Return the folder of the newest installed server's programs."""
    installed = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda initdb: float(initdb.parts[-3]))
    on_path = shutil.which("initdb")
    if not installed and not on_path:
        raise RuntimeError(f"No PostgreSQL here: install it (Debian: apt-get install postgresql) or set {VARIABLE}")
    return installed[-1].parent if installed else Path(str(on_path)).resolve().parent


def _unprivileged() -> pwd.struct_passwd:
    """Return the user to run as instead of root, as whom PostgreSQL refuses to run."""
    users = {user.pw_name: user for user in pwd.getpwall()}
    return users.get("postgres") or users["nobody"]


def _run(*command: str | Path) -> None:
    as_user: dict[str, Any] = {"user": _unprivileged().pw_uid, "group": _unprivileged().pw_gid, "extra_groups": []}
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        **(as_user if os.geteuid() == 0 else {}),
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")
