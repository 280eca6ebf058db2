"""A process that is a copy of the one that started it: told to end from its first instant, gone when that is gone."""

from __future__ import annotations

import os
import signal
import time
from select import select
from threading import Thread

TOLD_BY = (signal.SIGTERM, signal.SIGINT)
LOOKS_EVERY = 0.5
"""Seconds between looks whether whoever started it is still there."""
MOMENT = 0.2
"""Seconds after which it is told again."""


def prepare(ends_within: float) -> None:
    """Have each copy made of this process from now on heed signals at once, and end within so many seconds after it.

    Else a signal that comes before the server listens for it is lost on the handlers that were copied; and where this
    process is killed, its copies go on, and keep its port.
    """
    started_by = os.getpid()

    def begin() -> None:
        for number in TOLD_BY:
            signal.signal(number, signal.SIG_DFL)
        heard, told = os.pipe()
        os.set_blocking(told, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        Thread(target=_end, args=(started_by, heard, ends_within), daemon=True).start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_BY)

    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_BY),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_BY),
        after_in_child=begin,
    )


def _end(started_by: int, heard: int, within: float) -> None:
    """End this process once it is told to, or the one that started it is gone; what was begun has so many seconds.

    It is told twice: the first time may fall just before the server begins to wait for it, and be missed.
    """
    while not _told(heard):
        if os.getppid() != started_by:
            os.kill(os.getpid(), signal.SIGTERM)
            break
    time.sleep(MOMENT)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(within)
    os._exit(1)


def _told(heard: int) -> bool:
    """Wait a little; return whether this process was told to end."""
    return bool(select([heard], [], [], LOOKS_EVERY)[0]) and os.read(heard, 1)[0] in TOLD_BY
