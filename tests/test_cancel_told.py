"""Who is told what of a cancellation: the customer no more than is known, staff whatever needs them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.cancellation import CancelState
from portal.concerns import Carrier
from portal.policy import State, Status, Verdict
from portal.readings import Failure
from portal.tickets.cancel import PAUSES
from tests.cancelling import Desk
from tests.stored import secret_link, state
from tests.visitor import Visitor

Life = Callable[[Desk, str], None]

ACCEPTED = "Your request was accepted"
PANEL_HAS_IT = "The panel was asked to stop the order"
NOT_ANSWERED = "We asked the panel to stop the order, and have no answer"
NOT_TAKEN = "The panel did not take the cancellation"
IN_REVIEW = "Your request is being reviewed"
CANCELED = "The panel shows your order as canceled"
PARTLY = "The panel shows your order as partly canceled"


def steps(*done: Life) -> Life:
    """Return a life of these steps."""

    def live(desk: Desk, reference: str) -> None:
        for step in done:
            step(desk, reference)

    return live


def sent(failure: Failure | None = None, *, again: bool = False) -> Life:
    """Return the step of asking for it and sending it, with this end."""
    return lambda desk, reference: desk.sent(reference, failure, again=again)


def given_up(desk: Desk, reference: str) -> None:
    desk.ask(reference)
    for pause in (*PAUSES, timedelta()):
        desk.finish(desk.taken(), Failure.UNREACHABLE)
        desk.passes(seconds=pause.total_seconds())
    assert desk.states()[-1] is CancelState.UNSENT


def late(failure: Failure | None, *between: Life) -> Life:
    """Return the life of a cancellation that is known late, after these steps."""

    def live(desk: Desk, reference: str) -> None:
        sending = desk.forgotten(reference)
        steps(*between)(desk, reference)
        desk.finish(sending, failure)

    return live


def reads(status: Status) -> Life:
    """Return the step of reading this of the panel."""
    return lambda desk, reference: desk.read(status)


def moves(to: State) -> Life:
    """Return the step by which staff record this."""
    return lambda desk, reference: desk.move(reference, to)


def answers(verdict: Verdict) -> Life:
    """Return the step by which staff answer so."""
    return lambda desk, reference: desk.answer(reference, verdict)


ASK, CALL_BACK, REOPEN, ACCEPT, WITHDRAW = Desk.ask, Desk.call_back, Desk.reopen, Desk.accept, Desk.withdraw
TAKEN, REFUSED, UNKNOWN = sent(), sent(Failure.REFUSED), sent(Failure.UNKNOWN)
AGAIN, AGAIN_UNKNOWN = sent(again=True), sent(Failure.UNKNOWN, again=True)


def take(desk: Desk, reference: str) -> None:
    desk.taken()


LIVES: dict[str, tuple[Life, str]] = {
    "accepted": (steps(), ACCEPTED),
    "asked for": (ASK, ACCEPTED),
    "called back": (steps(ASK, CALL_BACK), ACCEPTED),
    "being sent": (steps(ASK, take), ACCEPTED),
    "never left": (given_up, ACCEPTED),
    "taken": (TAKEN, PANEL_HAS_IT),
    "taken, and goes on": (steps(TAKEN, reads(Status.IN_PROGRESS)), PANEL_HAS_IT),
    "taken, and shown as canceled": (steps(TAKEN, reads(Status.CANCELED)), CANCELED),
    "taken, and shown as canceled in part": (steps(TAKEN, reads(Status.PARTIAL)), PARTLY),
    "taken, and canceled as staff saw": (steps(TAKEN, moves(State.CANCELED)), CANCELED),
    "taken, and completed": (steps(TAKEN, reads(Status.COMPLETED)), PANEL_HAS_IT),
    "unknown": (UNKNOWN, NOT_ANSWERED),
    "unknown, and goes on": (steps(UNKNOWN, reads(Status.IN_PROGRESS)), NOT_ANSWERED),
    "unknown, and shown as canceled": (steps(UNKNOWN, reads(Status.CANCELED)), CANCELED),
    "unknown, and reviewed again": (steps(UNKNOWN, REOPEN), IN_REVIEW),
    "unknown, and accepted again": (steps(UNKNOWN, REOPEN, ACCEPT), ACCEPTED),
    "unknown twice": (steps(UNKNOWN, REOPEN, ACCEPT, AGAIN_UNKNOWN), NOT_ANSWERED),
    "unknown, then taken": (steps(UNKNOWN, REOPEN, ACCEPT, AGAIN), PANEL_HAS_IT),
    "unknown, and taken as was heard late": (late(None), PANEL_HAS_IT),
    "unknown, and refused as was heard late": (late(Failure.REFUSED), NOT_TAKEN),
    "refused late, after it was shown as canceled": (late(Failure.REFUSED, reads(Status.CANCELED)), CANCELED),
    "refused late, after it was declined": (
        late(Failure.REFUSED, REOPEN, answers(Verdict.DECLINE)),
        "Your request was declined",
    ),
    "refused late, after it was taken": (late(Failure.REFUSED, REOPEN, ACCEPT, AGAIN), PANEL_HAS_IT),
    "refused late, after it was unknown again": (late(Failure.REFUSED, REOPEN, ACCEPT, AGAIN_UNKNOWN), NOT_ANSWERED),
    "refused": (REFUSED, NOT_TAKEN),
    "refused, and asked for more": (steps(REFUSED, answers(Verdict.ASK)), "We are waiting for your answer"),
    "refused, and accepted again": (steps(REFUSED, ACCEPT), ACCEPTED),
    "refused, and declined": (steps(REFUSED, answers(Verdict.DECLINE)), "Your request was declined"),
    "refused, and withdrawn": (steps(REFUSED, WITHDRAW), "You withdrew your request"),
    "refused, then taken": (steps(REFUSED, ACCEPT, TAKEN), PANEL_HAS_IT),
}
"""A life of an accepted ticket, and what its customer reads first at its end."""


@pytest.mark.parametrize("life", LIVES)
def test_a_customer_reads_what_is_known_and_no_more(app: Flask, life: str) -> None:
    live, headline = LIVES[life]
    desk = Desk(app)
    reference = desk.accepted()
    live(desk, reference)
    page = Visitor(app).visit(secret_link(app, reference))
    assert page.h1 == headline
    assert ("canceled" in page.h1) is (state(app, reference) in ("canceled", "partly_canceled"))


TOLD: dict[str, tuple[Life, list[str], list[str]]] = {
    "called back": (steps(ASK, CALL_BACK), [], []),
    "never left": (given_up, [], ["cancel_failed"]),
    "taken": (TAKEN, [], []),
    "taken, and shown as canceled": (steps(TAKEN, reads(Status.CANCELED)), ["canceled"], []),
    "taken, and shown as canceled in part": (steps(TAKEN, reads(Status.PARTIAL)), ["canceled"], []),
    "unknown": (UNKNOWN, [], ["cancel_failed"]),
    "unknown, as was found out later": (
        steps(ASK, take, lambda desk, _: pass_and_give_up(desk)),
        [],
        ["cancel_failed"],
    ),
    "unknown, and shown as canceled": (steps(UNKNOWN, reads(Status.CANCELED)), ["canceled"], ["cancel_failed"]),
    "unknown, and taken as was heard late": (late(None), [], ["cancel_failed"]),
    "unknown, and refused as was heard late": (late(Failure.REFUSED), ["not_taken"], ["cancel_failed"] * 2),
    "refused": (REFUSED, ["not_taken"], ["cancel_failed"]),
    "refused late, after it was shown as canceled": (
        late(Failure.REFUSED, reads(Status.CANCELED)),
        ["canceled"],
        ["cancel_failed"] * 2,
    ),
    "refused late, after it was taken": (
        late(Failure.REFUSED, REOPEN, ACCEPT, AGAIN),
        ["reopened", "answered"],
        ["cancel_failed"] * 2,
    ),
}
"""A life of an accepted ticket, and what its customer and staff are told of it since."""


def pass_and_give_up(desk: Desk) -> None:
    desk.passes(minutes=1)
    desk.give_up()


@pytest.mark.parametrize("life", TOLD)
def test_customer_and_staff_are_told_what_concerns_them_and_nothing_else(each_app: Flask, life: str) -> None:
    live, to_customer, to_staff = TOLD[life]
    desk = Desk(each_app)
    reference = desk.accepted(email="anna@example.com")
    before = {carrier: desk.notices(carrier) for carrier in Carrier}
    live(desk, reference)
    since = {carrier: desk.notices(carrier)[len(told) :] for carrier, told in before.items()}
    assert since == {Carrier.MAIL: to_customer, Carrier.CHANNEL: to_staff, Carrier.WEBHOOK: []}
