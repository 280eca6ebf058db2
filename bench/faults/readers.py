"""People who read meanwhile: the policy, a ticket as its customer, the list and the ticket as staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from flask import Flask

from bench.faults.browser import Browser
from bench.faults.customers import Filed, Filing
from tests import colleague, stored

PAUSE = 0.05
POLICY = "policy"
"""The page that needs no database."""


class Readers:
    """One reader, who opens each page in turn; `seen` counts the answers by page and status."""

    def __init__(self, app: Flask, port: int) -> None:
        self.seen: Counter[tuple[str, int]] = Counter()
        self.slowest: dict[str, float] = {}
        """Seconds that the slowest answer took, by page."""
        self.traces = 0
        colleague.account(app)
        filing = Filing("READ")
        order_id, email, reason = filing.order_id, filing.email, filing.reason
        reference = stored.filed(app, order_id=order_id, email=email, reason=reason)
        self.filed = Filed(filing, reference)
        """The ticket that they read."""
        token = stored.secret_link(app, reference).rpartition("/")[2]
        self._browser = Browser(port, {"staff": colleague.session(app), f"ticket-{reference}": token})
        self._pages = {
            POLICY: "/en/cancellation?status=pending&x=1",
            "customer's ticket": f"/en/tickets/{reference}",
            "staff list": "/staff/",
            "staff ticket": f"/staff/tickets/{reference}",
        }

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have them read meanwhile."""
        over = Event()
        thread = Thread(target=self._read, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def all_seen(self, status: int, since: Mapping[tuple[str, int], int], *, besides: str = "") -> bool:
        """Return whether each page but one was answered so, more often than is counted in `since`."""
        return all(self.seen[page, status] > since.get((page, status), 0) for page in self._pages if page != besides)

    def faults(self, allowed: Mapping[str, tuple[int, ...]], others: tuple[int, ...]) -> list[str]:
        """Return what does not hold, in sentences: pages are answered as is `allowed` of them, or like the `others`."""
        wrong = {
            (page, status): times
            for (page, status), times in self.seen.items()
            if status not in allowed.get(page, others)
        }
        said = [
            f"{times} times the {page} was answered {status or 'not at all'}" for (page, status), times in wrong.items()
        ]
        return [*said, f"{self.traces} traces were shown"] if self.traces else said

    def _read(self, over: Event) -> None:
        while not over.is_set():
            for page, path in self._pages.items():
                begun = monotonic()
                answer = self._browser.get(path)
                self.slowest[page] = max(self.slowest.get(page, 0), monotonic() - begun)
                self.seen[page, answer.status] += 1
                self.traces += "Traceback" in answer.text
                if over.wait(PAUSE):
                    return
