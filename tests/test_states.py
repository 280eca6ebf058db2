"""The states of a ticket: the table of who may move it where refuses all the rest."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from portal.policy import ANSWERED, BY_CUSTOMER, BY_STAFF, OPEN, State, Verdict

ENDED = ("canceled", "partly_canceled", "not_canceled", "credited", "declined", "withdrawn")
STAFF = {
    "received": "in_review",
    "in_review": "received waiting_for_customer accepted declined",
    "waiting_for_customer": "in_review",
    "accepted": "cancel_sent canceled partly_canceled not_canceled",
    "cancel_sent": "canceled partly_canceled not_canceled in_review",
    "canceled": "credited",
    "partly_canceled": "credited",
    "not_canceled": "in_review",
    "declined": "in_review",
}
CUSTOMER = {
    "received": "withdrawn",
    "in_review": "withdrawn",
    "waiting_for_customer": "in_review withdrawn",
}


def moves(table: Mapping[State, tuple[State, ...]]) -> set[tuple[State, State]]:
    """Return every step that a table allows."""
    return {(before, after) for before, afters in table.items() for after in afters}


def agreed(table: Mapping[str, str]) -> set[tuple[State, State]]:
    """Return the steps of a table written down in words."""
    return {(State(before), State(after)) for before, afters in table.items() for after in afters.split()}


def reached(start: State) -> set[State]:
    """Return the states that a ticket can come to from one."""
    steps = moves(BY_STAFF) | moves(BY_CUSTOMER)
    found = {start}
    while more := {after for before, after in steps if before in found} - found:
        found |= more
    return found


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_a_step_is_allowed_only_if_it_is_in_the_table(before: State, after: State) -> None:
    assert ((before, after) in moves(BY_STAFF)) is ((before, after) in agreed(STAFF))
    assert ((before, after) in moves(BY_CUSTOMER)) is ((before, after) in agreed(CUSTOMER))


def test_every_state_can_be_reached_from_the_first() -> None:
    assert reached(State.RECEIVED) == set(State)


def test_a_state_is_open_or_ended() -> None:
    assert {state.value for state in State} - {state.value for state in OPEN} == set(ENDED)


@pytest.mark.parametrize("state", OPEN)
def test_no_open_ticket_is_stuck(state: State) -> None:
    assert reached(state) & (set(State) - set(OPEN))
    assert BY_STAFF[state]


@pytest.mark.parametrize("state", [State.CREDITED, State.WITHDRAWN])
def test_what_was_credited_or_withdrawn_stays_so(state: State) -> None:
    assert reached(state) == {state}


def test_a_customer_never_moves_a_ticket_that_was_accepted_or_has_ended() -> None:
    assert {before for before, _ in moves(BY_CUSTOMER)} == {
        State.RECEIVED,
        State.IN_REVIEW,
        State.WAITING_FOR_CUSTOMER,
    }


def test_canceled_comes_only_after_accepted() -> None:
    canceled = (State.CANCELED, State.PARTLY_CANCELED)
    before = {before for before, after in moves(BY_STAFF) | moves(BY_CUSTOMER) if after in canceled}
    assert before == {State.ACCEPTED, State.CANCEL_SENT}


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_leads_from_review_to_a_state_of_the_table(verdict: Verdict) -> None:
    assert (State.IN_REVIEW, ANSWERED[verdict]) in moves(BY_STAFF)


def test_an_accepted_ticket_is_not_called_canceled() -> None:
    assert ANSWERED[Verdict.ACCEPT_FULL] is ANSWERED[Verdict.ACCEPT_PART] is State.ACCEPTED
