"""The life of a cancellation: asked for by staff, one an order, sent once, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tickets
from portal.cancellation import CancelState
from portal.events import EventKind
from portal.extensions import db
from portal.models import Lookup
from portal.policy import State, Status, Verdict
from portal.readings import Failure
from portal.tickets.cancel import CONFIRMED_AFTER, HELD, PAUSES
from tests.cancelling import ORDER, Desk, refusal
from tests.colleague import OLENA
from tests.filing import at_once
from tests.stored import filed, kinds, last_event, state, ticket

Way = Callable[[Desk, str], None]
OUTCOMES = (State.CANCEL_SENT, State.CANCELED, State.PARTLY_CANCELED, State.NOT_CANCELED)


def accept_and(desk: Desk, reference: str, move: State) -> None:
    desk.accept(reference)
    desk.move(reference, move)


NOT_ACCEPTED: dict[str, Way] = {
    "received": lambda desk, reference: None,
    "in_review": lambda desk, reference: desk.staffs(reference, lambda r, s, v: tickets.take(r, s, v, desk.at)),
    "waiting_for_customer": lambda desk, reference: desk.answer(reference, Verdict.ASK),
    "declined": lambda desk, reference: desk.answer(reference, Verdict.DECLINE),
    "withdrawn": lambda desk, reference: desk.withdraw(reference),
    **{outcome.value: partial(accept_and, move=outcome) for outcome in OUTCOMES},
}


@pytest.mark.parametrize("where", NOT_ACCEPTED)
def test_a_cancellation_is_asked_for_from_no_state_but_accepted(app: Flask, where: str) -> None:
    desk, reference = Desk(app), filed(app)
    NOT_ACCEPTED[where](desk, reference)
    before = kinds(app, reference)
    assert refusal(desk.ask, reference, again=True) == "Refused"
    assert (state(app, reference), kinds(app, reference), desk.rows()) == (where, before, [])


def test_what_is_asked_for_waits_under_a_name_of_its_own_and_changes_no_state(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.ask(reference)
    (row,) = desk.rows()
    event = last_event(each_app, reference)
    assert (event.kind, event.state, event.at) == (EventKind.CANCEL_ASKED, State.ACCEPTED, desk.at)
    assert (row.name, row.state, row.tries) == (f"{reference}.{event.number}.cancel", CancelState.WAITING, 0)
    assert (row.order_id, row.asked_at, row.next_at, row.sent_at) == (ORDER, desk.at, desk.at, None)
    with each_app.app_context():
        assert [event.staff.email for event in ticket(reference).events[-1:] if event.staff] == [OLENA]


def test_an_order_has_one_under_way_whoever_asks_and_on_whichever_ticket(each_app: Flask) -> None:
    desk = Desk(each_app)
    mine, other = desk.accepted(), desk.accepted("another customer's")
    desk.ask(mine)
    for again in (False, True):
        assert refusal(desk.ask, mine, again=again) == "Refused"
        assert refusal(desk.ask, other, again=again) == "Refused"
    desk.taken()
    for again in (False, True):
        assert refusal(desk.ask, mine, again=again) == "Refused"
        assert refusal(desk.ask, other, again=again) == "Refused"
    assert desk.states() == [CancelState.SENDING]
    assert "cancel_asked" not in kinds(each_app, other)


def test_of_many_who_ask_at_the_same_moment_one_counts(each_app: Flask) -> None:
    desk = Desk(each_app)
    references = [desk.accepted(f"{number}") for number in range(4)]
    done = at_once([partial(refusal, desk.ask, reference, again=True) for reference in references])
    assert sorted(done) == ["", "Refused", "Refused", "Refused"]
    assert desk.states() == [CancelState.WAITING]


def test_of_two_orders_one_stands_in_no_way_of_the_other(each_app: Flask) -> None:
    desk = Desk(each_app)
    for number in ("11", "12"):
        desk.ask(desk.accepted(order_id=number))
    assert [desk.taken().order_id, desk.taken().order_id, desk.take()] == ["11", "12", None]


def test_of_many_workers_one_sends_it(each_app: Flask) -> None:
    desk = Desk(each_app)
    desk.ask(desk.accepted())
    taken = at_once([desk.take] * 4)
    assert sum(sending is not None for sending in taken) == 1
    (row,) = desk.rows()
    assert (row.state, row.tries, row.sent_at, row.held_until) == (CancelState.SENDING, 1, desk.at, desk.at + HELD)


def test_what_is_called_back_is_never_sent_and_may_be_asked_for_again(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.ask(reference)
    desk.call_back(reference)
    desk.passes(days=1)
    assert (desk.states(), desk.take()) == ([CancelState.CALLED_BACK], None)
    assert (kinds(each_app, reference)[-1], state(each_app, reference)) == ("cancel_called_back", "accepted")
    desk.ask(reference)
    assert desk.states() == [CancelState.CALLED_BACK, CancelState.WAITING]


def test_what_does_not_wait_cannot_be_called_back(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    assert refusal(desk.call_back, reference) == "Refused"
    desk.ask(reference)
    sending = desk.taken()
    assert refusal(desk.call_back, reference) == "Refused"
    desk.finish(sending)
    assert refusal(desk.call_back, reference) == "Refused"
    assert desk.states() == [CancelState.TAKEN]


def test_of_calling_back_and_sending_at_the_same_moment_one_counts(each_app: Flask) -> None:
    desk = Desk(each_app)
    for number in range(5):
        reference = desk.accepted(order_id=str(number))
        desk.ask(reference)
        calls: list[Callable[[], object]] = [partial(refusal, desk.call_back, reference), desk.take]
        done = at_once(calls)
        called_back = "" in done
        assert desk.states()[-1] is (CancelState.CALLED_BACK if called_back else CancelState.SENDING)
        assert (None in done) is called_back


def test_what_the_panel_takes_was_sent_and_the_panel_is_asked_soon_what_became_of_it(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.sent(reference, said="In a queue.")
    (row,) = desk.rows()
    event = last_event(each_app, reference)
    assert (row.state, row.said, row.ended_at, row.next_at) == (CancelState.TAKEN, "In a queue.", desk.at, None)
    assert (event.kind, event.state, event.data) == (EventKind.CANCEL_TAKEN, State.CANCEL_SENT, {"said": "In a queue."})
    with each_app.app_context():
        assert db.session.scalars(select(Lookup.next_at)).one() <= desk.at + CONFIRMED_AFTER


def test_what_the_panel_refuses_comes_back_into_review_with_its_words(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.sent(reference, Failure.REFUSED, "Order is already completed")
    event = last_event(each_app, reference)
    assert (event.kind, event.state) == (EventKind.CANCEL_REFUSED, State.IN_REVIEW)
    assert event.data == {"said": "Order is already completed"}
    assert (desk.states(), desk.rows()[0].said) == ([CancelState.REFUSED], "Order is already completed")
    with each_app.app_context():
        assert ticket(reference).waits_since == desk.at
    desk.accept(reference)
    desk.ask(reference)  # the panel has none: nobody need say "again"
    assert desk.states() == [CancelState.REFUSED, CancelState.WAITING]


def test_what_nobody_knows_is_never_sent_again_by_itself(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.sent(reference, Failure.UNKNOWN, "TimeoutError")
    assert (desk.states(), state(each_app, reference)) == ([CancelState.UNKNOWN], "cancel_sent")
    for days in (0, 1, 100):
        desk.passes(days=days)
        assert (desk.take(), desk.give_up()) == (None, 0)
    assert kinds(each_app, reference)[-1] == "cancel_unknown"


def test_what_never_left_is_tried_again_with_growing_pauses_and_then_given_up(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.ask(reference)
    for pause in PAUSES:
        assert desk.finish(desk.taken(), Failure.UNREACHABLE, "ConnectionRefusedError") is CancelState.WAITING
        desk.at += pause - timedelta(seconds=1)
        assert desk.take() is None
        desk.passes(seconds=1)
        assert (kinds(each_app, reference)[-1], desk.rows()[0].sent_at) == ("cancel_asked", None)
    assert desk.finish(desk.taken(), Failure.UNREACHABLE, "gaierror") is CancelState.UNSENT
    assert (state(each_app, reference), kinds(each_app, reference)[-1]) == ("accepted", "cancel_unsent")
    desk.passes(days=1)
    assert desk.take() is None
    desk.ask(reference)
    assert desk.states() == [CancelState.UNSENT, CancelState.WAITING]


@pytest.mark.parametrize("failure", [None, Failure.UNKNOWN])
def test_what_the_panel_may_have_is_asked_for_again_only_by_who_says_so(each_app: Flask, failure: Failure) -> None:
    desk = Desk(each_app)
    mine, other = desk.accepted(), desk.accepted("another customer's")
    desk.sent(mine, failure)
    desk.reopen(mine)
    desk.accept(mine)
    for reference in (mine, other):
        assert refusal(desk.ask, reference) == "AskedBefore"
    assert (len(desk.rows()), desk.take()) == (1, None)
    desk.ask(mine, again=True)
    first, second = desk.rows()
    assert (second.state, desk.taken().name) == (CancelState.WAITING, second.name)
    assert first.name != second.name


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_staff_who_record_an_outcome_call_a_waiting_one_back(each_app: Flask, outcome: State) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.ask(reference)
    desk.move(reference, outcome)
    desk.passes(days=1)
    assert (desk.states(), desk.take()) == ([CancelState.CALLED_BACK], None)
    assert state(each_app, reference) == outcome


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_staff_record_no_outcome_while_it_is_being_sent(each_app: Flask, outcome: State) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.ask(reference)
    sending = desk.taken()
    assert refusal(desk.move, reference, outcome) == "Refused"
    assert (desk.states(), state(each_app, reference)) == ([CancelState.SENDING], "accepted")
    assert desk.finish(sending) is CancelState.TAKEN


def test_a_reading_calls_a_waiting_one_back_and_moves_nothing_while_it_is_being_sent(each_app: Flask) -> None:
    desk = Desk(each_app)
    waiting, sending = desk.accepted(order_id="11"), desk.accepted(order_id="12")
    desk.ask(sending)
    in_hand = desk.taken()
    desk.ask(waiting)
    for order_id in ("11", "12"):
        desk.read(Status.PARTIAL, order_id)
    assert desk.states() == [CancelState.SENDING, CancelState.CALLED_BACK]
    assert (state(each_app, waiting), state(each_app, sending)) == ("partly_canceled", "accepted")
    desk.finish(in_hand)
    desk.read(Status.PARTIAL, "12")
    assert state(each_app, sending) == "partly_canceled"
