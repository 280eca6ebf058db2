"""What `make run` runs: secrets, tables, the first account's link; then the server, and the worker beside it."""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import ipaddress
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer
from sqlalchemy.exc import SQLAlchemyError

from portal import evidence, staff_access
from portal.clock import now
from portal.demo.panel import KEY as PANEL_KEY
from portal.demo.panel import serve as serve_panel
from portal.extensions import db
from portal.migrated import migration_of, upgrade
from portal.readings import PanelKind
from portal.serve import forked
from portal.serve.beside import Beside
from portal.settings import LOOPBACK, VAR, make_secrets

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PROCESSES = 2
THREADS = 16
"""How many requests a process answers at once; an upload that stalls holds one."""
HEADERS_WITHIN = 10_000
"""Milliseconds in which a request's head has to arrive."""
ENDS_WITHIN = 15
"""Seconds for requests to end: longer than one may wait for its turn at the database."""
ARENA_MAX = -8
"""What `mallopt` of the GNU C library calls the most heaps that the threads of a process share (malloc.h)."""
IN_MEMORY = Path("/dev/shm")
"""A folder whose files lie in memory, on Linux."""


def main() -> None:
    """Prepare what is not there yet, say where the portal is, and serve it until told to end."""
    _leave_the_terminal()
    os.umask(0o077)  # what is written under var/ is its owner's alone
    asked = _asked()
    if asked.demo and not asked.host.is_loopback:
        sys.exit("The demonstration's accounts have a known password: it is served on this machine alone")
    _refuse_a_taken_port(asked.host, asked.port)
    if not os.environ.get("PORTAL_PUBLIC_URL"):
        os.environ["PORTAL_PUBLIC_URL"] = f"http://{_shown(asked.host)}:{asked.port}"
    if not os.environ.get("PORTAL_SECRET_KEYS"):
        make_secrets(VAR)
    counted_in = _folder_to_count_in()
    beside = [_panel_of_the_demonstration()] if asked.demo and not os.environ.get("PORTAL_PANEL_KIND") else []
    app: Flask = importlib.import_module("wsgi").app  # it reads the settings when imported: only now are they whole
    with app.app_context():
        try:
            _upgrade_where_needed(app.config["MIGRATION"])
        except SQLAlchemyError as error:
            sys.exit(f"The portal cannot use its database (PORTAL_DATABASE_URL): {getattr(error, 'orig', error)}")
        evidence.sweep(now())
        db.session.commit()
        if asked.demo:
            app.cli.main(["demo"], standalone_mode=False)
        _say_where(app.extensions["portal"].settings.public_url)
        db.session.remove()
        db.engine.dispose()  # each copy of this process opens connections of its own
    gc.freeze()  # so that the copies share what was loaded, and the end comes at once
    gc.enable()
    _share_heaps()
    forked.prepare(ENDS_WITHIN)
    if asked.worker:
        beside.append(Beside("portal-worker", partial(_work, app)))
    _serve(_server(asked.host, asked.port, asked.processes), beside, counted_in)


def _serve(server: MPServer, beside: Sequence[Beside], counted_in: Path | None) -> None:
    """Serve until told to end, with these copies at work beside, and a folder for as long as that lasts."""
    for copy in beside:
        server.on_startup(copy.start)  # it hears from now on when it is told to end
    if counted_in:
        counted_in.mkdir(mode=0o700)
    try:
        server.serve()
    finally:
        for copy in beside:
            copy.stop()
        if counted_in:
            shutil.rmtree(counted_in, ignore_errors=True)


def _work(app: Flask) -> None:
    """Be the worker, until told to end."""
    with app.app_context():
        app.cli.main(["worker"], standalone_mode=False)


def _share_heaps() -> None:
    """Have the threads of each copy share two heaps: with one each, what was freed in one is of no use to another."""
    with suppress(AttributeError):  # another C library, which has no heaps of that kind
        ctypes.CDLL(None).mallopt(ARENA_MAX, 2)


def _leave_the_terminal() -> None:
    """Start a session of our own, so that Ctrl-C reaches the server once, through whoever started it."""
    if os.getpgrp() != os.getpid():
        os.setsid()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="portal.serve", description=__doc__)
    parser.add_argument("--host", type=ipaddress.ip_address, default=LOOPBACK[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--processes", type=int, default=PROCESSES, help="that answer requests, beside the worker")
    parser.add_argument("--demo", action="store_true", help="fill an empty database with tickets to look at")
    parser.add_argument("--no-worker", dest="worker", action="store_false", help="no worker beside it: one runs alone")
    return parser.parse_args()


def _shown(host: Address) -> str:
    """Return the name of the host for an address that is opened on this machine."""
    if not host.is_loopback:
        return LOOPBACK[0]
    return f"[{host}]" if host.version == 6 else str(host)


def _refuse_a_taken_port(host: Address, port: int) -> None:
    family = socket.AF_INET6 if host.version == 6 else socket.AF_INET
    try:
        socket.create_server((str(host), port), family=family).close()
    except OSError as error:
        sys.exit(f"The portal cannot listen on {host}:{port} ({error.strerror}): choose another, make run PORT=8001")


def _folder_to_count_in() -> Path | None:
    """Name the folder in which the web processes count together, where somebody may read the figures.

    It lies in memory where it can: a process that counts on a full disk is killed.
    """
    if not os.environ.get("PORTAL_METRICS_TOKEN"):
        return None
    around = IN_MEMORY if os.access(IN_MEMORY, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
    folder = around / f"portal-{secrets.token_hex(8)}"
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


def _panel_of_the_demonstration() -> Beside:
    """Return the demonstration's own panel, on a free port of this machine, and have the settings name it.

    It is given the port as it is listened on: whoever calls before it is there waits for it.
    """
    door = socket.create_server((LOOPBACK[0], 0))
    os.environ["PORTAL_PANEL_KIND"] = PanelKind.API_V2
    os.environ["PORTAL_PANEL_URL"] = f"http://{LOOPBACK[0]}:{door.getsockname()[1]}"
    os.environ["PORTAL_PANEL_KEY"] = PANEL_KEY
    return Beside("portal-panel", partial(serve_panel, door))


def _upgrade_where_needed(wanted: str) -> None:
    with db.engine.connect() as connection:
        found = migration_of(connection)
    if found != wanted:
        upgrade()


def _say_where(public_url: str) -> None:
    print(f"The portal is at {public_url}/ (Ctrl-C stops it)")
    if not staff_access.any_staff():
        token = staff_access.first_link(now())
        print("No staff account exists. This link makes the first one, once, within an hour:")
        print(f"{public_url}/staff/setup/{token}")
    sys.stdout.flush()


def _server(host: Address, port: int, processes: int) -> MPServer:
    return MPServer(
        "wsgi:app",
        address=str(host),
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=processes,
        blocking_threads=THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN),
        respawn_failed_workers=True,
        workers_kill_timeout=ENDS_WITHIN,
        log_level=LogLevels.error,
    )
