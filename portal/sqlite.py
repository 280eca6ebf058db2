"""SQLite as a durable, concurrent store: which driver, how a file is opened, and how its writers take turns."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections import deque
from contextlib import suppress
from threading import Event, RLock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

SOUND = (3, 51, 3)
"""The first SQLite without the WAL-reset bug, by which two writers can corrupt a file."""
PATIENCE = 10.0
"""Seconds that a writer waits for its turn."""
PAUSE = 0.0005
"""Seconds between looks at another process's turn: a fraction of what a turn takes."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={PATIENCE * 1000:.0f}",
    "trusted_schema=OFF",
)
IMMEDIATELY = "BEGIN IMMEDIATE"
TURN = "portal.turn"
"""Marks the connection whose turn it is to write."""


def module() -> Any:
    """Return the driver to use: the standard one where it is sound, else pysqlite3."""
    if sqlite3.sqlite_version_info >= SOUND:
        return sqlite3
    from pysqlite3 import dbapi2

    return dbapi2


class Turns:
    """Whose turn it is to write a file: first come, first served, in this process and between processes.

    SQLite's own writers sleep and try again, so that some wait a hundred times as long as others. It still keeps them
    apart where this does not: turns make them quick, not safe.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._guard = RLock()
        self._queue: deque[Event] = deque()
        self._file: int | None = None

    def take(self) -> None:
        """Wait for the turn. Raises `TimeoutError` where it does not come in time."""
        until = monotonic() + PATIENCE
        mine = Event()
        with self._guard:
            self._queue.append(mine)
            if len(self._queue) == 1:
                mine.set()
        try:
            if not mine.wait(PATIENCE) or not self._among_processes(until):
                raise TimeoutError
        except BaseException:
            self._leave(mine)
            raise

    def give(self) -> None:
        """End the turn: it is the next one's."""
        if self._file is not None:
            with suppress(OSError):
                fcntl.lockf(self._file, fcntl.LOCK_UN)
        self._leave(self._queue[0])

    def _leave(self, mine: Event) -> None:
        with self._guard:
            self._queue.remove(mine)
            if self._queue:
                self._queue[0].set()

    def _among_processes(self, until: float) -> bool:
        """Take the file's second byte, waiting at its first: who gave it back cannot take it again before others.

        Return whether that came in time. Where no file can be made or locked, SQLite alone keeps processes apart.
        """
        try:
            if self._file is None:
                self._file = os.open(f"{self._path}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if not _locked(self._file, 0, until):
                return False
            came = _locked(self._file, 1, until)
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, 0)
            return came
        except OSError:
            return True


def _locked(file: int, byte: int, until: float) -> bool:
    """Lock a byte of a file; return whether that came in time. No lock can be waited for so long and no longer."""
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except BlockingIOError:
            if monotonic() > until:
                return False
            sleep(PAUSE)
        else:
            return True


def open_durably(engine: Engine) -> None:
    """Have each connection write-ahead, synchronous and strict, begin as it is asked to, and write in its turn."""
    turns = Turns(str(engine.url.database))

    def on_begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("write", False):
            connection.exec_driver_sql("BEGIN")
            return
        if TURN not in connection.info:
            try:
                turns.take()
            except TimeoutError as late:
                raise OperationalError(IMMEDIATELY, None, late) from late
            connection.info[TURN] = True
        connection.exec_driver_sql(IMMEDIATELY)

    def on_end(_connection: Any, record: Any) -> None:
        if record.info.pop(TURN, False):
            turns.give()

    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", on_begin)
    event.listen(engine, "checkin", on_end)


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
