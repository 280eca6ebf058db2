"""A cancellation in tests: staff ask for it, workers send it, all by one clock that stands until it is told to go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import tickets
from portal.cancellation import CancelState
from portal.concerns import Carrier
from portal.extensions import db
from portal.models import Cancellation, Notice, Staff
from portal.policy import State, Status, Verdict
from portal.readings import CancelAnswer, Failure, Reading
from portal.tickets.cancel import HELD
from tests.colleague import OLENA, account
from tests.stored import RIGHT, filed, policy, ticket, work

BEGUN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ORDER = str(RIGHT["order_id"])
PANEL = "panel.example"
REFUSALS = (tickets.AskedBefore, tickets.Conflict, tickets.Refused)


class Desk:
    """Staff and workers of an app; `at` is the time that all of them have."""

    def __init__(self, app: Flask, at: datetime = BEGUN) -> None:
        self.app, self.at = app, at
        account(app, OLENA)

    def now(self) -> datetime:
        """Return the time."""
        return self.at

    def passes(self, **time: float) -> None:
        """Let so much time pass."""
        self.at += timedelta(**time)

    def accepted(self, browser: str = "a customer's", **changes: Any) -> str:
        """File a ticket and accept it; return its reference."""
        reference = filed(self.app, browser, self.at, **changes)
        self.accept(reference)
        return reference

    def accept(self, reference: str) -> None:
        """Accept a ticket, on what staff see."""
        self.answer(reference, Verdict.ACCEPT_FULL)

    def answer(self, reference: str, verdict: Verdict) -> None:
        """Answer a ticket."""
        seen = tickets.Seen(status=Status.IN_PROGRESS, at=self.at)
        given = tickets.Answer(verdict=verdict, text="Some words.", matched_by="By mail.", on=seen)
        spoken = policy(self.app)
        self.staffs(reference, lambda r, s, v: tickets.answer(r, s, given, spoken, v, self.at, reads=False))

    def staffs(self, reference: str, do: Callable[[str, Staff, int], Any]) -> None:
        """Have staff do something with a ticket as it is."""
        work(self.app, reference, do, OLENA)

    def ask(self, reference: str, *, again: bool = False) -> None:
        """Have staff ask for the cancellation."""
        self.staffs(reference, lambda r, s, v: tickets.ask_cancel(r, s, v, self.at, again=again))

    def call_back(self, reference: str) -> None:
        """Have staff call the cancellation back."""
        self.staffs(reference, lambda r, s, v: tickets.call_back(r, s, v, self.at))

    def move(self, reference: str, state: State) -> None:
        """Have staff record what became of the order."""
        self.staffs(reference, lambda r, s, v: tickets.move(r, s, state, "", v, self.at))

    def reopen(self, reference: str) -> None:
        """Have staff take a ticket into review again."""
        self.staffs(reference, lambda r, s, v: tickets.reopen(r, s, "It goes on.", v, self.at))

    def withdraw(self, reference: str) -> None:
        """Have the customer withdraw a ticket."""
        with self.app.app_context():
            tickets.withdraw(reference, ticket(reference).version, self.at)

    def take(self) -> tickets.Sending | None:
        """Have a worker take a cancellation to send it."""
        with self.app.app_context():
            return tickets.take_cancellation(self.at)

    def taken(self) -> tickets.Sending:
        """Have a worker take the cancellation that is due, which is there."""
        sending = self.take()
        assert sending is not None
        return sending

    def finish(self, sending: tickets.Sending, failure: Failure | None = None, said: str = "") -> CancelState | None:
        """Have a worker record what became of a cancellation."""
        with self.app.app_context():
            return tickets.finish_cancellation(sending, CancelAnswer(failure=failure, said=said), self.at)

    def sent(self, reference: str, failure: Failure | None = None, said: str = "", *, again: bool = False) -> None:
        """Have staff ask for the cancellation, and a worker send it."""
        self.ask(reference, again=again)
        self.finish(self.taken(), failure, said)

    def forgotten(self, reference: str) -> tickets.Sending:
        """Have a cancellation be unknown, since its worker came to no end; return what the worker has in hand."""
        self.ask(reference)
        sending = self.taken()
        self.passes(seconds=HELD.total_seconds())
        assert self.give_up() == 1
        return sending

    def give_up(self) -> int:
        """Have a worker give up what others came to no end with."""
        with self.app.app_context():
            return tickets.give_up_unfinished(self.at)

    def read(self, status: Status, order_id: str = ORDER) -> None:
        """Have a worker read what the panel says of an order."""
        with self.app.app_context():
            tickets.record(order_id, Reading(status=status, shown=status), PANEL, policy(self.app), self.at)

    def rows(self) -> list[Cancellation]:
        """Return all cancellations as they are, the first first."""
        with self.app.app_context():
            return list(db.session.scalars(select(Cancellation).order_by(Cancellation.id)))

    def states(self) -> list[CancelState]:
        """Return where all cancellations are."""
        return [row.state for row in self.rows()]

    def notices(self, carrier: Carrier) -> list[str]:
        """Return what is told by this carrier, the first first."""
        with self.app.app_context():
            kinds = select(Notice.kind).where(Notice.carrier == carrier).order_by(Notice.id)
            return [kind.value for kind in db.session.scalars(kinds)]


def refusal(do: Callable[..., object], *given: Any, **named: Any) -> str:
    """Return the name of the refusal that a call raises, "" where it is done."""
    try:
        do(*given, **named)
    except REFUSALS as refused:
        return type(refused).__name__
    return ""
