"""Staff are reminded of what waits longer than the target, once a wait, in each of their channels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.concerns import Carrier, NoticeKind, NoticeState
from portal.keys import digest, random_token
from portal.models import Notice
from portal.policy import Verdict
from tests.answering import answers
from tests.carrying import Carriers, notices
from tests.colleague import account
from tests.post_office import PostOffice
from tests.stored import filed, work

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise imports it
QUESTION = tickets.Answer(verdict=Verdict.ASK, text="Which one?")
STAFF = ("olena@shop.example", "taras@shop.example")


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server, by which the channels of staff go too."""
    with PostOffice() as office:
        yield office


def channels(office: PostOffice) -> tuple[str, ...]:
    """Return two channels of staff, which go by mail."""
    ask = "?from=portal@shop.example&mode=insecure&to="
    return tuple(f"mailto://127.0.0.1:{office.port}{ask}{email}" for email in STAFF)


def reminders(app: Flask) -> list[Notice]:
    """Return the reminders, not yet spread over the channels."""
    return notices(app, Notice.kind == NoticeKind.OVERDUE, Notice.recipient == "")


def asked_and_answered(app: Flask, reference: str, carriers: Carriers) -> None:
    """Have staff ask something and the customer answer it at the worker's moment: another wait begins."""
    at = carriers.clock()
    answers(app, reference, QUESTION, at)
    with app.app_context():
        tickets.write_to_staff(
            reference, "This one.", pictures=(), browser="", submission=digest(random_token()), at=at
        )


def test_staff_are_reminded_once_a_wait(each_app: Flask, office: PostOffice) -> None:
    reference = filed(each_app, at=now())
    carriers = Carriers(each_app, office, staff_channels=channels(office)[:1], answer_target=24)
    carriers.work(hours=23)
    assert reminders(each_app) == []
    carriers.work(hours=1)
    assert len(reminders(each_app)) == 1
    for _ in range(3):
        carriers.work(days=3)
    assert len(reminders(each_app)) == 1
    asked_and_answered(each_app, reference, carriers)
    carriers.work(hours=23)
    assert len(reminders(each_app)) == 1
    carriers.work(hours=1)
    assert len(reminders(each_app)) == 2
    about = [handed for handed in office.taken if "Досі без відповіді" in handed.mail["Subject"]]
    assert [handed.recipients for handed in about] == [(STAFF[0],)] * 2
    assert all(f"/staff/tickets/{reference}" in handed.part("plain") for handed in about)


def test_what_does_not_wait_for_staff_is_not_reminded_of(app: Flask, office: PostOffice) -> None:
    asked, ended, waits = (filed(app, str(order), order_id=str(order), at=now()) for order in range(3))
    answers(app, asked, QUESTION)
    work(app, waits, lambda ref, staff, seen: tickets.take(ref, staff, seen, now()), account(app))
    with app.app_context():
        tickets.withdraw(ended, 1, now())
    Carriers(app, office, staff_channels=channels(office)[:1], answer_target=1).work(hours=2)
    assert [notice.ticket.reference for notice in reminders(app) if notice.ticket] == [waits]


@pytest.mark.parametrize("without", ["target", "channel"])
def test_nobody_is_reminded_without_a_target_or_a_channel(app: Flask, office: PostOffice, without: str) -> None:
    filed(app)
    target, known = (None, channels(office)[:1]) if without == "target" else (1, ())
    Carriers(app, office, staff_channels=known, answer_target=target).work(days=9)
    assert reminders(app) == []


def test_two_workers_remind_once(each_app: Flask, office: PostOffice) -> None:
    filed(each_app, at=now() - timedelta(days=2))
    workers = [Carriers(each_app, office, staff_channels=channels(office)[:1], answer_target=1) for _ in range(2)]
    for worker in workers:
        worker.work()
    assert len(reminders(each_app)) == 1


def test_each_channel_gets_a_message_of_its_own_without_the_customer_s_words(app: Flask, office: PostOffice) -> None:
    reference = filed(app, email="anna@example.com", reason="<b>My</b> own reason, at length.")
    Carriers(app, office, staff_channels=channels(office)).work()
    spread = notices(app, Notice.carrier == Carrier.CHANNEL, Notice.recipient != "")
    assert [(notice.kind, notice.state) for notice in spread] == [(NoticeKind.NEW, NoticeState.SENT)] * 2
    for email in STAFF:
        (message,) = [handed for handed in office.to(email) if "1048576" in handed.mail["Subject"]]
        lines = message.part("plain").splitlines()
        assert f"http://127.0.0.1:8000/staff/tickets/{reference}" in [line.strip() for line in lines]
        assert [word for word in ("reason", "anna@", "/t/") if word in message.part("plain")] == []
