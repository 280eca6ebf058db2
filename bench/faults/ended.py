"""The portal told to end (SIGTERM) while customers file, and in its first second: what it began it answers.

`python -m bench.faults.ended` (--rounds, --database): requests whose bodies are still arriving are answered, new
connections are refused meanwhile, it ends well, and nothing is left of it; a worker that is told to end sends no mail
twice.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from signal import SIGTERM
from socket import create_connection
from threading import Event
from time import monotonic

import click

from bench.faults.begun import Begun
from bench.faults.books import Books, mail_faults
from bench.faults.browser import NEW, Browser
from bench.faults.customers import Customers, Filed, Filing, reference_in
from bench.faults.places import KINDS, Place, place
from bench.faults.told import told
from bench.portals import HOST
from bench.programs import Program, until
from tests import stored
from tests.post_office import Handed

WELL = (0, -SIGTERM)
"""How a program ends that is told to: well, or at once where it was only just starting."""
WITHIN = 60.0
"""Seconds for what must come, on a machine however slow."""
LAST_MAILS_WITHIN = 300.0


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is done: so many rounds, with so many requests begun in each; `starts` are told to end after these seconds.

    `mails` wait for a worker, which is told to end in each round once it sent some.
    """

    customers: int
    rounds: int
    begun: int
    starts: Sequence[float]
    mails: int


@dataclass(kw_only=True)
class Ends:
    """How programs ended."""

    times: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def note(self, program: Program, what: str, begun: float) -> None:
        """Wait until it ended that was told to at this moment; note how, and what is left of it."""
        until(lambda: not program.runs, WITHIN, f"{what} to end")
        self.times, self.slowest = self.times + 1, max(self.slowest, monotonic() - begun)
        left = len(program.processes())
        code = program.kill()
        if code not in WELL:
            self.faults.append(f"{what} ended with {code}")
        if left:
            self.faults.append(f"{what} left {left} processes behind")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it."""

    filed: Sequence[Filed]
    begun: int
    unanswered: int
    answers: Mapping[int, int]
    strange: Mapping[str, int]
    ends: Ends
    books: Books
    taken: Sequence[Handed]
    log: str = field(repr=False)

    def faults(self) -> list[str]:
        """Return what does not hold, in sentences; none where all is well."""
        said = [*self.ends.faults, *(f"{times} times {what}" for what, times in self.strange.items())]
        if self.unanswered:
            said.append(f"{self.unanswered} of {self.begun} requests were begun and not answered")
        said += self.books.faults(self.filed)
        said += mail_faults(self.books.told_by_mail(self.filed), self.taken, most_doubled=0)
        return [*said, "a trace is in the log"] if "Traceback" in self.log else said

    def rows(self) -> dict[str, str]:
        """Return what is to be reported."""
        return {
            "tickets filed": f"{len(self.filed):,}",
            "times a program was told to end": str(self.ends.times),
            "requests begun then, and answered": f"{self.begun - self.unanswered} of {self.begun}",
            "requests that were not begun, sent again": f"{self.answers.get(0, 0):,}",
            "longest end, seconds": f"{self.ends.slowest:.1f}",
        }


def run(here: Place, load: Load) -> Outcome:
    """File, and tell the portal and its worker to end."""
    rounds = _Rounds(here, load)
    with rounds.customers.filing(ends_within=WITHIN):
        for _ in range(load.rounds):
            rounds.told_under_load()
        rounds.portal.start()
        rounds.wait_for_tickets()
    rounds.ends.note(rounds.portal, "a portal", rounds.told(rounds.portal))
    for seconds in load.starts:
        rounds.told_at_the_start(rounds.portal, "a portal", seconds)
        rounds.told_at_the_start(rounds.worker, "a worker", seconds)
    rounds.told_while_sending()
    return Outcome(
        filed=[*rounds.customers.filed, *rounds.filed],
        begun=load.begun * load.rounds,
        unanswered=rounds.unanswered,
        answers=rounds.customers.answers,
        strange=rounds.customers.strange,
        ends=rounds.ends,
        books=here.books(),
        taken=here.post.taken,
        log=rounds.portal.log.read_text(errors="replace"),
    )


class _Rounds:
    """The portal and a worker, told to end again and again."""

    def __init__(self, here: Place, load: Load) -> None:
        self.portal, self.worker = here.portal(), here.worker()
        self.customers = Customers(self.portal.port, load.customers)
        self.ends, self.filed, self.unanswered = Ends(), list[Filed](), 0
        self._here, self._load, self._number = here, load, 0

    def told_under_load(self) -> None:
        """Tell the portal to end while customers file and the bodies of some requests are still arriving."""
        self.portal.start()
        self.wait_for_tickets()
        with ExitStack() as open_requests:
            begun = [self._begun(open_requests) for _ in range(self._load.begun)]
            at = self.told(self.portal)
            until(self._refuses, WITHIN, "new connections to be refused")
            for filing, request in begun:
                status, location = request.end()
                if status == 303:
                    self.filed.append(Filed(filing, reference_in(location)))
                self.unanswered += status != 303
        self.ends.note(self.portal, "a portal", at)

    def told_at_the_start(self, program: Program, what: str, seconds: float) -> None:
        """Start a program, and tell it to end after so many seconds."""
        program.start()
        Event().wait(seconds)
        self.ends.note(program, f"{what}, {seconds:g} s after its start,", self.told(program))

    def told_while_sending(self) -> None:
        """Tell a worker to end while it sends mails, in each round; let the last one send what is left."""
        for number in range(self._load.mails):
            filing = Filing(f"W{number}")
            order_id, email, reason = filing.order_id, filing.email, filing.reason
            reference = stored.filed(self._here.app, order_id, order_id=order_id, email=email, reason=reason)
            self.filed.append(Filed(filing, reference))
        for _ in range(self._load.rounds):
            self.worker.start()
            self._wait_for_mails(len(self._here.post.taken) + 2)
            self.ends.note(self.worker, "a worker", self.told(self.worker))
        self.worker.start()
        until(lambda: not self._here.waiting(held=False), LAST_MAILS_WITHIN, "the last mail")
        self.ends.note(self.worker, "a worker", self.told(self.worker))

    def told(self, program: Program) -> float:
        """Tell a program to end; return the moment."""
        program.signal(SIGTERM)
        return monotonic()

    def wait_for_tickets(self) -> None:
        """Wait until customers file."""
        before = len(self.customers.filed)
        until(lambda: len(self.customers.filed) >= before + self._load.customers, WITHIN, "tickets to be answered")

    def _begun(self, open_requests: ExitStack) -> tuple[Filing, Begun]:
        self._number += 1
        filing, browser = Filing(f"B{self._number}"), Browser(self.portal.port)
        fields = filing.fields() | browser.get(NEW).hidden
        return filing, open_requests.enter_context(Begun(browser, self.portal.port, NEW, fields))

    def _wait_for_mails(self, number: int) -> None:
        until(lambda: len(self._here.post.taken) >= number, WITHIN, "mails to be sent")

    def _refuses(self) -> bool:
        with suppress(ConnectionRefusedError), create_connection((HOST, self.portal.port), timeout=WITHIN):
            return False
        return True


@click.command()
@click.option("--rounds", default=20, type=click.IntRange(1), show_default=True)
@click.option("--database", default="both", type=click.Choice([*KINDS, "both"]), show_default=True)
def main(rounds: int, database: str) -> None:
    """Tell the portal to end while customers file."""
    starts = [step / 20 for step in range(25)]
    load = Load(customers=8, rounds=rounds, begun=4, starts=starts, mails=10 * rounds)
    failed = False
    for kind in KINDS if database == "both" else (database,):
        with place(kind) as here:
            outcome = run(here, load)
        failed = told(kind, outcome.rows(), outcome.faults()) or failed
    sys.exit(failed)


if __name__ == "__main__":
    main()
