"""Notices while a worker holds them, what becomes of them where it dies, and what staff do with those not sent."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask

from portal import outbox
from portal.clock import now
from portal.concerns import Carrier, NoticeState
from portal.models import Notice
from portal.notices.post import Server
from portal.outbox import HELD, PAUSES, Fault, Held, Result
from tests.carrying import ANNA, Carriers, Clock, mails, notices, states
from tests.colleague import Colleague
from tests.filing import at_once
from tests.post_office import HANGS, PATIENCE, PostOffice
from tests.stored import filed

SENT, REFUSED, DROPPED = NoticeState.SENT, NoticeState.REFUSED, NoticeState.DROPPED


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with PostOffice() as office:
        yield office


def filed_by(app: Flask, number: int) -> list[str]:
    """File so many requests; return the addresses, in the order of the alphabet."""
    addresses = [f"customer{order:02}@example.com" for order in range(number)]
    for order, email in enumerate(addresses):
        filed(app, f"browser {order}", order_id=str(order), email=email)
    return addresses


def taken(app: Flask, clock: Clock) -> Held | None:
    """Take a notice as a worker does; mails alone are due."""
    with app.app_context():
        return outbox.take(clock(), resting=[(Carrier.CHANNEL, None)])


def finished(app: Flask, held: Held, result: Result, clock: Clock) -> None:
    """Record what became of a notice as a worker does."""
    with app.app_context():
        outbox.finish(held, result, clock())


def refused_mail(app: Flask, office: PostOffice) -> Carriers:
    """Have the one mail of a request refused for good; return whoever carried it."""
    filed(app, email=ANNA)
    carriers = Carriers(app, office)
    office.answers = {"RCPT": "550 5.1.1 No such user"}
    carriers.work()
    office.answers = {}
    assert states(app) == [REFUSED]
    return carriers


def test_workers_that_take_at_once_take_each_notice_once(each_app: Flask) -> None:
    addresses, clock = filed_by(each_app, 6), Clock()

    def all_there_is() -> list[str]:
        found = []
        while held := taken(each_app, clock):
            found.append(held.recipient)
        return found

    lists = at_once([all_there_is] * 4)
    first = [recipient for found in lists for recipient in found]
    late = all_there_is()  # PostgreSQL passes over what another takes at the moment
    assert sorted(first + late) == addresses


def test_workers_at_once_send_each_mail_once(each_app: Flask, office: PostOffice) -> None:
    addresses = filed_by(each_app, 6)
    workers = [Carriers(each_app, office) for _ in range(3)]
    at_once([worker.work for worker in workers])
    workers[0].work()
    assert sorted(one for handed in office.taken for one in handed.recipients) == addresses
    assert states(each_app) == [SENT] * 6


def test_what_a_worker_held_when_it_died_is_due_again_when_its_hold_ends(each_app: Flask, office: PostOffice) -> None:
    filed(each_app, email=ANNA)
    carriers = Carriers(each_app, office)
    held = taken(each_app, carriers.clock)
    assert held is not None
    carriers.clock.at += HELD
    carriers.clock.passes(seconds=-1)
    carriers.work()
    assert office.taken == []
    carriers.work(seconds=1)
    assert [handed.recipients for handed in office.taken] == [(ANNA,)]
    assert (mails(each_app)[0].state, mails(each_app)[0].tries) == (SENT, 2)


def test_a_worker_that_comes_late_with_a_fault_changes_nothing_and_with_a_mail_that_was_sent_ends_it(
    each_app: Flask,
) -> None:
    filed(each_app, email=ANNA)
    clock = Clock()
    first = taken(each_app, clock)
    clock.at += HELD
    second = taken(each_app, clock)
    assert first is not None
    assert second is not None
    finished(each_app, first, Result(fault=Fault.REFUSED, for_good=True), clock)
    assert (states(each_app), mails(each_app)[0].held_until) == ([NoticeState.WAITING], second.held_until)
    finished(each_app, first, Result(), clock)
    assert states(each_app) == [SENT]
    finished(each_app, second, Result(fault=Fault.NOT_NOW), clock)
    assert (states(each_app), mails(each_app)[0].next_at) == ([SENT], None)


def test_a_notice_that_kills_each_worker_is_given_up_and_keeps_no_other_from_its_way(
    each_app: Flask, office: PostOffice
) -> None:
    filed(each_app, "a deadly browser", order_id="666", email="deadly@example.com")
    carriers = Carriers(each_app, office)
    for _ in range(len(PAUSES) + 1):
        assert taken(each_app, carriers.clock) is not None
        carriers.clock.at += HELD
    filed(each_app, email=ANNA)
    carriers.work()
    carriers.work()
    deadly, other = mails(each_app)
    assert (deadly.state, deadly.fault, deadly.next_at) == (NoticeState.GIVEN_UP, Fault.UNFINISHED, None)
    assert (other.state, [handed.recipients for handed in office.taken]) == (SENT, [(ANNA,)])


def test_staff_send_a_mail_again(app: Flask, office: PostOffice) -> None:
    carriers, olena = refused_mail(app, office), Colleague(app)
    page = olena.visit("/staff/notices")
    assert ANNA in page.text
    assert olena.send_form(page, form=f"/staff/notices/{mails(app)[0].id}/again").status == 303
    assert (mails(app)[0].state, mails(app)[0].tries) == (NoticeState.WAITING, 0)
    carriers.work()
    assert [handed.recipients for handed in office.taken] == [(ANNA,)]
    assert ANNA not in olena.visit("/staff/notices").text


def test_staff_drop_a_mail(app: Flask, office: PostOffice) -> None:
    carriers, olena = refused_mail(app, office), Colleague(app)
    page = olena.visit("/staff/notices")
    assert olena.send_form(page, form=f"/staff/notices/{mails(app)[0].id}/drop").status == 303
    assert ANNA not in olena.visit("/staff/notices").text
    carriers.work(days=1)
    assert (states(app), office.taken) == ([DROPPED], [])


@pytest.mark.parametrize("step", ["again", "drop"])
def test_staff_are_told_where_a_notice_was_dropped_meanwhile_or_was_never_there(
    app: Flask, office: PostOffice, step: str
) -> None:
    refused_mail(app, office)
    olena, notice = Colleague(app), mails(app)[0].id
    page = olena.visit("/staff/notices")
    with app.app_context():
        outbox.drop(notice, now())
    answer = olena.send_form(page, form=f"/staff/notices/{notice}/{step}")
    assert (answer.status, states(app)) == (409, [DROPPED])
    carried = {"csrf_token": page.form(f"/staff/notices/{notice}/{step}").fields["csrf_token"]}
    for number in ("0", "999999", str(2**62), "9" * 30):
        found = olena.post(f"/staff/notices/{number}/{step}", carried, headers={"Referer": page.url})
        assert found.status in (404, 409)


@pytest.mark.parametrize("step", ["again", "drop"])
def test_staff_are_told_that_a_worker_sends_a_mail_just_now(app: Flask, office: PostOffice, step: str) -> None:
    carriers, olena = refused_mail(app, office), Colleague(app)
    notice = mails(app)[0].id
    with app.app_context():
        outbox.send_again(notice, now())
    patient = Carriers(app, Server(office.url, waits=PATIENCE, within=PATIENCE))
    page = olena.visit("/staff/notices")
    while not office.asked.empty():
        office.asked.get_nowait()
    office.answers = {"RCPT": HANGS}
    sending = Thread(target=patient.work)
    sending.start()
    while office.asked.get(timeout=PATIENCE) != "RCPT":
        pass
    answer = olena.send_form(page, form=f"/staff/notices/{notice}/{step}")
    assert (answer.status, states(app)) == (409, [NoticeState.WAITING])
    assert "A worker is sending this one just now" in answer.says(".error-summary")
    office.close()
    sending.join(PATIENCE)
    assert not sending.is_alive()
    office.open()
    office.answers = {}
    carriers.work(minutes=5)
    assert (states(app), len(office.taken)) == ([SENT], 1)


def test_staff_see_a_page_at_a_time_of_what_was_not_sent(app: Flask, office: PostOffice) -> None:
    addresses = filed_by(app, 52)
    office.answers = {"RCPT": "550 No"}
    carriers = Carriers(app, office)
    carriers.work()
    olena = Colleague(app)
    first = olena.visit("/staff/notices")
    second = olena.visit(first.link("Next page"))
    shown = [[email for email in addresses if email in page.text] for page in (first, second)]
    assert shown == [addresses[:50], addresses[50:]]
    assert "52" in olena.visit("/staff/").says("p.told")
    for after in ("-1", "x", "9" * 19, "²", ""):
        olena.visit(f"/staff/notices?after={after}")


def test_what_was_sent_or_dropped_is_forgotten_after_a_month_and_what_was_not_sent_is_not(
    app: Flask, office: PostOffice
) -> None:
    carriers = refused_mail(app, office)
    filed(app, "another's", order_id="2", email=ANNA)
    carriers.work()
    assert len(notices(app)) == 4
    carriers.work(days=29)
    assert len(notices(app)) == 4
    carriers.work(days=2)
    assert [notice.state for notice in notices(app)] == [REFUSED]
    assert notices(app, Notice.state == REFUSED)[0].recipient == ANNA
