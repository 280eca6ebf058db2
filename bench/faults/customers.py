"""Customers who file tickets over HTTP; what has no answer they send again, the same once more, as a reload does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock, Thread
from time import monotonic

from bench.faults.browser import NEW, Answer, Browser
from tests.build import typed

AGAIN = 0.1
"""Seconds until somebody tries again."""
STALE = 400


@dataclass(frozen=True)
class Filing:
    """What a customer types for an order."""

    order_id: str

    @property
    def email(self) -> str:
        """Where the customer wants mails."""
        return f"{self.order_id.lower()}@example.com"

    @property
    def reason(self) -> str:
        """Why it is to be canceled."""
        return f"The link of order {self.order_id} leads to “another” account."

    def fields(self) -> dict[str, str]:
        """Return the form's fields, but those that it carries unseen."""
        known = typed(order_id=self.order_id, email=self.email, reason=self.reason)
        return {name: "y" if value is True else value for name, value in known.items() if value}


@dataclass(frozen=True)
class Filed:
    """What was filed, and the reference that the answer named."""

    filing: Filing
    reference: str


def reference_in(location: str) -> str:
    """Return the reference in the address to which a filing's answer leads."""
    return location.split("/")[3]


class Customers:
    """So many customers at a portal, who file a ticket each, again and again, with a `pause` between.

    Where `patient`, they take it for no fault that a form counts as too old, and send it anew, as its page says.
    """

    def __init__(self, port: int, number: int, *, pause: float = 0.02, patient: bool = False) -> None:
        self.filed: list[Filed] = []
        self.answers: Counter[int] = Counter()
        self.strange: Counter[str] = Counter()
        """What nobody should have been told, in words."""
        self.slowest = 0.0
        """Seconds that the slowest answer took."""
        self._port, self._number, self._pause, self._patient = port, number, pause, patient
        self._lock = Lock()
        self._closing, self._over = Event(), Event()

    @contextmanager
    def filing(self, ends_within: float) -> Iterator[None]:
        """Have them file meanwhile; in the end, they come to an end with what they began, within so many seconds."""
        threads = [Thread(target=self._files, args=(number,)) for number in range(self._number)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._closing.set()
            ends = monotonic() + ends_within
            for thread in threads:
                thread.join(max(0.0, ends - monotonic()))
            self._over.set()
            for thread in threads:
                thread.join()

    def _files(self, client: int) -> None:
        number = 0
        while not self._closing.wait(self._pause):
            number += 1
            self._file(Filing(f"C{client}-{number}"))

    def _file(self, filing: Filing) -> None:
        browser = Browser(self._port)
        fields = filing.fields() | self._until_answered(browser, None, "").hidden
        while not self._over.is_set():
            answer = self._until_answered(browser, fields, filing.reason)
            if answer.status == 303:
                with self._lock:
                    self.filed.append(Filed(filing, reference_in(answer.headers["location"])))
                return
            if answer.status != STALE or not self._patient or not answer.hidden:
                self._note(f"a filing was answered {answer.status}")
                return
            fields |= answer.hidden
        self._note("a filing was never answered")

    def _until_answered(self, browser: Browser, fields: dict[str, str] | None, reason: str) -> Answer:
        """Ask for the form, or send it, until there is an answer that is not to be tried again."""
        while True:
            begun = monotonic()
            answer = browser.get(NEW) if fields is None else browser.post(NEW, fields)
            with self._lock:
                self.answers[answer.status] += 1
                self.slowest = max(self.slowest, monotonic() - begun if answer.status else 0)
            if answer.status == 503:
                self._heed_unavailable(answer, reason)
            if answer.status not in (0, 503) or self._over.wait(AGAIN):
                return answer

    def _heed_unavailable(self, answer: Answer, typed_before: str) -> None:
        if not answer.shows(typed_before):
            self._note("a 503 lost what was typed")
        if not answer.shows("Nothing was stored") or "retry-after" not in answer.headers:
            self._note("a 503 did not say what to do")
        if "Traceback" in answer.text:
            self._note("a trace was shown")

    def _note(self, words: str) -> None:
        with self._lock:
            self.strange[words] += 1
