"""What is written into the outbox, to whom, and when: with the event, in its transaction, once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from portal import outbox, tickets
from portal.clock import now
from portal.concerns import Carrier, NoticeKind
from portal.extensions import db
from portal.filing import Filing
from portal.keys import digest, random_token
from portal.models import Event, Notice, Ticket
from tests.build import typed
from tests.carrying import ANNA, notices
from tests.filing import NEW, at_once, rows
from tests.steps import STEPS
from tests.stored import RIGHT, filed, last_event, ticket
from tests.visitor import Visitor

MAIL, CHANNEL = Carrier.MAIL, Carrier.CHANNEL
TOLD: dict[tuple[str, ...], tuple[NoticeKind | None, NoticeKind | None]] = {
    ("file again",): (NoticeKind.RECEIVED, NoticeKind.CUSTOMER_WROTE),
    ("ask", "file again"): (NoticeKind.RECEIVED, NoticeKind.CUSTOMER_WROTE),
    ("take",): (None, None),
    ("take", "take over"): (None, None),
    ("take", "give back"): (None, None),
    ("note",): (None, None),
    ("record facts",): (None, None),
    ("replace the link",): (None, None),
    ("ask",): (NoticeKind.ASKED, None),
    ("accept",): (NoticeKind.ANSWERED, None),
    ("accept a part",): (NoticeKind.ANSWERED, None),
    ("decline",): (NoticeKind.ANSWERED, None),
    ("write",): (NoticeKind.WROTE, None),
    ("accept", "send"): (None, None),
    ("accept", "send with words"): (NoticeKind.WROTE, None),
    ("accept", "cancel"): (NoticeKind.CANCELED, None),
    ("accept", "cancel with words"): (NoticeKind.CANCELED, None),
    ("accept", "send", "cancel partly"): (NoticeKind.CANCELED, None),
    ("accept", "cancel partly with words"): (NoticeKind.CANCELED, None),
    ("accept", "not cancel"): (NoticeKind.CANCELED, None),
    ("accept", "send", "not cancel with words"): (NoticeKind.CANCELED, None),
    ("accept", "cancel", "credit"): (NoticeKind.CREDITED, None),
    ("accept", "cancel", "credit with words"): (NoticeKind.CREDITED, None),
    ("accept", "ask the panel to cancel"): (None, None),
    ("accept", "ask the panel to cancel", "call it back"): (None, None),
    ("accept", "ask the panel to cancel", "the panel takes it"): (None, None),
    ("accept", "ask the panel to cancel", "the panel refuses it"): (NoticeKind.NOT_TAKEN, NoticeKind.CANCEL_FAILED),
    ("accept", "ask the panel to cancel", "the panel does not answer"): (None, NoticeKind.CANCEL_FAILED),
    ("accept", "ask the panel to cancel", "the panel is never reached"): (None, NoticeKind.CANCEL_FAILED),
    ("read",): (None, None),
    ("accept", "read as canceled"): (NoticeKind.CANCELED, None),
    ("record amounts",): (None, None),
    ("decline", "reopen"): (NoticeKind.REOPENED, None),
    ("decline", "write"): (NoticeKind.WROTE, None),
    ("customer writes",): (None, NoticeKind.CUSTOMER_WROTE),
    ("ask", "customer writes"): (None, NoticeKind.CUSTOMER_WROTE),
    ("withdraw",): (None, None),
    ("set the address",): (None, None),
    ("turn mails off",): (None, None),
    ("turn mails off", "turn mails on"): (None, None),
}


def done(app: Flask, reference: str, *steps: str) -> list[Notice]:
    """Do these steps; return the notices that the last one wrote."""
    for step in steps[:-1]:
        STEPS[step](app, reference)
    before = {notice.id for notice in notices(app)}
    STEPS[steps[-1]](app, reference)
    return [notice for notice in notices(app) if notice.id not in before]


def test_a_request_that_is_filed_is_told_to_its_customer_and_to_staff(each_app: Flask) -> None:
    reference = filed(each_app, email=ANNA)
    found = notices(each_app)
    assert [(notice.carrier, notice.kind, notice.recipient) for notice in found] == [
        (MAIL, NoticeKind.RECEIVED, ANNA),
        (CHANNEL, NoticeKind.NEW, ""),
    ]
    filing = last_event(each_app, reference)
    assert {(notice.event_id, notice.ticket_id) for notice in found} == {(filing.id, filing.ticket_id)}


@pytest.mark.parametrize("steps", TOLD, ids=", then ".join)
def test_each_step_is_told_to_whom_it_concerns_and_to_nobody_else(each_app: Flask, steps: tuple[str, ...]) -> None:
    reference = filed(each_app, email=ANNA)
    to_customer, to_staff = TOLD[steps]
    told = {(MAIL, to_customer, ANNA), (CHANNEL, to_staff, "")}
    found = done(each_app, reference, *steps)
    assert sorted((n.carrier, n.kind, n.recipient) for n in found) == sorted(line for line in told if line[1])
    about = last_event(each_app, reference)
    assert {notice.event_id for notice in found} <= {about.id}


def test_every_step_has_a_line_in_the_table() -> None:
    assert {steps[-1] for steps in TOLD} == set(STEPS)


@pytest.mark.parametrize("steps", [steps for steps, told in TOLD.items() if told[0] and "again" not in steps[-1]])
def test_whoever_gave_no_address_or_turned_mails_off_gets_none(app: Flask, steps: tuple[str, ...]) -> None:
    to_staff = [CHANNEL] if TOLD[steps][1] else []
    silent = filed(app, "a browser without address")
    assert [notice.carrier for notice in done(app, silent, *steps)] == to_staff
    turned_off = filed(app, order_id="another-order", email=ANNA)
    with app.app_context():
        tickets.turn_mails(turned_off, now(), on=False)
    assert [notice.carrier for notice in done(app, turned_off, *steps)] == to_staff


def test_an_address_that_is_given_anew_turns_the_mails_on_and_gets_what_comes(each_app: Flask) -> None:
    reference = filed(each_app, email=ANNA)
    for step in ("turn mails off", "set the address"):
        STEPS[step](each_app, reference)
    assert [notice.recipient for notice in done(each_app, reference, "ask")] == ["other@example.com"]


def test_a_fault_after_the_notices_were_written_leaves_neither_ticket_nor_notice(each_app: Flask) -> None:
    seen: list[int] = []

    def fail(*_: object) -> None:
        if written := db.session.scalar(select(func.count()).select_from(Notice)):
            seen.append(written)
            raise RuntimeError("the machine stops")

    event.listen(db.session, "before_commit", fail)
    try:
        page = Visitor(each_app).send(NEW, typed(email=ANNA))
    finally:
        event.remove(db.session, "before_commit", fail)
    assert (page.status, seen) == (500, [2])
    assert rows(each_app, Ticket, Event, Notice) == [0, 0, 0]


def test_a_step_that_is_refused_tells_nobody(each_app: Flask) -> None:
    reference = filed(each_app, email=ANNA)
    before = len(notices(each_app))
    with pytest.raises(tickets.Refused):
        STEPS["credit"](each_app, reference)
    assert len(notices(each_app)) == before


def test_a_filing_that_arrives_three_times_at_once_is_told_once(each_app: Flask) -> None:
    portal, this = each_app.extensions["portal"], tickets.Try(submission=digest(random_token()))
    filer = tickets.Filer(browser=digest("a customer's"), language="en")

    def send() -> str:
        with each_app.app_context():
            filing = Filing(**RIGHT, email=ANNA)
            spoken = portal.content.policy
            done = tickets.file(filing, filer, pictures=(), this=this, policy=spoken, keys=portal.keys, at=now())
            return done.reference

    assert len(set(at_once([send, send, send]))) == 1
    assert [notice.kind for notice in notices(each_app)] == [NoticeKind.RECEIVED, NoticeKind.NEW]


def test_what_was_written_once_is_not_written_again(each_app: Flask) -> None:
    reference = filed(each_app, email=ANNA)
    with each_app.app_context():
        found = ticket(reference)
        outbox.write(found, found.events[-1])
        db.session.commit()
    assert len(notices(each_app)) == 2
