"""How long people wait for pages."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import cycle, islice
from threading import Lock, Thread
from time import monotonic

from tests.over_the_wire import Reached

PAGES = ("/en/cancellation", "/en/tickets/new", "/en/cancellation?status=pending&x=1")
"""Kept as bytes; made anew, with a form; made anew."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """Where a portal is reached: under which name, at which port of this machine, with TLS where that is trusted."""

    host: str
    port: int
    trusted: ssl.SSLContext | None


@dataclass
class Served:
    """How many seconds each answer took, and how many requests had none."""

    seconds: list[float] = field(default_factory=list)
    unanswered: int = 0

    def at(self, part: float) -> float:
        """Return the seconds within which this part of the answers came; without end where there were none."""
        ordered = sorted(self.seconds)
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else float("inf")

    def __str__(self) -> str:
        said = ", ".join(f"{name} {self.at(part) * 1000:.0f} ms" for name, part in (("median", 0.5), ("99 %", 0.99)))
        longest = f"longest {self.at(1) * 1000:.0f} ms"
        answered = f"{said}, {longest}" if self.seconds else "no answer"
        return f"{answered} ({self.unanswered} of {len(self.seconds) + self.unanswered} not answered)"


def serve(door: Door, requests: int, readers: int, patience: float) -> Served:
    """Return how so many requests are served, made by so many people who read page after page."""
    served, guard, paths = Served(), Lock(), islice(cycle(PAGES), requests)

    def read() -> None:
        while (path := _next(paths, guard)) is not None:
            begun = monotonic()
            answered = _asked(door, path, patience)
            with guard:
                served.seconds += [monotonic() - begun] if answered else []
                served.unanswered += not answered

    threads = [Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return served


def _next(paths: Iterator[str], guard: Lock) -> str | None:
    with guard:
        return next(paths, None)


def _asked(door: Door, path: str, patience: float) -> bool:
    """Return whether a page is shown, to somebody whose browser connects anew."""
    with closing(Reached(door.host, door.port, door.trusted)) as connection:
        try:
            connection.connect()
            connection.sock.settimeout(patience)
            connection.request("GET", path, headers={"Host": f"{door.host}:{door.port}"})
            answer = connection.getresponse()
            return answer.status == 200 and bool(answer.read())
        except (OSError, HTTPException):
            return False
