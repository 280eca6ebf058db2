"""Programs with their children, as measures and faults need them: started, waited for, looked at, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from time import monotonic

ROOT = Path(__file__).parent.parent
STARTS_WITHIN, ENDS_WITHIN = 60.0, 30.0
"""Seconds."""
LOOKS_EVERY = 0.01


class Program:
    """A command in a session of its own, and whatever it starts there; what they print is added to `log`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.command, self.log = list(command), log
        self.environment = {**bare_environment(), **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it need not be ready yet."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The number of the process that was started, which is that of its session too."""
        assert self._process is not None, "it was not started"
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether that process runs."""
        return self._process is not None and self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], within: float = STARTS_WITHIN) -> float:
        """Wait until it is ready; return for how many seconds. Raises `RuntimeError`, with its log, where it ends."""
        begun = monotonic()
        until(lambda: ready() or not self.runs, within, f"{self.command} to be ready")
        if not self.runs:
            raise RuntimeError(f"{self.command} ended:\n{self.log.read_text(errors='replace')}")
        return monotonic() - begun

    def processes(self, named: str = "") -> list[int]:
        """Return the numbers of the processes of its session, or of those so called, in part."""
        return [pid for pid in in_session(self.pid) if named in called(pid)] if self._process else []

    def signal(self, number: signal.Signals, pid: int | None = None) -> None:
        """Send a signal to the process that was started, or to one of those that it started."""
        os.kill(self.pid if pid is None else pid, number)

    def stop(self, within: float = ENDS_WITHIN) -> int:
        """Have it end as it wants to, and kill what is left; return what it returned."""
        if self.runs:
            self.signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._wait(within)
        return self.kill()

    def kill(self) -> int:
        """End all that is left of it, at once; return what it returned."""
        while left := self.processes():
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._wait(ENDS_WITHIN)
            Event().wait(LOOKS_EVERY)
        return self._wait(ENDS_WITHIN)

    def _wait(self, within: float) -> int:
        return self._process.wait(within) if self._process else 0


@contextmanager
def running(*programs: Program) -> Iterator[None]:
    """Have programs started, and whatever is left of them stopped in the end, the last first."""
    try:
        for program in programs:
            program.start()
        yield
    finally:
        for program in reversed(programs):
            program.stop()


def until(holds: Callable[[], bool], within: float, what: str) -> None:
    """Wait until something holds. Raises `TimeoutError` after so many seconds, saying what was waited for."""
    never, ends = Event(), monotonic() + within
    while not holds():
        if monotonic() > ends:
            raise TimeoutError(f"waited {within:g} s for {what}")
        never.wait(LOOKS_EVERY)


def bare_environment() -> dict[str, str]:
    """Return this process's environment without settings of any portal."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "FLASK_"))}


def in_session(session: int) -> list[int]:
    """Return the numbers of the processes of a session that have not ended."""
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if _belongs(folder, session)]


def called(pid: int) -> str:
    """Return a process's command with its arguments, then the name that it goes by; "" where it has ended."""
    folder = Path(f"/proc/{pid}")
    try:
        command = (folder / "cmdline").read_text(errors="replace").replace("\0", " ").strip()
        return f"{command} {(folder / 'comm').read_text().strip()}" if command else ""
    except OSError:
        return ""


def memory(pids: Sequence[int]) -> int:
    """Return the bytes that these processes hold, what they share counted once among those who share it (PSS)."""
    return sum(_proportional(pid) for pid in pids)


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _belongs(folder: Path, session: int) -> bool:
    try:
        state, _, _, of, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(of) == session and state != "Z"
