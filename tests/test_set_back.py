"""A clock that was a day ahead was set back: nothing waits for that day, and nothing lasts a day longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal import outbox, staff_access, tickets
from portal.cancellation import CancelState
from portal.clock import SKEW, now
from portal.concerns import Carrier, NoticeState
from portal.models import Staff
from portal.outbox import HELD, Fault, Result
from portal.policy import Status, Verdict
from portal.readings import Reading
from portal.tickets import Answer
from tests.cancelling import Desk
from tests.carrying import ANNA, Carriers, mails, states
from tests.colleague import Colleague, account, carry, session
from tests.panel_shift import ORDER, Standing, by_staff, due, record
from tests.post_office import PostOffice
from tests.stored import filed, kinds, policy, state

DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)


def test_a_mail_of_then_is_sent_within_a_minute_and_once(each_app: Flask) -> None:
    with PostOffice() as office:
        carriers = Carriers(each_app, office)
        carriers.work()
        filed(each_app, email=ANNA, at=carriers.clock() + DAY)
        carriers.work(seconds=61)
        assert len(office.taken) == 1
        carriers.work(days=2)
        assert (len(office.taken), states(each_app)) == (1, [NoticeState.SENT])


def test_a_try_that_failed_then_is_made_again_no_later_than_its_pause(each_app: Flask) -> None:
    with PostOffice() as office:
        carriers = Carriers(each_app, office)
        filed(each_app, email=ANNA)
        office.answers = {"RCPT": "451 busy"}
        carriers.work(days=1)
        office.answers = {}
        carriers.work(days=-1, hours=1)
        assert states(each_app) == [NoticeState.SENT]


def test_mails_rest_no_longer_for_it(each_app: Flask) -> None:
    office = PostOffice()
    carriers = Carriers(each_app, office)
    filed(each_app, email=ANNA)
    carriers.work(days=1)  # nobody is there: all mails rest
    with office:
        carriers.work(days=-1, minutes=2)
    assert states(each_app) == [NoticeState.SENT]


def test_what_a_worker_holds_is_left_to_it_for_as_long_as_usual(each_app: Flask) -> None:
    filed(each_app, email=ANNA)
    at = now()
    with each_app.app_context():
        held = outbox.take(at + DAY, resting=[(Carrier.CHANNEL, None)])
        assert held is not None
        assert outbox.heed_set_back(at)
        assert outbox.take(at + HELD - SECOND, resting=[(Carrier.CHANNEL, None)]) is None
        outbox.finish(held, Result(), at)
        assert outbox.take(at + DAY, resting=[(Carrier.CHANNEL, None)]) is None
    assert states(each_app) == [NoticeState.SENT]


def test_usual_pauses_and_holds_are_left_as_they_are(each_app: Flask) -> None:
    for number in range(2):
        filed(each_app, f"browser {number}", email=ANNA, order_id=str(number))
    at = now()
    with each_app.app_context():
        tried = outbox.take(at, resting=[(Carrier.CHANNEL, None)])
        assert tried is not None
        outbox.finish(tried, Result(fault=Fault.NOT_NOW), at)
        outbox.take(at, resting=[(Carrier.CHANNEL, None)])
        before = [notice.next_at for notice in mails(each_app)]
        assert not outbox.heed_set_back(at)
    assert [notice.next_at for notice in mails(each_app)] == before


@pytest.mark.parametrize(("ahead", "open_"), [(SKEW, True), (SKEW + 2 * MINUTE, False), (DAY, False)])
def test_a_session_of_then_has_ended_and_one_of_a_clock_a_little_ahead_has_not(
    ahead: timedelta, open_: bool, app: Flask
) -> None:
    olena = Colleague(app)
    carry(olena, session(app, started=-ahead, seen=-ahead))
    assert (olena.open("/staff/").status == 200) is open_


def test_a_one_time_link_of_then_works_no_more(app: Flask) -> None:
    account(app)
    with app.app_context():
        token = staff_access.reset("olena@example.com", now() + DAY)
        assert staff_access.link_owner(token, now()) == (False, None)
        assert staff_access.link_owner(token, now() + DAY)[0]


def test_no_answer_rests_on_what_was_known_then_until_it_is_read_anew(app: Flask) -> None:
    reference, at = filed(app), now()
    account(app)
    reading = Reading(status=Status.IN_PROGRESS, shown="In progress")
    answer = Answer(verdict=Verdict.ACCEPT_FULL, text="Some words.", matched_by="By mail.")

    def accept(reference: str, staff: Staff, seen: int) -> object:
        return tickets.answer(reference, staff, answer, policy(app), seen, at, reads=True)

    record(app, reading, at + DAY)
    with pytest.raises(tickets.Stale):
        by_staff(app, reference, accept)
    record(app, reading, at)
    by_staff(app, reference, accept)
    assert kinds(app, reference)[-1] == "answered"


def test_an_order_is_read_again_though_it_was_put_off_then(each_app: Flask) -> None:
    clock = Standing()
    due(each_app, ORDER)
    with each_app.app_context():
        assert tickets.take_lookups(clock.at + DAY) == [ORDER]
        tickets.heed_set_back(clock.at)
        assert tickets.take_lookups(clock.at) == [ORDER]


def test_who_asks_the_panel_anew_waits_since_now(each_app: Flask) -> None:
    clock = Standing()
    due(each_app, ORDER)
    with each_app.app_context():
        tickets.ask(ORDER, clock.at + DAY)
        assert tickets.ask(ORDER, clock.at) == clock.at


def test_a_cancellation_asked_for_then_is_not_sent_and_staff_are_told(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.passes(days=1)
    desk.ask(reference)
    desk.passes(days=-1)
    assert (desk.take(), desk.give_up(), desk.states()) == (None, 1, [CancelState.UNSENT])
    assert (state(each_app, reference), kinds(each_app, reference)[-1]) == ("accepted", "cancel_unsent")
    desk.ask(reference)
    assert desk.take() is not None


def test_a_cancellation_that_was_being_sent_then_is_unknown_and_not_for_ever_under_way(each_app: Flask) -> None:
    desk = Desk(each_app)
    reference = desk.accepted()
    desk.passes(days=1)
    desk.ask(reference)
    sending = desk.taken()
    desk.passes(days=-1)
    assert (desk.give_up(), desk.states()) == (1, [CancelState.UNKNOWN])
    assert desk.finish(sending) is CancelState.TAKEN
    assert state(each_app, reference) == "cancel_sent"
