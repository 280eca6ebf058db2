"""What the panel shows of an order whose cancellation was agreed to: it confirms it, where it was not so before."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tickets, webhooks
from portal.clock import now
from portal.concerns import Carrier, NoticeKind
from portal.events import EventKind
from portal.extensions import db
from portal.models import Cancellation, Notice
from portal.policy import State, Status, Verdict
from portal.readings import CancelAnswer, Failure, Reading
from tests.colleague import Colleague
from tests.panel_shift import AGO, ORDER, answered, at_work, by_staff, events, lookup, record, said
from tests.stored import filed, kinds, last_event, secret_link, state, ticket
from tests.visitor import Visitor

MINUTE = timedelta(minutes=1)
CONFIRMS = {Status.CANCELED: State.CANCELED, Status.PARTIAL: State.PARTLY_CANCELED}
SHOWN = {Status.CANCELED: "Canceled", Status.PARTIAL: "Partial"}
AGREED = (State.ACCEPTED, State.CANCEL_SENT)


def reading(status: Status) -> Reading:
    return Reading(status=status, shown=SHOWN.get(status, status.value.title()))


def agreed(app: Flask, on: Status, at: datetime, then: State = State.ACCEPTED) -> str:
    """File a ticket that is accepted while the panel shows this status; return its reference."""
    reference = filed(app, email="anna@example.com", at=at - AGO)
    record(app, reading(on), at)
    answered(app, reference, None, at, Verdict.ACCEPT_FULL)
    if then is not State.ACCEPTED:
        by_staff(app, reference, lambda ref, staff, seen: tickets.move(ref, staff, then, "", seen, at))
    return reference


def sent(app: Flask, reference: str, at: datetime) -> tickets.Sending:
    """Have a worker send the cancellation of a ticket, which is not ended yet."""
    by_staff(app, reference, lambda ref, staff, seen: tickets.ask_cancel(ref, staff, seen, at, again=False))
    with app.app_context():
        sending = tickets.take_cancellation(at)
    assert sending
    return sending


def finish(app: Flask, sending: tickets.Sending, answer: CancelAnswer, at: datetime) -> None:
    with app.app_context():
        tickets.finish_cancellation(sending, answer, at)


def notices(app: Flask, reference: str) -> set[tuple[Carrier, NoticeKind, str]]:
    """Return what was written to whom about the last line of a ticket's history."""
    event = last_event(app, reference)
    with app.app_context():
        found = db.session.scalars(select(Notice).where(Notice.event_id == event.id)).all()
        return {(notice.carrier, notice.kind, notice.recipient) for notice in found}


@pytest.mark.parametrize(
    ("was", "agreed_to"), list(product((Status.PENDING, Status.IN_PROGRESS, Status.UNKNOWN), AGREED))
)
@pytest.mark.parametrize("shows", CONFIRMS)
def test_a_cancellation_that_was_agreed_to_is_confirmed_by_what_the_panel_shows_then(
    app: Flask, was: Status, agreed_to: State, shows: Status
) -> None:
    at = now()
    reference = agreed(app, was, at, agreed_to)
    record(app, reading(shows), at + MINUTE)
    event = last_event(app, reference)
    assert state(app, reference) == CONFIRMS[shows] == event.state
    assert (event.kind, event.staff_id, event.data) == (EventKind.MOVED, None, {"shown": SHOWN[shows]})
    assert (event.at, kinds(app, reference)[-2:]) == (at + MINUTE, ["facts_read", "moved"])


@pytest.mark.parametrize(("shows", "agreed_to"), list(product(CONFIRMS, AGREED)))
def test_what_was_shown_already_when_it_was_agreed_to_confirms_nothing(
    each_app: Flask, shows: Status, agreed_to: State
) -> None:
    at = now()
    reference = agreed(each_app, shows, at, agreed_to)
    record(each_app, reading(shows), at + MINUTE)
    assert state(each_app, reference) == agreed_to
    other = next(status for status in CONFIRMS if status is not shows)
    record(each_app, reading(other), at + 2 * MINUTE)
    assert state(each_app, reference) == CONFIRMS[other]


def test_what_staff_saw_when_they_agreed_confirms_nothing_either(app: Flask) -> None:
    at = now()
    reference = filed(app, at=at - AGO)
    answered(app, reference, Status.PARTIAL, at, Verdict.ACCEPT_PART)
    record(app, reading(Status.PARTIAL), at + MINUTE)
    assert state(app, reference) == "accepted"


def test_no_other_status_and_no_refusal_confirms_anything(app: Flask) -> None:
    at = now()
    reference = agreed(app, Status.IN_PROGRESS, at)
    for status in (Status.COMPLETED, Status.UNKNOWN, Status.PROCESSING, Status.PENDING):
        record(app, reading(status), at + MINUTE)
        assert state(app, reference) == "accepted"
    record(app, Reading(refused="Incorrect order ID", status=Status.CANCELED), at + MINUTE)
    assert state(app, reference) == "accepted"


def test_it_is_what_was_known_at_the_last_agreement_that_counts(app: Flask) -> None:
    at = now()
    reference = agreed(app, Status.IN_PROGRESS, at, State.CANCEL_SENT)
    by_staff(app, reference, lambda r, s, seen: tickets.move(r, s, State.NOT_CANCELED, "", seen, at))
    by_staff(app, reference, lambda r, s, seen: tickets.reopen(r, s, "Look again.", seen, at))
    record(app, reading(Status.PARTIAL), at + MINUTE)
    assert state(app, reference) == "in_review"
    answered(app, reference, None, at + MINUTE, Verdict.ACCEPT_PART)
    record(app, reading(Status.PARTIAL), at + 2 * MINUTE)
    assert state(app, reference) == "accepted"


@pytest.mark.parametrize("shows", CONFIRMS)
def test_a_ticket_that_nobody_agreed_to_stays_where_it_is(each_app: Flask, shows: Status) -> None:
    at = now()
    received, taken, asked = (filed(each_app, browser) for browser in ("a", "b", "c"))
    by_staff(each_app, taken, lambda ref, staff, seen: tickets.take(ref, staff, seen, at))
    answered(each_app, asked, None, at, Verdict.ASK)
    record(each_app, reading(shows), at)
    states = [state(each_app, reference) for reference in (received, taken, asked)]
    assert states == ["received", "in_review", "waiting_for_customer"]


def test_every_ticket_of_the_order_that_was_agreed_to_is_moved_and_the_others_read_on(each_app: Flask) -> None:
    at = now()
    first, waits = agreed(each_app, Status.PENDING, at), filed(each_app, "another", at=at - AGO)
    record(each_app, reading(Status.CANCELED), at + MINUTE)
    assert (state(each_app, first), state(each_app, waits)) == ("canceled", "received")
    assert lookup(each_app)
    with each_app.app_context():
        assert [(ticket(ref).ended_at is None) for ref in (first, waits)] == [False, True]
        tickets.withdraw(waits, ticket(waits).version, at)
    record(each_app, reading(Status.CANCELED), at + 2 * MINUTE)
    assert lookup(each_app) is None


def test_a_confirmed_order_is_forgotten_by_the_worker(each_app: Flask) -> None:
    with at_work(each_app, {ORDER: said("Pending")}) as shift:
        reference = agreed(each_app, Status.PENDING, shift.clock.at)
        shift.shop.orders[ORDER].status = said("Canceled", remains="1000", charge="0.00000")
        shift.reads(minutes=30)
    assert (state(each_app, reference), lookup(each_app)) == ("canceled", None)


@pytest.mark.parametrize("shows", CONFIRMS)
def test_a_move_by_the_panel_is_told_as_one_by_staff_is(each_app: Flask, shows: Status) -> None:
    with each_app.app_context():
        webhook, _ = webhooks.add("https://shop.example/hooks", each_app.extensions["portal"].keys, now())
        number = str(webhook.id)
    at = now()
    by_panel = agreed(each_app, Status.PENDING, at)
    record(each_app, reading(shows), at)
    by_hand = agreed(each_app, Status.PENDING, at)
    assert by_hand != by_panel
    by_staff(each_app, by_hand, lambda ref, staff, seen: tickets.move(ref, staff, CONFIRMS[shows], "", seen, at))
    assert notices(each_app, by_panel) == notices(each_app, by_hand)
    assert notices(each_app, by_panel) == {
        (Carrier.MAIL, NoticeKind.CANCELED, "anna@example.com"),
        (Carrier.WEBHOOK, NoticeKind.STATE_CHANGED, number),
    }


def test_a_reading_that_moves_nothing_is_told_to_nobody(each_app: Flask) -> None:
    with each_app.app_context():
        webhooks.add("https://shop.example/hooks", each_app.extensions["portal"].keys, now())
    reference = filed(each_app, email="anna@example.com")
    record(each_app, reading(Status.CANCELED), now())
    assert kinds(each_app, reference)[-1] == "facts_read"
    assert notices(each_app, reference) == set()


def test_a_move_by_the_panel_is_read_by_both_sides(app: Flask) -> None:
    reference = agreed(app, Status.PENDING, now())
    record(app, reading(Status.CANCELED), now())
    assert "the panel" in Colleague(app).ticket(reference).text
    assert Visitor(app).visit(secret_link(app, reference)).status == 200


def test_a_ticket_whose_cancellation_is_just_being_sent_is_moved_when_that_ended(each_app: Flask) -> None:
    at = now()
    reference = agreed(each_app, Status.PENDING, at)
    sending = sent(each_app, reference, at)
    record(each_app, reading(Status.CANCELED), at + MINUTE / 6)
    assert state(each_app, reference) == "accepted"
    finish(each_app, sending, CancelAnswer(failure=Failure.UNKNOWN), at + MINUTE / 3)
    assert state(each_app, reference) == "cancel_sent"
    record(each_app, reading(Status.CANCELED), at + MINUTE)
    assert state(each_app, reference) == "canceled"
    assert [event.kind for event in events(each_app, reference)].count(EventKind.FACTS_READ) == 2


def test_a_cancellation_that_was_not_sent_yet_is_called_back_where_the_panel_stopped_the_order(each_app: Flask) -> None:
    at = now()
    reference = agreed(each_app, Status.PENDING, at)
    by_staff(each_app, reference, lambda ref, staff, seen: tickets.ask_cancel(ref, staff, seen, at, again=False))
    record(each_app, reading(Status.PARTIAL), at + MINUTE)
    assert state(each_app, reference) == "partly_canceled"
    with each_app.app_context():
        assert [row.state for row in db.session.scalars(select(Cancellation))] == ["called_back"]
        assert tickets.take_cancellation(at + MINUTE) is None


def test_an_order_is_read_often_again_once_its_cancellation_was_sent(each_app: Flask) -> None:
    at = now()
    reference = agreed(each_app, Status.PENDING, at)
    finish(each_app, sent(each_app, reference, at), CancelAnswer(), at)
    soon = lookup(each_app)
    assert soon
    assert soon.next_at == at + timedelta(seconds=20)
    record(each_app, reading(Status.PENDING), at + MINUTE)
    later = lookup(each_app)
    assert later
    assert later.next_at == at + timedelta(minutes=2)
