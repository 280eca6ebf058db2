"""A link or an address in other hands: what it opens no longer, what it cannot use up; and clicks that come twice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.models import Event
from tests.answering import DECLINE
from tests.build import KEYS
from tests.carrying import ANNA, Carriers
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import at_once, file, page_of, rows, sent_with
from tests.handing import come as handed_over
from tests.handing import file_handed, token
from tests.post_office import PostOffice
from tests.stored import filed, kinds, ticket
from tests.test_messages import say
from tests.visitor import Visitor

THIEF = "thief@example.net"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with PostOffice() as office:
        yield office


def reference_in(path: str) -> str:
    """Return the reference in the path of a ticket's page."""
    return path.rpartition("/")[2]


def save(visitor: Visitor, path: str, email: str) -> int:
    """Give an address for mails on the page of a ticket; return the status."""
    return visitor.send_form(visitor.visit(path), {"email": email}, form="email-form").status


def test_a_new_link_does_not_go_to_whoever_had_the_old_one(app: Flask, office: PostOffice) -> None:
    thief = Visitor(app)
    path = page_of(file(thief, email=ANNA))
    assert save(thief, path, THIEF) == 303
    carriers = Carriers(app, office)
    carriers.work()
    taken = len(office.taken)
    olena = Colleague(app)
    olena.act(reference_in(path), "link")
    olena.act(reference_in(path), "write", text="Are you there?")
    thief.send("/en/tickets/link", {"order_id": "1048576", "email": THIEF})
    carriers.work()
    assert len(office.taken) == taken
    assert thief.open(path).status == 403


def test_a_new_link_leaves_the_address_that_the_main_site_told(app: Flask) -> None:
    visitor = Visitor(app)
    answer = file_handed(visitor, handed_over(visitor, token(email="customer@example.com")))
    path = page_of(visitor.visit(str(answer.location)))
    assert save(visitor, path, THIEF) == 303
    Colleague(app).act(reference_in(path), "link")
    with app.app_context():
        assert ticket(reference_in(path)).email == "customer@example.com"


def test_what_was_typed_is_shown_where_the_link_was_opened_too_long_ago(app: Flask) -> None:
    visitor = Visitor(app)
    path = page_of(file(visitor))
    page = visitor.visit(path)
    Colleague(app).act(reference_in(path), "link")
    for typed, form in (({"text": "A long <b>story</b>."}, "message"), ({"email": ANNA}, "email-form")):
        answer = visitor.send_form(page, typed, form=form)
        assert answer.status == 403
        assert next(iter(typed.values())) in answer.says(".typed")
    assert rows(app, Event) == [2]


def test_mails_are_turned_on_so_often_and_off_always(app_with: AppWith) -> None:
    app = app_with(limits="messages_ticket=3/3600")
    reference = filed(app, email=ANNA)
    with app.app_context():
        path = f"/en/mails/{tickets.mails_token(ticket(reference), KEYS)}"
    answers = [Visitor(app).post(path, {turn: "y"}).status for turn in ("off", "on") * 4]
    assert answers == [303, 303, 303, 303, 303, 303, 303, 429]
    with app.app_context():
        assert ticket(reference).mails_off_at is not None


def test_a_mail_to_an_old_address_turns_nothing_off_for_the_new_one(app: Flask) -> None:
    reference = filed(app, email=THIEF)
    with app.app_context():
        old = tickets.mails_token(ticket(reference), KEYS)
        tickets.set_email(reference, ANNA, now())
    assert Visitor(app).post(f"/en/mails/{old}", {"off": "y"}).status == 404


def test_nobody_uses_up_the_address_of_a_customer_whom_the_main_site_hands_over(app_with: AppWith) -> None:
    app = app_with(limits="filings_email=1/3600")
    assert sent_with(Visitor(app), order_id="1", email="customer@example.com").status == 303
    refused = sent_with(Visitor(app), order_id="2", email="Customer@ＥＸＡＭＰＬＥ.com")
    assert refused.status == 429
    assert refused.says("#errors-title") == "Too many requests name this e-mail address"
    visitor = Visitor(app)
    answer = file_handed(visitor, handed_over(visitor, token(email="customer@example.com")))
    assert answer.status == 303


def test_an_address_given_afterwards_counts_as_one_given_with_the_request(app_with: AppWith) -> None:
    app = app_with(limits="filings_email=1/3600")
    visitor = Visitor(app)
    path = page_of(file(visitor))
    assert save(visitor, path, ANNA) == 303
    more = visitor.visit(f"/en/tickets/new?again={reference_in(path)}")
    assert visitor.send_form(more, {"reason": "Some more words of it.", "understood": True, "keep_target": True},
                             form="ticket-form").status == 429  # fmt: skip
    assert save(visitor, path, "another@example.com") == 303
    assert save(visitor, path, ANNA) == 429


def test_adding_to_a_request_undoes_no_choice_of_mails(app: Flask) -> None:
    visitor = Visitor(app)
    answer = file_handed(visitor, handed_over(visitor, token(email="customer@example.com")))
    path = page_of(visitor.visit(str(answer.location)))
    save(visitor, path, ANNA)
    visitor.send_form(visitor.visit(path), form="email-form", press="off")
    add = visitor.visit(f"/en/tickets/new?again={reference_in(path)}")
    assert file_handed(visitor, add, reason="It has begun meanwhile.").status == 303
    with app.app_context():
        found = ticket(reference_in(path))
        assert (found.email, found.mails_off_at is None) == (ANNA, False)


def test_the_last_message_that_is_allowed_is_sent_by_two_clicks_too(app_with: AppWith) -> None:
    app = app_with(limits="messages_ticket=1/3600")
    visitor = Visitor(app)
    path = page_of(file(visitor))
    page = visitor.visit(path)
    clicks = [partial(visitor.send_form, page, {"text": "Once."}, form="message")] * 3
    assert {answer.status for answer in at_once(clicks)} == {303}
    assert say(visitor, path, "Twice.").status == 429


def test_two_clicks_on_reviewing_again_are_one_note(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **DECLINE)
    page, another = olena.ticket(reference), filed(app)
    for _ in range(2):
        assert olena.on(page, "reopen", reason="It changed.").status == 303
    assert kinds(app, another) == ["filed", "note"]
