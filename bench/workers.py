"""Workers as they run, each a process of its own, killed and started again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGTERM
from threading import Lock

from bench.smtp_server import Kill

ROOT = Path(__file__).parent.parent
ENDS_WITHIN = 60
ENDED = (0, -SIGTERM)
"""How a worker ends that is told to: well, or at once where it was only just starting."""


class Workers:
    """Processes of the command `flask worker`, one for each environment; what they log lies in a folder."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self.killed: Counter[Kill] = Counter()
        self.died = 0
        """How many ended as nobody had them end."""
        self._command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *arguments]
        self._folder = folder
        self._lock = Lock()
        self._environments: list[dict[str, str]] = []
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, environments: Sequence[Mapping[str, str]]) -> None:
        """Start a worker in each of these environments, to which those of its variables that are named so belong."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "FLASK_"))}
        self._environments = [{**bare, **environment} for environment in environments]
        with self._lock:
            self._running = [self._started(number) for number in range(len(environments))]

    def kill(self, number: int, when: Kill) -> None:
        """Kill a worker as `kill -9` does, and start another in its place, unless all were told to end."""
        with self._lock:
            if self._running:
                self._note_death(number)
                self._running[number].kill()
                self._running[number].wait()
                self.killed[when] += 1
                self._running[number] = self._started(number)

    def look(self) -> None:
        """Start again those that died of themselves."""
        with self._lock:
            for number in range(len(self._running)):
                if self._note_death(number):
                    self._running[number] = self._started(number)

    def stop(self) -> None:
        """Tell all to end; those that do not, or not well, died."""
        with self._lock:
            running, self._running = self._running, []
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self.died += process.returncode not in ENDED

    def said(self, words: str) -> int:
        """Return how many lines of what they logged hold these words."""
        return sum(words in line for line in self.log().splitlines())

    def log(self) -> str:
        """Return what they logged."""
        return "".join(path.read_text(errors="replace") for path in sorted(self._folder.glob("worker-*.log")))

    def _started(self, number: int) -> subprocess.Popen[bytes]:
        with (self._folder / f"worker-{number}.log").open("ab") as log:
            environment = self._environments[number]
            return subprocess.Popen(
                self._command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _note_death(self, number: int) -> bool:
        died = self._running[number].poll() is not None
        self.died += died
        return died
