"""The portal's worker held for a while: it would share the processors with what is measured next."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from bench.programs import Program, until
from portal import sqlite

WORKER = "portal-worker"
RESTS_WITHIN = 60.0
"""Seconds."""


@contextmanager
def worker_held(server: Program, database_url: str) -> Iterator[None]:
    """Hold the portal's worker, at a moment when it writes nothing."""
    until(lambda: bool(server.processes(WORKER)), RESTS_WITHIN, "the worker to run")
    (worker,) = server.processes(WORKER)

    def held() -> bool:
        server.signal(signal.SIGSTOP, worker)
        until(lambda: _stopped(worker), RESTS_WITHIN, "the worker to stop")
        if _nobody_writes(database_url):
            return True
        server.signal(signal.SIGCONT, worker)
        return False

    until(held, RESTS_WITHIN, "the worker to rest")
    try:
        yield
    finally:
        server.signal(signal.SIGCONT, worker)


def _stopped(pid: int) -> bool:
    """Return whether a process does nothing more: it is told to stop before it has."""
    states = [thread.read_text().rpartition(")")[2].split()[0] for thread in Path(f"/proc/{pid}/task").glob("*/stat")]
    return set(states) == {"T"}


def _nobody_writes(database_url: str) -> bool:
    """Return whether an SQLite file could be written to now; in PostgreSQL no writer keeps another waiting."""
    if not database_url.startswith("sqlite"):
        return True
    module = sqlite.module()
    connection = module.connect(make_url(database_url).database, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except module.OperationalError:
        return False
    finally:
        connection.close()
    return True
