"""The portal's worker held for a while: it would share the processors with what is measured next."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

from bench.programs import Program, until
from portal import sqlite

WORKER = "flask --app wsgi worker"
RESTS_WITHIN = 60.0
"""Seconds."""


@contextmanager
def worker_held(server: Program, database_url: str) -> Iterator[None]:
    """Hold the portal's worker, at a moment when it writes nothing."""
    until(lambda: bool(server.processes(WORKER)), RESTS_WITHIN, "the worker to run")
    (worker,) = server.processes(WORKER)

    def held() -> bool:
        server.signal(signal.SIGSTOP, worker)
        if _nobody_writes(database_url):
            return True
        server.signal(signal.SIGCONT, worker)
        return False

    until(held, RESTS_WITHIN, "the worker to rest")
    try:
        yield
    finally:
        server.signal(signal.SIGCONT, worker)


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
