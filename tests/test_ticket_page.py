"""A ticket's page: who sees it, what it says and does not say, taking the request back."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from portal import create_app
from portal.app import CONTENT
from portal.extensions import Base, db
from portal.models import PolicyVersion
from portal.policy import State
from tests.answering import ACCEPT
from tests.build import settings_for, typed
from tests.colleague import Colleague
from tests.conftest import Kind
from tests.databases import running
from tests.filing import file, page_of, reference_of, rows, secret_path, stored_tickets
from tests.visitor import Visit, Visitor

HOSTILE = "<script>alert(1)</script> & \"double\" 'single' {{ 7 * 7 }} %(x)s"


def test_the_secret_link_is_exchanged_for_a_cookie_of_that_ticket_alone(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor)
    other = Visitor(app)
    answer = other.open(secret_path(filed))
    assert (answer.status, answer.location) == (303, f"http://127.0.0.1:8000{page_of(filed)}")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith(f"ticket-{reference_of(filed)}=")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=3600", "Path=/"} <= set(cookie.split("; "))
    page = other.visit(page_of(filed))
    assert "Max-Age=3600" in page.headers["Set-Cookie"]
    assert secret_path(filed) not in page.html


def test_the_link_opens_in_the_language_of_the_filing(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor, "/uk/tickets/new")
    assert Visitor(app).visit(secret_path(filed)).lang == "uk"


def test_without_the_cookie_a_ticket_looks_like_one_that_does_not_exist(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor)
    reference, stranger = reference_of(filed), Visitor(app)
    for path in ("", "/filed"):
        there = stranger.visit(f"/en/tickets/{reference}{path}", status=403)
        not_there = stranger.visit(f"/en/tickets/AAA-AAAA{path}", status=403)
        assert there.h1 == "Open your secret link again"
        assert there.html.replace(reference, "") == not_there.html.replace("AAA-AAAA", "")
    assert stranger.post(f"/en/tickets/{reference}/withdraw", {"sure": "y"}).status == 403
    assert stranger.post("/en/tickets/AAA-AAAA/withdraw", {"sure": "y"}).status == 403


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "%FF", "é", "'--"])
def test_a_wrong_token_opens_nothing(app: Flask, visitor: Visitor, token: str) -> None:
    file(visitor)
    Visitor(app).visit(f"/t/{token}", status=404)


def test_the_cookie_of_one_ticket_does_not_open_another(app: Flask, visitor: Visitor) -> None:
    mine, theirs = file(visitor), file(Visitor(app), order_id="2")
    cookie = visitor.client.get_cookie(f"ticket-{reference_of(mine)}", domain="127.0.0.1")
    assert cookie is not None
    visitor.client.set_cookie(f"ticket-{reference_of(theirs)}", cookie.value, domain="127.0.0.1")
    visitor.visit(page_of(theirs), status=403)


def test_several_tickets_stay_open_side_by_side_and_a_form_acts_on_its_own(app: Flask, visitor: Visitor) -> None:
    first, second = file(visitor), file(visitor, order_id="2")
    page = visitor.visit(page_of(first))
    visitor.visit(page_of(second))
    assert visitor.send_form(page, {"sure": True}, form="withdraw").status == 303
    states = {ticket.reference: ticket.state for ticket in stored_tickets(app)}
    assert states == {reference_of(first): State.WITHDRAWN, reference_of(second): State.RECEIVED}


def test_the_database_alone_opens_no_ticket(app: Flask, visitor: Visitor) -> None:
    token = secret_path(file(visitor)).rpartition("/")[2]
    assert len(token) == 43
    with app.app_context():
        for name in Base.metadata.tables:
            assert token not in repr(db.session.execute(text(f"SELECT * FROM {name}")).all())


def test_the_page_says_where_it_is_what_was_filed_and_what_the_policy_said(visitor: Visitor) -> None:
    page = visitor.visit(page_of(file(visitor, reference="payment 77", problem="other")))
    assert page.h1 == "We have your request"
    for value in ("order_id", "service_name", "link", "reason"):
        assert typed()[value] in page.text
    assert "payment 77" in page.text
    assert page.answer.outcome == "best_chance"
    assert page.answer.guarantee
    assert len(page.all("ol.steps time[datetime]")) == 1
    assert re.search(r"Version 1\b", page.text)
    assert (page.headers["Cache-Control"], len(page.all("meta[name=robots][content*=noindex]"))) == ("no-store", 1)


def test_special_characters_are_words_and_nothing_else(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor, service_name=HOSTILE, reason=HOSTILE, reference=HOSTILE, link="https://x.example/\"'<b>&")
    for page in (visitor.visit(page_of(filed)), Colleague(app).ticket(reference_of(filed))):
        assert page.text.count(HOSTILE) >= 3
        assert "<script>alert" not in page.html
        assert "https://x.example/\"'<b>&" in [link.href for link in page.links]


@pytest.mark.parametrize(("link", "is_link"), [("HTTPS://X.example/a", True), ("t.me/x", False), ("@name", False)])
def test_a_submitted_link_is_a_link_only_if_it_is_an_address(visitor: Visitor, link: str, is_link: bool) -> None:
    page = visitor.visit(page_of(file(visitor, link=link)))
    assert (link in [a.href for a in page.links]) is is_link
    if is_link:
        assert {"noopener", "noreferrer"} <= set(page.one(f'a[href="{link}"]')["rel"])


def test_what_the_policy_said_stays_readable_after_it_changed(app: Flask, on_sqlite: Kind, tmp_path: Path) -> None:
    folder = shutil.copytree(CONTENT, tmp_path / "changed")
    for name, old, new in (("policy.toml", 'version = "1"', 'version = "9"'), ("en.toml", "Cancel", "Revoc")):
        words = (folder / name).read_text(encoding="utf-8")
        assert old in words
        (folder / name).write_text(words.replace(old, new), encoding="utf-8")
    with on_sqlite[0].migrated() as url:
        with running(create_app(settings_for(url))) as before:
            visitor = Visitor(before)
            link = secret_path(file(visitor))
            said = Visitor(before).visit(link).answer.text
            file(visitor, order_id="2")
            assert rows(before, PolicyVersion) == [1]
        with running(create_app(settings_for(url), content_folder=folder)) as after:
            page = Visitor(after).visit(link)
            assert page.answer.text == said
            assert re.search(r"Version 1\b", page.text)
            newer = Visitor(after)
            now_said = newer.visit(page_of(file(newer, order_id="3")))
            assert "Version 9" in now_said.text
            assert now_said.answer.text != said
            assert rows(after, PolicyVersion) == [2]


def test_an_answer_stands_on_the_page_with_its_clause(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor)
    said, clause = "Delivery <b>began</b> at noon.", "unlikely-in-progress"
    Colleague(app).act(reference_of(filed), "answer", verdict="decline", clause=clause, text=said)
    page = visitor.visit(page_of(filed))
    assert page.h1 == "Your request was declined"
    assert said in page.says(".reply")
    assert "/en/cancellation#unlikely-in-progress" in [link.href for link in page.links]
    assert len(page.all("ol.steps li")) == 3
    assert [form.id for form in page.forms if form.posts] == ["email-form"]


def test_the_customer_sees_nothing_that_staff_noted_or_recorded(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor)
    desk, reference = Colleague(app), reference_of(filed)
    before = visitor.visit(page_of(filed))
    desk.act(reference, "note", note="Between ourselves: looks like a guess.")
    desk.act(reference, "facts", status="in_progress", sent_to_provider="yes", service_issue="yes")
    assert visitor.visit(page_of(filed)).text == before.text
    desk.act(reference, "take")
    desk.act(reference, "answer", verdict="accept_full", matched_by="wrote from the account's own address")
    page = visitor.visit(page_of(filed))
    for secret in ("Between ourselves", "account's own address", "Olena", "olena@", "In progress"):
        assert secret not in page.text
    assert page.h1 == "Your request was accepted"


def test_a_request_is_withdrawn_once_the_customer_is_sure(app: Flask, visitor: Visitor) -> None:
    path = page_of(file(visitor))
    page = visitor.send(f"{path}/withdraw", at=path)
    assert (page.status, page.errors) == (422, {"sure": "Tick the box if you want to withdraw the request"})
    assert stored_tickets(app)[0].state is State.RECEIVED
    assert visitor.send_form(page, {"sure": True}, form="withdraw").status == 303
    after = visitor.visit(path)
    assert after.h1 == "You withdrew your request"
    assert [form.id for form in after.forms if form.posts] == ["email-form"]


def test_a_request_that_changed_meanwhile_is_not_withdrawn_unseen(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor)
    page = visitor.visit(page_of(filed))
    desk = Colleague(app)
    desk.act(reference_of(filed), "answer", verdict="ask", text="Which account?")
    conflict = visitor.send_form(page, {"sure": True}, form="withdraw")
    assert conflict.status == 409
    assert "Your request changed while this page was open" in conflict.says(".error-summary")
    assert "Which account?" in conflict.text
    assert stored_tickets(app)[0].state is State.WAITING_FOR_CUSTOMER
    assert visitor.send_form(conflict, {"sure": True}, form="withdraw").status == 303


def test_an_answered_request_cannot_be_withdrawn(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor)
    page = visitor.visit(page_of(filed))
    Colleague(app).act(reference_of(filed), "answer", **ACCEPT)
    assert visitor.send_form(page, {"sure": True}, form="withdraw").status == 409
    assert visitor.send_form(page, {"sure": True}, form="withdraw", forged={"seen": "9" * 5000}).status == 409
    assert stored_tickets(app)[0].state is State.ACCEPTED


@pytest.mark.parametrize("forged", [{"csrf_token": None}, {"csrf_token": "x"}])
def test_withdrawing_needs_the_token_of_the_page(app: Flask, visitor: Visitor, forged: dict[str, str | None]) -> None:
    path = page_of(file(visitor))
    assert visitor.send(f"{path}/withdraw", {"sure": True}, at=path, forged=forged).status == 400
    assert stored_tickets(app)[0].state is State.RECEIVED


def test_opening_and_reading_change_nothing(app: Flask, visitor: Visitor, visit: Visit) -> None:
    filed = file(visitor)
    before = stored_tickets(app)
    for path in (secret_path(filed), page_of(filed), f"{page_of(filed)}/filed"):
        visit(path)
        assert visitor.open(path, method="HEAD").status in (200, 303)
    assert stored_tickets(app) == before


def test_a_reference_is_short_and_has_no_letters_that_look_alike(app: Flask, visitor: Visitor) -> None:
    assert re.fullmatch(r"[ACDEFHJKMNPRTWXY34679]{3}-[ACDEFHJKMNPRTWXY34679]{4}", reference_of(file(visitor)))
