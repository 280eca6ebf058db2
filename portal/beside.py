"""Keep a program running beside this one: started again when it dies, told to end when this one ends."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Thread

ENDS_WITHIN = 10
"""Seconds for the program to end what it began."""
LIVES = 10
"""Seconds after which a program that dies did not die at its start."""
LONGEST_PAUSE = 30


class Beside:
    """A program that runs from `start` to `stop`, whatever happens to it; it is given these open `files`."""

    def __init__(self, command: Sequence[str], files: Sequence[int] = ()) -> None:
        self._command, self._files = command, files
        self._stopping = Event()
        self._keeper = Thread(target=self._keep, daemon=True)
        self._program: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program, and watch it."""
        self._program = self._started()
        self._keeper.start()

    def stop(self) -> None:
        """Tell the program to end; where it does not in time, end it."""
        self._stopping.set()
        while self._keeper.is_alive():
            program = self._program
            if program is not None:
                program.terminate()
            self._keeper.join(ENDS_WITHIN)
            if program is not None and program.poll() is None:
                program.kill()

    def _keep(self) -> None:
        pause = 1
        while True:
            begun = time.monotonic()
            if self._program is not None:
                self._program.wait()
            pause = 1 if time.monotonic() - begun > LIVES else min(2 * pause, LONGEST_PAUSE)
            if self._stopping.wait(pause):
                return
            with suppress(OSError):  # no memory or process is left for it at the moment: the next time
                self._program = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.DEVNULL, pass_fds=self._files)
