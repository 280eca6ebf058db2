"""When a worker is to end."""

from __future__ import annotations

import signal
from queue import SimpleQueue
from threading import Event as Flag
from threading import Thread


def stopped_by_signals() -> Flag:
    """Return a flag that is set when this process is told to end."""
    stop, told = Flag(), SimpleQueue[int]()

    def heed() -> None:
        told.get()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            continue  # whoever started it wants it to go on
        # A signal can come while `stop` is locked, and would wait for ever to set it; the queue never waits.
        signal.signal(number, lambda number, _: told.put(number))
    Thread(target=heed, daemon=True).start()
    return stop
