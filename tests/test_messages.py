"""The conversation on a ticket: what customers and staff write to each other is neither lost nor doubled."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from flask import Flask

from portal.events import EventKind
from portal.models import Event, Picture
from portal.policy import State
from tests.answering import ACCEPT, ASK, DECLINE
from tests.build import upload
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import at_once, file, page_of, pictures_on, rows, secret_path
from tests.page import Page
from tests.stored import kinds, last_event, state, ticket
from tests.visitor import Visitor

FORM = "message"


def say(visitor: Visitor, path: str, text: str = "Here it is.", *files: Any, **more: Any) -> Page:
    """Write a message to staff on the page of a ticket; return the answer."""
    forged = {"screenshots": list(files)} if files else None
    return visitor.send_form(visitor.visit(path), {"text": text}, form=FORM, forged=forged, **more)


@pytest.fixture
def path(visitor: Visitor) -> str:
    """The page of a ticket that a customer filed."""
    return page_of(file(visitor))


def test_an_answer_to_a_question_stands_on_both_pages_and_brings_the_ticket_back(
    each_app: Flask, visitor: Visitor
) -> None:
    path = page_of(file(visitor))
    olena, reference = Colleague(each_app), path.rpartition("/")[2]
    olena.act(reference, "answer", **ASK)
    assert visitor.visit(path).link("Answer the question").endswith("#message")
    assert say(visitor, path, "It is <b>1048577</b>.", upload()).status == 303
    page = visitor.visit(path)
    assert page.says(".told") == "Your message was sent to staff."
    assert (page.h1, page.says(".own h3")) == ("Your request is being reviewed", "You wrote")
    assert "It is <b>1048577</b>." in page.says(".own")
    assert state(each_app, reference) == "in_review"
    desk = olena.ticket(reference)
    assert "It is <b>1048577</b>." in desk.says("section[aria-labelledby=history]")
    for seen, by in ((page, visitor), (desk, olena)):
        (picture,) = pictures_on(seen)
        assert by.open(picture).headers["Content-Type"] == "image/webp"


def test_messages_stand_in_order_and_change_no_state(app: Flask, visitor: Visitor, path: str) -> None:
    olena, reference = Colleague(app), path.rpartition("/")[2]
    say(visitor, path, "First.")
    olena.act(reference, "write", text="Second.")
    say(visitor, path, "Third.")
    page = visitor.visit(path)
    assert [tag.get_text() for tag in page.all("#messages .typed")] == ["First.", "Second.", "Third."]
    assert state(app, reference) == "received"
    assert kinds(app, reference) == ["filed", "customer_wrote", "staff_wrote", "customer_wrote"]


def test_a_message_is_not_a_note_and_a_note_no_message(app: Flask, visitor: Visitor, path: str) -> None:
    olena, reference = Colleague(app), path.rpartition("/")[2]
    olena.act(reference, "write", text="For the customer.")
    olena.act(reference, "note", note="Between ourselves.")
    page = visitor.visit(path)
    assert "For the customer." in page.text
    assert "Between ourselves." not in page.html
    history = olena.ticket(reference)
    assert "For the customer." in history.says("li.sent")
    assert "Between ourselves." in history.says("li.private")


@pytest.mark.parametrize("answer", [DECLINE, {**ACCEPT}])
def test_staff_write_in_every_state_and_customers_while_somebody_works_on_it(
    app: Flask, visitor: Visitor, path: str, answer: dict[str, Any]
) -> None:
    olena, reference = Colleague(app), path.rpartition("/")[2]
    before = visitor.visit(path)
    olena.act(reference, "answer", **answer)
    olena.act(reference, "write", text="One thing more.")
    is_open = answer["verdict"] != "decline"
    assert (FORM in [form.id for form in visitor.visit(path).forms]) is is_open
    late = visitor.send_form(before, {"text": "But it has not begun."}, form=FORM)
    assert late.status == (303 if is_open else 409)
    if not is_open:
        assert late.says("#errors-title") == "Your request ended while this page was open"
        assert last_event(app, reference).kind is EventKind.STAFF_WROTE
        assert late.form(FORM).fields["text"].strip() == "But it has not begun."


def test_a_message_needs_words_and_keeps_its_pictures_until_they_come(app: Flask, visitor: Visitor, path: str) -> None:
    page = say(visitor, path, " ", upload())
    assert (page.status, page.errors) == (422, {"text": "Write your message"})
    assert len(page.form(FORM).choices("kept")) == 1
    assert rows(app, Event) == [1]
    assert visitor.send_form(page, {"text": "Now with words."}, form=FORM).status == 303
    assert len(pictures_on(visitor.visit(path))) == 1


def test_a_message_takes_three_screenshots_and_a_ticket_ten(app: Flask, visitor: Visitor, path: str) -> None:
    refused = say(visitor, path, "Four.", *[upload(f"{n}.png") for n in range(4)])
    assert (refused.status, refused.errors) == (422, {"screenshots": "Choose at most 3 screenshots"})
    for text in ("One.", "Two.", "Three."):
        assert say(visitor, path, text, *[upload(f"{n}.png") for n in range(3)]).status == 303
    refused = say(visitor, path, "Four.", upload(), upload("b.png"))
    assert refused.errors == {"screenshots": "A request takes 10 screenshots: 1 more fits. Send fewer"}
    assert refused.form(FORM).fields["text"].strip() == "Four."
    assert say(visitor, path, "Four.", upload()).status == 303
    refused = say(visitor, path, "Five.", upload())
    assert refused.errors["screenshots"] == "A request takes 10 screenshots, and has them. Send this without one"
    assert say(visitor, path, "Five.").status == 303
    assert len(pictures_on(visitor.visit(path))) == 10


def test_two_clicks_are_one_message(each_app: Flask, visitor: Visitor) -> None:
    path = page_of(file(visitor))
    page = visitor.visit(path)
    clicks = [partial(visitor.send_form, page, {"text": "Once."}, form=FORM)] * 4
    assert {answer.status for answer in at_once(clicks)} == {303}
    assert kinds(each_app, path.rpartition("/")[2]) == ["filed", "customer_wrote"]
    assert visitor.send_form(page, {"text": "Another."}, form=FORM).status == 303


def test_a_message_without_a_right_token_is_kept_and_not_sent(app: Flask, visitor: Visitor, path: str) -> None:
    for forged in ({"csrf_token": "old"}, {"submission": "made-up"}):
        answer = visitor.send_form(visitor.visit(path), {"text": "Typed."}, form=FORM, forged=forged)
        assert answer.status == 400
        assert answer.form(FORM).fields["text"].strip() == "Typed."
    assert rows(app, Event) == [1]


def test_nobody_writes_without_the_secret_link(app: Flask, visitor: Visitor, path: str) -> None:
    stranger = Visitor(app)
    token = stranger.visit("/en/tickets/new").form("ticket-form").fields["csrf_token"]
    for step in ("messages", "email", "withdraw"):
        sent = {"csrf_token": token, "text": "Hello.", "email": "stranger@example.com", "sure": "y", "seen": "1"}
        assert stranger.post(f"{path}/{step}", sent, headers={"Referer": "http://127.0.0.1:8000/"}).status == 403
    assert rows(app, Event) == [1]


def test_messages_are_limited_and_what_was_typed_is_kept(app_with: AppWith) -> None:
    app = app_with(limits="messages_ticket=2/3600")
    visitor = Visitor(app)
    path = page_of(file(visitor))
    for text in ("One.", "Two."):
        assert say(visitor, path, text).status == 303
    answer = say(visitor, path, "Three.")
    assert (answer.status, answer.form(FORM).fields["text"].strip()) == (429, "Three.")
    assert int(answer.headers["Retry-After"]) > 0
    assert rows(app, Event) == [3]


def test_pictures_of_another_browser_are_not_taken(app: Flask, visitor: Visitor) -> None:
    confirmation = file(visitor)
    path, other = page_of(confirmation), Visitor(app)
    other.visit(secret_path(confirmation))
    kept = say(other, path, "", upload()).form(FORM).choices("kept")
    answer = visitor.send_form(visitor.visit(path), {"text": "Mine."}, form=FORM, forged={"kept": kept})
    assert (answer.status, rows(app, Event)) == (422, [1])
    assert rows(app, Picture) == [1]


def test_a_message_in_a_colleague_s_way_is_told_and_nothing_typed_is_lost(
    app: Flask, visitor: Visitor, path: str
) -> None:
    olena, reference = Colleague(app), path.rpartition("/")[2]
    page = olena.ticket(reference)
    say(visitor, path, "Wait, the link is another.")
    conflict = olena.on(page, "answer", code=409, **DECLINE)
    assert "Wait, the link is another." in conflict.says("section[aria-labelledby=since]")
    assert state(app, reference) == State.RECEIVED


def test_a_ticket_waits_for_staff_since_the_customer_answered(app: Flask, visitor: Visitor, path: str) -> None:
    olena, reference = Colleague(app), path.rpartition("/")[2]
    olena.act(reference, "answer", **ASK)
    with app.app_context():
        assert ticket(reference).waits_since is None
    say(visitor, path)
    with app.app_context():
        found = ticket(reference)
        assert found.waits_since == found.events[-1].at
