"""Keep a copy of this process at other work: started again when it dies, told to end when this one ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from threading import Event, Thread

ENDS_WITHIN = 10
"""Seconds for the copy to end what it began."""
LIVES = 10
"""Seconds after which a copy that dies did not die at its start."""
LONGEST_PAUSE = 30
OWN_NAME = Path("/proc/self/comm")
"""Where a process writes its name, on Linux: at most fifteen characters."""


class Beside:
    """A copy that does this `work` from `start` to `stop`, whatever happens to it, shown by `name` among processes.

    It shares what this process has loaded: it is there at once, and costs little memory.
    """

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self._name, self._work = name, work
        self._stopping = Event()
        self._keeper = Thread(target=self._keep, daemon=True)
        self._copy: ForkProcess | None = None

    def start(self) -> None:
        """Start the copy, and watch it."""
        self._copy = self._started()
        self._keeper.start()

    def stop(self) -> None:
        """Tell the copy to end; where it does not in time, end it."""
        self._stopping.set()
        while self._keeper.is_alive():
            copy = self._copy
            if copy is not None:
                copy.terminate()
            self._keeper.join(ENDS_WITHIN)
            if copy is not None and self._keeper.is_alive():
                copy.kill()

    def _keep(self) -> None:
        pause = 1
        while True:
            begun = time.monotonic()
            if self._copy is not None:
                self._copy.join()
            pause = 1 if time.monotonic() - begun > LIVES else min(2 * pause, LONGEST_PAUSE)
            if self._stopping.wait(pause):
                return
            with suppress(OSError):  # no memory or process is left for it at the moment: the next time
                self._copy = self._started()

    def _started(self) -> ForkProcess:
        copy = get_context("fork").Process(target=self._be_it, daemon=True)
        copy.start()
        return copy

    def _be_it(self) -> None:
        with suppress(OSError):
            OWN_NAME.write_text(self._name)
        self._work()
