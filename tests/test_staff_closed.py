"""Closed by default: every address of staff to strangers, every POST without a right token, every GET to changes."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.build import typed
from tests.colleague import PASSWORD, Colleague
from tests.page import Page
from tests.stored import RIGHT, everything, filed, secret_link
from tests.visitor import Visitor

OPEN = {"/staff/sign-in", "/staff/setup/<token>"}
FOREIGN = "ImZvcmVpZ24i.aaaaaa.c29tZWJvZHkgZWxzZSdz"
FILLED = {**typed(), "seen": "1", "sure": "y", "email": "olena@example.com", "password": PASSWORD, "note": "Noted."}


def taking(app: Flask, method: str) -> list[Rule]:
    """Return every address that takes a method."""
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def address(rule: Rule, reference: str, token: str = "made-up", action: str = "note") -> str:
    """Return an address of a rule, with what it names filled in."""
    values = {
        "language": "en",
        "reference": reference,
        "picture": "1",
        "token": token,
        "action": action,
        "name": "x.css",
        "notice": "1",
        "step": "again",
    }
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: values.get(part[1], part[0]), rule.rule)
    assert "<" not in path, f"tell `address` what stands for the parts of {rule.rule}"
    return path


def refused(page: Page) -> bool:
    """Return whether a write was refused."""
    return page.status in (400, 403, 404, 405, 410, 415)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_of_staff_is_closed_to_strangers(app: Flask, method: str) -> None:
    reference = filed(app)
    before = everything(app)
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/staff") and rule.rule not in OPEN]
    assert len(rules) > 6
    for rule in rules:
        page = Visitor(app).open(address(rule, reference), method=method, data=FILLED if method == "POST" else None)
        to_sign_in = (page.location or "").startswith("http://127.0.0.1:8000/staff/sign-in")
        assert (method == "GET" and to_sign_in) or refused(page), f"{rule.rule} is open: {page!r}"
        assert RIGHT["service_name"] not in page.html
    assert everything(app) == before


def test_sign_in_and_one_time_links_alone_are_open(app: Flask) -> None:
    for path in OPEN:
        page = Visitor(app).open(path.replace("<token>", "made-up"))
        assert page.status in (200, 410)


def test_a_customer_who_opened_a_ticket_is_a_stranger_to_staff(app: Flask) -> None:
    reference = filed(app)
    customer = Visitor(app)
    customer.visit(secret_link(app, reference))
    page = customer.visit(f"/staff/tickets/{reference}", status=303)
    assert page.location == f"http://127.0.0.1:8000/staff/sign-in?next=/staff/tickets/{reference}"


def test_a_form_sent_after_the_session_ended_says_that_nothing_was_stored(app: Flask) -> None:
    reference = filed(app)
    olena = Colleague(app)
    page = olena.ticket(reference)
    olena.send("/staff/sign-out", at="/staff/")
    before = everything(app)
    answer = olena.send_form(page, {"note": "Long thought about."}, form="note")
    assert (answer.status, answer.h1) == (403, "You are signed out; nothing was stored")
    assert everything(app) == before


@pytest.mark.parametrize("sent", [{}, {"csrf_token": FOREIGN}, {"csrf_token": ""}], ids=["none", "foreign", "empty"])
def test_every_post_without_a_right_token_is_refused(app: Flask, sent: dict[str, str]) -> None:
    reference = filed(app)
    olena = Colleague(app)
    olena.visit(secret_link(app, reference))
    olena.visit("/en/tickets/new")
    before = everything(app)
    for rule in taking(app, "POST"):
        page = olena.post(address(rule, reference), {**FILLED, **sent})
        assert refused(page), f"{rule.rule} was not refused: {page!r}"
        assert everything(app) == before, f"{rule.rule} stored something"


def test_the_token_of_another_browser_is_foreign(app: Flask) -> None:
    reference = filed(app)
    olena, other = Colleague(app), Colleague(app)
    token = other.ticket(reference).form("note").fields["csrf_token"]
    before = everything(app)
    answer = olena.send_form(olena.ticket(reference), {"note": "Typed."}, form="note", forged={"csrf_token": token})
    assert answer.status == 400
    assert answer.form("note").fields["note"] == "Typed."
    assert everything(app) == before


@pytest.mark.parametrize("action", ["take", "give-back", "note", "facts", "answer", "move", "reopen"])
def test_no_step_of_staff_is_taken_without_a_token(app: Flask, action: str) -> None:
    reference = filed(app)
    olena = Colleague(app)
    before = everything(app)
    answer = olena.post(f"/staff/tickets/{reference}/{action}", FILLED)
    assert answer.status == 400
    assert everything(app) == before


def test_no_get_changes_anything_that_anyone_could_see(app: Flask) -> None:
    reference = filed(app)
    olena = Colleague(app)
    link = secret_link(app, reference)
    olena.open(link)
    before = everything(app) | {"counters": []}
    for rule in taking(app, "GET"):
        olena.open(address(rule, reference, token=link.rpartition("/")[2]))
        assert everything(app) | {"counters": []} == before, f"{rule.rule} stored something"
