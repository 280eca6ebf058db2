"""Load by wrk, a program in C: one in Python would be slower than what it is to measure."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
CLIENTS = 16
LINE_END = "\x1e"
"""Stands for the end of a line inside a request that is written on one."""
ENDS_WITHIN = 30.0
"""Seconds that the last answers may take."""


class Page(NamedTuple):
    """An address that is asked for again and again, by whoever has the answer of this entity tag, or none."""

    path: str
    tag: str = ""


class Request(NamedTuple):
    """A request that is sent once."""

    method: str
    path: str
    cookie: str = ""
    media_type: str = ""
    body: str = ""

    @property
    def line(self) -> str:
        """The request on one line."""
        return "\t".join(self).replace("\r\n", LINE_END)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What came of requests that were each sent once: answers by status, how many a second, and each one's time."""

    statuses: Counter[int]
    rate: float
    times: Sequence[float]
    """Milliseconds, the shortest first."""

    def percentile(self, part: float) -> float:
        """Return the milliseconds within which this part (0 to 1) of the answers came."""
        return self.times[max(0, ceil(part * len(self.times)) - 1)]


def ask(url: str, pages: Sequence[Page], seconds: float, clients: int = CLIENTS) -> float:
    """Return how many answers a second came of a server that clients ask for these pages in turn.

    Raises `RuntimeError` where one was refused or did not come.
    """
    with tempfile.TemporaryDirectory(prefix="portal-ask-") as folder:
        asked = Path(folder, "pages")
        asked.write_text("".join("\t".join(page) + "\n" for page in pages))
        (came,) = _wrk("ask.lua", url, clients, 2, seconds, str(asked))
    if came["faults"] or not came["answers"]:
        raise RuntimeError(f"{url}: {came}")
    return float(came["answers"] / came["microseconds"] * 1e6)


def send(url: str, requests: Sequence[Request], seconds: float, clients: int = CLIENTS) -> Answers:
    """Send requests, each once, for so many seconds or until none is left; every one that was sent was answered.

    Clients take them in turn: the first client the first, and so on.
    """
    with tempfile.TemporaryDirectory(prefix="portal-send-") as folder:
        for client in range(clients):
            mine = requests[client::clients]
            # wrk asks its first thread for a request that it does not send
            unsent = [mine[0]] if client == 0 else []
            Path(folder, str(client)).write_text("".join(f"{one.line}\n" for one in [*unsent, *mine]))
        threads = _wrk("send.lua", url, clients, clients, seconds + ENDS_WITHIN, folder, str(seconds), str(clients))
    return answers(threads)


def answers(threads: Sequence[dict[str, Any]]) -> Answers:
    """Return what came of it all from what each client noted."""
    statuses = Counter[int]()
    for thread in threads:
        statuses.update({int(status): times for status, times in thread["statuses"].items()})
    times = sorted(time / 1000 for thread in threads for time in thread["times"])
    if not times:
        raise RuntimeError("nothing was answered")
    rate = sum(len(t["times"]) / (t["ended"] - t["begun"]) * 1e6 for t in threads if t["times"])
    return Answers(statuses=statuses, rate=rate, times=times)


def _wrk(script: str, url: str, clients: int, threads: int, seconds: float, *arguments: str) -> list[dict[str, Any]]:
    sizes = [f"-t{min(threads, clients)}", f"-c{clients}", f"-d{ceil(seconds)}s", "--timeout", "30s"]
    done = subprocess.run(
        ["wrk", *sizes, "-s", str(HERE / script), url, "--", *arguments], capture_output=True, text=True, check=False
    )
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not found:
        raise RuntimeError(f"wrk: {done.stdout}{done.stderr}")
    return found
