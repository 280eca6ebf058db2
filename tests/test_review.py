"""The review page: a ticket is taken, looked up, answered and followed; and what its customer reads after each step."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from portal.filing import Problem
from portal.policy import Status
from tests.answering import customers, reads
from tests.colleague import OLENA, TARAS, Colleague
from tests.page import Page
from tests.reading import words
from tests.stored import RIGHT, filed, kinds, secret_link, state
from tests.visitor import Visitor


def history(page: Page) -> list[str]:
    """Return the lines of a ticket's history as staff read them."""
    return [words(line) for line in page.all("section[aria-labelledby=history] .steps li")]


def actions(page: Page) -> set[str]:
    """Return what can be done on a page."""
    return {form.id for form in page.forms if form.id}


def test_staff_see_what_was_filed_and_what_the_policy_said(app: Flask) -> None:
    page = Colleague(app).ticket(filed(app, status=Status.PROCESSING))
    claim = page.says("section[aria-labelledby=claim]")
    assert all(RIGHT[name] in claim for name in ("order_id", "service_name", "link", "reason"))
    assert page.answer.outcome == "unlikely"
    assert page.answer.reasons
    assert page.answer.guarantee
    assert "who asks is not proven" in page.text


def test_a_link_that_was_filed_is_a_link_only_if_it_is_of_the_web(app: Flask) -> None:
    olena = Colleague(app)
    with_address = olena.ticket(filed(app, order_id="1")).one("section[aria-labelledby=claim] a[rel*=nofollow]")
    assert with_address["href"] == RIGHT["link"]
    without = olena.ticket(filed(app, order_id="2", link="@javascript:alert"))
    assert not without.all("section[aria-labelledby=claim] a[rel*=nofollow]")


def test_what_was_typed_is_shown_as_text(app: Flask) -> None:
    nasty = "<b>\"'& <script>alert(1)</script>"
    page = Colleague(app).ticket(filed(app, service_name=nasty, reason=nasty, reference=nasty))
    assert page.text.count(nasty) >= 3
    assert not page.all("main b:not(nav b), main script")


def test_a_ticket_is_taken_and_given_back(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    assert "Your request is being reviewed" not in reads(app, reference)
    olena.act(reference, "take")
    assert state(app, reference) == "in_review"
    assert "has it: Olena" in olena.ticket(reference).text
    assert "Your request is being reviewed" in reads(app, reference)
    olena.act(reference, "give-back")
    assert state(app, reference) == "received"
    assert "nobody has it" in olena.ticket(reference).text
    assert customers(app, reference).h1 == "We have your request"


def test_a_ticket_is_taken_over_from_a_colleague(app: Flask) -> None:
    olena, taras, reference = Colleague(app), Colleague(app, TARAS), filed(app)
    olena.act(reference, "take")
    assert "take" not in actions(olena.ticket(reference))
    taras.act(reference, "take", press="Take it over")
    page = taras.ticket(reference)
    assert "has it: Taras" in page.text
    assert "Taras took it over" in history(page)[-1]
    assert [line.count("Olena") for line in history(page)] == [0, 1, 0]


def test_a_note_is_for_staff_alone(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    before = reads(app, reference)
    olena.act(reference, "note", note="Strange fellow.\nLook twice.")
    assert "Strange fellow." in history(Colleague(app, TARAS).ticket(reference))[-1]
    assert reads(app, reference) == before


def test_what_the_panel_shows_is_answered_beside_the_first_answer_with_what_changed(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app, problem=Problem.OTHER, status=Status.PENDING)
    before = reads(app, reference)
    olena.act(reference, "facts", status="in_progress", sent_to_provider="yes", provider_allows="yes")
    page = olena.ticket(reference)
    assert [answer.outcome for answer in page.answers] == ["best_chance", "difficult"]
    changed = [words(line) for line in page.all("section[aria-labelledby=known] .differs")]
    assert len(changed) == 3
    assert [line.partition("was: ")[2] for line in changed] == ["Pending", "I don’t know", "I don’t know"]
    (compared,) = page.all("section[aria-labelledby=facts-title] .differs")
    assert re.search("they differ.*the customer.*: Pending.*staff: Olena.*: In progress", words(compared))
    assert reads(app, reference) == before
    row = olena.visit("/staff/").says("table.inbox tbody tr")
    assert "In progress" in row


def test_what_staff_recorded_is_filled_in_for_the_next_look(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app, problem=Problem.OTHER)
    assert olena.ticket(reference).form("facts").fields["status"] == "pending"
    olena.act(reference, "facts", status="partial", service_issue="no")
    fields = olena.ticket(reference).form("facts").fields
    assert (fields["status"], fields["service_issue"], fields["wrong_link"]) == ("partial", "no", "unknown")


def test_other_tickets_for_the_order_and_from_the_filer_stand_beside_it(app: Flask) -> None:
    olena = Colleague(app)
    reference = filed(app, "one", order_id="A-1")
    others = {
        filed(app, "two", order_id="a-1"): "same order, another filer",
        filed(app, "one", order_id="B-2"): "same filer, another order",
    }
    stranger = filed(app, "three", order_id="C-3")
    related = olena.ticket(reference).all("section[aria-labelledby=related] li")
    assert len(related) == 2
    for other, relation in others.items():
        assert [relation in words(line) for line in related if other in words(line)] == [True]
    assert stranger not in olena.ticket(reference).text
    assert "B-2" not in reads(app, reference)


MADE_UP: list[Any] = ["", "-1", "x", "٣", "1e3", "9" * 5000, "99999999999999999999"]


@pytest.mark.parametrize("seen", MADE_UP, ids=range(len(MADE_UP)))
def test_a_made_up_version_is_a_version_that_was_not_seen(app: Flask, seen: str) -> None:
    olena, reference = Colleague(app), filed(app)
    page = olena.ticket(reference)
    answer = olena.send_form(page, {"note": "Typed."}, form="note", forged={"seen": seen})
    assert answer.status == 409
    assert answer.form("note").fields["note"].strip() == "Typed."
    customer = Visitor(app)
    own = customer.visit(secret_link(app, reference))
    refused = customer.send_form(own, {"sure": True}, form="withdraw", forged={"seen": seen})
    assert refused.status == 409
    assert kinds(app, reference) == ["filed"]


@pytest.mark.parametrize(
    "path",
    ["tickets/none", "tickets/A%00B", "tickets/%ED%A0%80", "tickets/{}/pictures/1", f"tickets/{{}}/pictures/{9**30}"],
)
def test_what_is_not_there_is_not_found(each_app: Flask, path: str) -> None:
    olena, reference = Colleague(each_app, OLENA), filed(each_app)
    olena.visit(f"/staff/{path.format(reference)}", status=404)


def test_an_unknown_step_is_not_found(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    assert olena.post(f"/staff/tickets/{reference}/delete", {"seen": "1"}).status == 404
