"""What a worker says late of a cancellation that counts as unknown, and that it sends nothing late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from portal.cancellation import CancelState
from portal.demo.orders import Order
from portal.demo.panel import KEY, Panel, served
from portal.panel import ApiV2
from portal.policy import State, Status, Verdict
from portal.readings import CancelAnswer, Failure
from portal.tickets.cancel import HELD
from portal.worker import PanelWork
from portal.worker.panel_work import ROOM
from tests.cancelling import ORDER, Desk
from tests.filing import at_once
from tests.shift import Lines
from tests.stored import kinds, policy, state

SAYS_NO_MORE = (Failure.UNKNOWN, Failure.UNREACHABLE)


def test_what_a_worker_came_to_no_end_with_is_unknown_once_its_hold_ends_and_not_before(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.ask(reference)
    desk.taken()
    desk.at += HELD - timedelta(seconds=1)
    assert (desk.give_up(), desk.states(), desk.take()) == (0, [CancelState.SENDING], None)
    desk.passes(seconds=1)
    assert (desk.give_up(), desk.states(), desk.take()) == (1, [CancelState.UNKNOWN], None)
    assert (state(each_app, reference), kinds(each_app, reference)[-1]) == ("cancel_sent", "cancel_unknown")


def test_of_many_workers_one_records_that_another_came_to_no_end(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.ask(reference)
    desk.taken()
    desk.passes(minutes=2)
    at_once([desk.give_up] * 4)
    assert kinds(each_app, reference).count("cancel_unknown") == 1


def test_an_end_in_time_and_its_giving_up_at_the_same_moment_leave_what_is_known(each_app: Flask) -> None:
    desk = Desk(each_app)
    for number in range(4):
        reference = desk.accepted(order_id=str(number))
        desk.ask(reference)
        sending = desk.taken()
        desk.at += HELD
        calls: list[Callable[[], object]] = [desk.give_up, partial(desk.finish, sending)]
        at_once(calls)
        assert (desk.states()[-1], kinds(each_app, reference)[-1]) == (CancelState.TAKEN, "cancel_taken")


def test_that_the_panel_took_it_is_heeded_late(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    assert desk.finish(desk.forgotten(reference), said="In a queue.") is CancelState.TAKEN
    assert kinds(each_app, reference)[-2:] == ["cancel_unknown", "cancel_taken"]
    assert (state(each_app, reference), desk.rows()[0].said) == ("cancel_sent", "In a queue.")


def test_that_the_panel_refused_it_is_heeded_late(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    assert desk.finish(desk.forgotten(reference), Failure.REFUSED, "No.") is CancelState.REFUSED
    assert (state(each_app, reference), kinds(each_app, reference)[-1]) == ("in_review", "cancel_refused")


@pytest.mark.parametrize("failure", SAYS_NO_MORE)
def test_what_says_no_more_than_was_known_changes_nothing_late(each_app: Flask, failure: Failure) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    sending = desk.forgotten(reference)
    before = kinds(each_app, reference)
    assert desk.finish(sending, failure, "Something.") is None
    assert (desk.states(), desk.rows()[0].said) == ([CancelState.UNKNOWN], "")
    assert kinds(each_app, reference) == before
    desk.passes(days=1)
    assert desk.take() is None


@pytest.mark.parametrize("failure", [None, *Failure])
def test_what_was_recorded_once_is_recorded(each_app: Flask, failure: Failure | None) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.ask(reference)
    sending = desk.taken()
    desk.finish(sending)
    before = kinds(each_app, reference)
    assert desk.finish(sending, failure) is None
    assert (desk.states(), kinds(each_app, reference)) == ([CancelState.TAKEN], before)


def test_what_a_worker_holds_no_longer_it_does_not_end_for_another_try(each_app: Flask) -> None:
    desk = Desk(each_app)
    desk.ask(desk.accepted())
    first = desk.taken()
    desk.finish(first, Failure.UNREACHABLE)
    desk.passes(minutes=1)
    second = desk.taken()
    assert desk.finish(first) is None
    assert desk.states() == [CancelState.SENDING]
    assert desk.finish(second) is CancelState.TAKEN


def withdrawn(desk: Desk, reference: str) -> None:
    desk.reopen(reference)
    desk.withdraw(reference)


def declined(desk: Desk, reference: str) -> None:
    desk.reopen(reference)
    desk.answer(reference, Verdict.DECLINE)


ELSEWHERE: dict[State, Callable[[Desk, str], None]] = {
    State.IN_REVIEW: lambda desk, reference: desk.reopen(reference),
    State.WITHDRAWN: withdrawn,
    State.DECLINED: declined,
    State.NOT_CANCELED: lambda desk, reference: desk.move(reference, State.NOT_CANCELED),
    State.CANCELED: lambda desk, reference: desk.read(Status.CANCELED),
}


@pytest.mark.parametrize("failure", [None, Failure.REFUSED])
@pytest.mark.parametrize("where", ELSEWHERE)
def test_a_ticket_that_went_on_is_not_moved_late(each_app: Flask, where: State, failure: Failure | None) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    sending = desk.forgotten(reference)
    ELSEWHERE[where](desk, reference)
    assert state(each_app, reference) == where
    assert desk.finish(sending, failure) in (CancelState.TAKEN, CancelState.REFUSED)
    assert state(each_app, reference) == where


def asked_again(desk: Desk, reference: str) -> None:
    """Have staff look, accept again and ask again."""
    desk.reopen(reference)
    desk.accept(reference)
    desk.ask(reference, again=True)


@pytest.mark.parametrize(("failure", "where"), [(None, State.CANCEL_SENT), (Failure.REFUSED, State.IN_REVIEW)])
def test_what_was_asked_for_again_is_not_sent_once_the_first_is_known(
    each_app: Flask, failure: Failure | None, where: State
) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    first = desk.forgotten(reference)
    asked_again(desk, reference)
    desk.finish(first, failure)
    assert (desk.states()[1], desk.take(), state(each_app, reference)) == (CancelState.CALLED_BACK, None, where)


@pytest.mark.parametrize("late", [None, Failure.REFUSED])
def test_what_comes_late_while_it_is_sent_again_is_kept_and_moves_nothing(
    each_app: Flask, late: Failure | None
) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    first = desk.forgotten(reference)
    asked_again(desk, reference)
    second = desk.taken()
    known = CancelState.REFUSED if late else CancelState.TAKEN
    assert desk.finish(first, late) is known
    assert (desk.states(), state(each_app, reference)) == ([known, CancelState.SENDING], "accepted")
    assert desk.finish(second) is CancelState.TAKEN
    assert (desk.states(), state(each_app, reference)) == ([known, CancelState.TAKEN], "cancel_sent")


@pytest.mark.parametrize("second", [None, Failure.UNKNOWN])
def test_a_late_refusal_takes_nothing_back_from_what_was_sent_since(each_app: Flask, second: Failure | None) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    first = desk.forgotten(reference)
    asked_again(desk, reference)
    desk.finish(desk.taken(), second)
    assert desk.finish(first, Failure.REFUSED) is CancelState.REFUSED
    assert state(each_app, reference) == "cancel_sent"


class Sleeper(ApiV2):
    """A panel whose caller falls asleep for so long when it is about to send a cancellation."""

    def __init__(self, url: str, desk: Desk, sleeps: timedelta) -> None:
        super().__init__(url, KEY)
        self.desk, self.sleeps = desk, sleeps

    def cancel(self, order_id: str, name: str, in_time: Callable[[], bool]) -> CancelAnswer:
        """Sleep, and send it where that is in time."""
        self.desk.at += self.sleeps
        return super().cancel(order_id, name, in_time)


@pytest.mark.parametrize(
    ("sleeps", "sent", "then"),
    [
        (HELD - ROOM - timedelta(seconds=1), 1, CancelState.TAKEN),
        (HELD - ROOM, 0, CancelState.WAITING),
        (HELD, 0, CancelState.WAITING),
        (timedelta(days=1), 0, CancelState.WAITING),
    ],
)
def test_a_worker_that_wakes_up_late_sends_nothing(app: Flask, sleeps: timedelta, sent: int, then: CancelState) -> None:
    desk, shop = Desk(app), Panel({ORDER: Order({"status": "Pending"})})
    desk.ask(desk.accepted())
    with served(shop) as url, app.app_context():
        PanelWork(Sleeper(url, desk, sleeps), policy(app), desk.now, Lines()).turn()
    assert ([call.get("action") for call in shop.calls], shop.orders[ORDER].taken) == (["cancel"] * sent, sent)
    assert desk.states() == [then]


def test_a_worker_that_wakes_up_when_it_was_given_up_sends_nothing(app: Flask) -> None:
    desk, shop = Desk(app), Panel({ORDER: Order({"status": "Pending"})})
    desk.ask(desk.accepted())
    sending = desk.taken()
    desk.at += HELD
    assert desk.give_up() == 1
    with served(shop) as url:
        answer = ApiV2(url, KEY).cancel(sending.order_id, sending.name, lambda: desk.at < sending.held_until - ROOM)
    assert (answer.failure, answer.said, shop.calls) == (Failure.UNREACHABLE, "TooLate", [])
    assert (desk.finish(sending, answer.failure), desk.states()) == (None, [CancelState.UNKNOWN])


def test_what_waited_too_long_is_not_sent_any_more_and_staff_decide(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.ask(reference)
    desk.passes(minutes=59)
    assert desk.give_up() == 0
    desk.passes(minutes=1)
    assert (desk.take(), desk.give_up(), desk.states()) == (None, 1, [CancelState.UNSENT])
    assert state(each_app, reference) == State.ACCEPTED
    desk.ask(reference)
    assert desk.take() is not None
