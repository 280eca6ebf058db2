"""A clock that jumps a day ahead and a day back while customers file: the portal's own, by libfaketime.

`python -m bench.faults.clock` (--times, --database): after each jump tickets are filed and their mails sent as before,
each once; a form that was open over it is taken at the second press; staff sign in again.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic

import click
from sqlalchemy import select

from bench.faults.books import Books, mail_faults
from bench.faults.browser import NEW, Browser
from bench.faults.customers import STALE, Customers, Filed, Filing, reference_in
from bench.faults.places import KINDS, Place, place
from bench.faults.told import told
from bench.portals import Server
from bench.programs import until
from portal.clock import now
from portal.extensions import db
from portal.models import Ticket
from tests import colleague
from tests.post_office import Handed

LIBRARIES = Path("/usr/lib")
LIBRARY = "*/faketime/libfaketimeMT.so.1"
JUMPS = (timedelta(days=1), timedelta(), timedelta(days=-1), timedelta())
"""How far the portal's clock is from ours, one after the other."""
NEAR = timedelta(hours=1)
WITHIN = 120.0
"""Seconds for what must come, on a machine however slow."""
MAILS_WITHIN = 150.0
"""Seconds for the last mail: fewer than a worker holds one, so that none may wait for that."""
STAFF, SIGN_IN = "/staff/", "/staff/sign-in"


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is done: the clock jumps so, one after the other."""

    customers: int
    jumps: Sequence[timedelta]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it."""

    jumps: int
    filed: Sequence[Filed]
    answers: Mapping[int, int]
    strange: Mapping[str, int]
    said: Sequence[str]
    books: Books
    taken: Sequence[Handed]
    seconds: float
    log: str = field(repr=False)

    def faults(self) -> list[str]:
        """Return what does not hold, in sentences; none where all is well."""
        found = [*self.said, *(f"{times} times {what}" for what, times in self.strange.items())]
        found += [f"{self.answers[0]} requests were not answered"] if self.answers.get(0) else []
        found += self.books.faults(self.filed)
        found += mail_faults(self.filed, self.taken, most_doubled=0)
        return [*found, "a trace is in the log"] if "Traceback" in self.log else found

    def rows(self) -> dict[str, str]:
        """Return what is to be reported."""
        return {
            "tickets filed": f"{len(self.filed):,}",
            "times the clock jumped": str(self.jumps),
            "forms that counted as too old, sent anew": f"{self.answers.get(STALE, 0):,}",
            "seconds in all": f"{self.seconds:.0f}",
        }


def run(here: Place, load: Load) -> Outcome:
    """File, and have the clock jump."""
    begun, jumping = monotonic(), _Jumping(here, load.customers)
    jumping.portal.start()
    try:
        jumping.portal.wait_until_it_answers()
        jumping.sign_in()
        with jumping.customers.filing(ends_within=WITHIN):
            for jump in load.jumps:
                jumping.jump(jump)
        until(lambda: not here.waiting(held=True), MAILS_WITHIN, "the last mail")
        log = jumping.portal.log.read_text(errors="replace")  # libfaketime breaks what the server does when it ends
    finally:
        jumping.portal.stop()
    return Outcome(
        jumps=len(load.jumps),
        filed=[*jumping.customers.filed, *jumping.filed],
        answers=jumping.customers.answers,
        strange=jumping.customers.strange,
        said=jumping.said,
        books=here.books(),
        taken=here.post.taken,
        seconds=monotonic() - begun,
        log=log,
    )


class _Jumping:
    """A portal whose clock jumps, and who is there meanwhile: customers, and one of the staff."""

    def __init__(self, here: Place, customers: int) -> None:
        self._here, self._clock = here, here.folder / "clock"
        self._set(timedelta())
        self.portal: Server = here.portal(**_faked(self._clock))
        self.customers = Customers(self.portal.port, customers, patient=True)
        self.filed, self.said = list[Filed](), list[str]()
        self._olena = Browser(self.portal.port)
        colleague.account(here.app)

    def jump(self, to: timedelta) -> None:
        """Have the clock jump, while a form is open, and see that all goes on."""
        self._wait_for_tickets()
        customer, filing = Browser(self.portal.port), Filing(f"J{len(self.filed)}")
        form = filing.fields() | customer.get(NEW).hidden
        self._set(to)
        until(lambda: self._is_at(to), WITHIN, f"tickets filed when the clock is {to} from ours")
        self._send_over_the_jump(customer, filing, form)
        if self._olena.get(STAFF).status != 303:
            self.said.append(f"a session was open still when the clock had jumped to {to}")
        self.sign_in()
        self._wait_for_tickets()
        taken = len(self._here.post.taken)
        until(lambda: len(self._here.post.taken) > taken + 1, WITHIN, f"mails when the clock is {to} from ours")

    def sign_in(self) -> None:
        """Have one of the staff sign in."""
        page = self._olena.get(SIGN_IN)
        known = {"email": colleague.OLENA, "password": colleague.PASSWORD}
        answer = self._olena.post(SIGN_IN, known | page.hidden)
        if answer.status != 303 or self._olena.get(STAFF).status != 200:
            self.said.append(f"staff could not sign in: {answer.status}")

    def _send_over_the_jump(self, customer: Browser, filing: Filing, form: dict[str, str]) -> None:
        answer = customer.post(NEW, form)
        if answer.status != STALE or not answer.shows(filing.reason):
            self.said.append(f"a form that was open over the jump was answered {answer.status}")
        answer = customer.post(NEW, form | answer.hidden)
        if answer.status == 303:
            self.filed.append(Filed(filing, reference_in(answer.headers["location"])))
        else:
            self.said.append(f"a form that was open over the jump was answered {answer.status} at the second press")

    def _is_at(self, to: timedelta) -> bool:
        with self._here.app.app_context():
            newest = select(Ticket.filed_at).order_by(Ticket.id.desc()).limit(1)
            at = db.session.scalar(newest)
            db.session.rollback()
        return at is not None and abs(at - now() - to) < NEAR

    def _wait_for_tickets(self) -> None:
        before = len(self.customers.filed)
        until(lambda: len(self.customers.filed) > before + 2, WITHIN, "tickets to be answered")

    def _set(self, to: timedelta) -> None:
        """Set the portal's clock so far from ours, in one go."""
        written = self._clock.with_suffix(".new")
        written.write_text(f"{to.total_seconds():+.0f}\n")
        written.replace(self._clock)


def _faked(clock: Path) -> dict[str, str]:
    """Return the variables with which a program reads its clock from a file, but for how long things take."""
    found = sorted(LIBRARIES.glob(LIBRARY))
    if not found:
        sys.exit("No libfaketime here: install it (Debian: apt-get install libfaketime)")
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # else threads that wait for each other spin
    }


@click.command()
@click.option("--times", default=3, type=click.IntRange(1), show_default=True, help="Ahead, back, back, ahead.")
@click.option("--database", default="both", type=click.Choice([*KINDS, "both"]), show_default=True)
def main(times: int, database: str) -> None:
    """Have the clock jump while customers file."""
    failed = False
    for kind in KINDS if database == "both" else (database,):
        with place(kind) as here:
            outcome = run(here, Load(customers=6, jumps=JUMPS * times + JUMPS[:2]))
        failed = told(kind, outcome.rows(), outcome.faults()) or failed
    sys.exit(failed)


if __name__ == "__main__":
    main()
