"""Claim and fact on the staff's page: side by side, each with who says it and when; and the panel, asked from there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask

from portal.clock import now
from portal.filing import Problem, Told
from portal.policy import Status
from tests.at_panel import AMOUNTS, OLD, ORDER, OVER, STILL, asked_at, reads, refuses, shows, waits
from tests.colleague import TARAS, Colleague
from tests.page import Page
from tests.reading import words
from tests.stored import everything, filed, kinds
from tests.visitor import Visitor

NASTY = "<script>alert(1)</script> & \"'"
LOAD_AGAIN = "Load the page again"


def told(**changes: Any) -> Told:
    """Return what the main site told of the order."""
    return Told(at=now() - timedelta(hours=1), order_id=ORDER, **changes)


def stated(page: Page) -> dict[str, list[str]]:
    """Return who states what, by each fact's label, without the times."""
    return {
        words(dt(row)).removesuffix(" they differ"): [_stated(one) for one in row.select("li")] for row in rows(page)
    }


def _stated(line: Tag) -> str:
    assert line.select_one("time[datetime]"), f"{line}: no time"
    return words(line).partition(",")[0] + ":" + words(line).rpartition(":")[2]


def rows(page: Page) -> list[Tag]:
    """Return the facts that stand side by side."""
    return page.all(".facts > div")


def dt(row: Tag) -> Tag | None:
    """Return the label of a row."""
    return row.select_one("dt")


def differing(page: Page) -> list[str]:
    """Return the labels of the facts that are marked: those who state them differ."""
    return [words(dt(row)).removesuffix(" they differ") for row in page.all(".facts > .differs")]


def reading(page: Page) -> str:
    """Return what the page says that the panel said last."""
    return page.says("#panel-reading")


def test_claim_and_fact_stand_side_by_side_with_who_and_when(panel_app: Flask) -> None:
    reference = filed(panel_app, status=Status.PENDING, problem=Problem.OTHER, told=told(provider_allows=True))
    shows(panel_app, Status.IN_PROGRESS)
    olena = Colleague(panel_app)
    olena.act(reference, "facts", status="partial", sent_to_provider="yes")
    page = olena.ticket(reference)
    assert stated(page)["Order status"] == [
        "the customer: Pending",
        "the panel: In progress",
        "staff: Olena: Partial",
    ]
    assert stated(page)["The provider allows stopping the order"] == ["SMM-PANEL.PRO: Yes", "staff: Olena: Yes"]
    assert stated(page)["Sent to a provider or its API"] == ["staff: Olena: Yes"]
    assert differing(page) == ["Order status"]


def test_what_the_main_site_filled_in_is_no_claim_of_the_customer(panel_app: Flask) -> None:
    reference = filed(panel_app, status=Status.PROCESSING, told=told(status=Status.PROCESSING))
    page = Colleague(panel_app).ticket(reference)
    assert stated(page)["Order status"] == ["SMM-PANEL.PRO: Processing"]
    shows(panel_app, Status.PROCESSING)
    again = Colleague(panel_app).ticket(reference)
    assert stated(again)["Order status"] == ["SMM-PANEL.PRO: Processing", "the panel: Processing"]
    assert differing(again) == []


@pytest.mark.parametrize(("claimed", "shown"), [(Status.UNKNOWN, Status.PENDING), (Status.PENDING, Status.UNKNOWN)])
def test_what_is_not_known_contradicts_nothing(panel_app: Flask, claimed: Status, shown: Status) -> None:
    reference = filed(panel_app, status=claimed)
    shows(panel_app, shown)
    assert differing(Colleague(panel_app).ticket(reference)) == []


def test_the_policy_answers_each_and_what_was_known_before_is_folded(panel_app: Flask) -> None:
    reference = filed(panel_app, status=Status.PENDING, problem=Problem.OTHER)
    olena = Colleague(panel_app)
    shows(panel_app, Status.IN_PROGRESS, ago=OLD)
    shows(panel_app, Status.CANCELED)
    page = olena.ticket(reference)
    known = page.says("section[aria-labelledby=known]")
    assert [answer.outcome for answer in page.answers] == ["best_chance", "already_stopped", "unlikely"]
    assert "On what the customer says" in known
    assert known.count("On what the panel showed") == 2
    assert len(page.all("section[aria-labelledby=known] > details section.answer")) == 1


def test_an_unknown_status_stands_in_the_panels_own_word(panel_app: Flask) -> None:
    reference = filed(panel_app)
    shows(panel_app, Status.UNKNOWN, shown=f"Awaiting {NASTY}")
    page = Colleague(panel_app).ticket(reference)
    assert stated(page)["Order status"][1] == f"the panel: Awaiting {NASTY}"
    assert f"The panel’s own word Awaiting {NASTY}" in reading(page)
    assert f"the panel showed: Awaiting {NASTY}. You can answer on that." in page.says("#answer-ground")
    assert not page.all("main script")


def test_a_reading_is_shown_with_all_that_the_panel_said_and_when(panel_app: Flask) -> None:
    reference = filed(panel_app)
    shows(panel_app, Status.PARTIAL, **AMOUNTS, start_count=3572)
    shown = reading(Colleague(panel_app).ticket(reference))
    for part in ("Partial", "0.90", "USD", "Remains 640", "Count at the start 3,572"):
        assert part in shown


def test_an_order_that_the_panel_does_not_know_is_told_in_its_words(panel_app: Flask) -> None:
    reference = filed(panel_app)
    refuses(panel_app, f"Incorrect order ID {NASTY}")
    page = Colleague(panel_app).ticket(reference)
    assert f"The panel says Incorrect order ID {NASTY}" in reading(page)
    assert not page.all("main script")
    assert stated(page)["Order status"] == ["the customer: Pending"]


def test_the_panel_can_be_asked_from_a_page_that_is_older_than_what_was_read(panel_app: Flask) -> None:
    reference, olena = filed(panel_app), Colleague(panel_app)
    older = olena.ticket(reference)
    shows(panel_app, Status.PROCESSING)
    olena.on(older, "read")
    assert asked_at(panel_app) is not None


def test_asking_the_panel_has_it_asked_and_the_page_says_so(panel_app: Flask) -> None:
    reference, olena = filed(panel_app), Colleague(panel_app)
    assert "The panel was not read yet." in reading(olena.ticket(reference))
    assert asked_at(panel_app) is None
    before = kinds(panel_app, reference)
    pressed = olena.act(reference, "read")
    assert asked_at(panel_app) is not None
    waits(panel_app, STILL)
    page = olena.visit(str(pressed.location))
    assert "The panel is being asked." in reading(page)
    assert page.one("#panel-reading").has_attr("data-waits")
    assert page.link(LOAD_AGAIN) == f"/staff/tickets/{reference}"
    assert kinds(panel_app, reference) == before
    reads(panel_app, {"status": "Processing"})
    page = olena.visit(page.link(LOAD_AGAIN))
    assert "Processing" in reading(page)
    assert not page.all("[data-waits]")


def test_a_panel_that_does_not_answer_is_no_longer_waited_for(panel_app: Flask) -> None:
    reference, olena = filed(panel_app), Colleague(panel_app)
    olena.act(reference, "read")
    waits(panel_app, OVER)
    page = olena.ticket(reference)
    assert "has not answered yet" in reading(page)
    assert not page.all("[data-waits]")


def test_by_hand_the_panel_is_neither_asked_nor_told_anything(app: Flask) -> None:
    reference, olena = filed(app), Colleague(app)
    page = olena.ticket(reference)
    assert "The portal reads no panel" in page.says("section[data-panel]")
    assert not page.all("#panel-reading, form#read, form#cancel")
    before = everything(app)
    for action in ("read", "cancel"):
        form = page.form("note")
        sent = {"csrf_token": form.fields["csrf_token"], "seen": form.fields["seen"]}
        answer = olena.post(f"/staff/tickets/{reference}/{action}", sent, headers={"Referer": page.url})
        assert (answer.status, answer.says("#errors h2")[:19]) == (409, "This cannot be done")
    assert everything(app) == before


def part(colleague: Visitor, reference: str, seen: int = 1) -> Page:
    """Return the fragment that a waiting page asks for, who saw this version of the ticket."""
    page = colleague.visit(f"/staff/tickets/{reference}/panel?seen={seen}")
    assert {str(tag["id"]) for tag in page.all("[id]")} >= {"panel-reading", "answer-ground"}
    return page


def test_the_part_of_the_page_that_waits_is_answered_alone(panel_app: Flask) -> None:
    reference, taras = filed(panel_app), Colleague(panel_app, TARAS, language="uk")
    assert "Панелі ще не запитували." in part(taras, reference).text
    olena = Colleague(panel_app)
    shows(panel_app, Status.PENDING, ago=OLD)
    olena.act(reference, "read")
    waits(panel_app, STILL)
    waiting = part(olena, reference, 2)
    assert len(waiting.all("[data-waits]")) == 2
    assert waiting.says("#answer-ground button") == "See whether it has come"
    waits(panel_app, OVER)
    over = part(olena, reference, 2)
    assert not over.all("[data-waits]")
    assert over.all("input[name=seen_status]")
    assert over.one("input[name=seen_at]")["value"]
    reads(panel_app, {"status": "Pending"})
    fresh = part(olena, reference, 2)
    assert "the panel showed: Pending. You can answer on that." in fresh.says("#answer-ground")
    assert not fresh.all("[data-waits], .told, input")


def test_the_part_says_where_the_request_changed_meanwhile(panel_app: Flask) -> None:
    reference, olena = filed(panel_app), Colleague(panel_app)
    olena.act(reference, "read")
    reads(panel_app, {"status": "Completed"})
    moved = part(olena, reference)
    assert "The request changed meanwhile." in reading(moved)
    assert moved.link(LOAD_AGAIN) == f"/staff/tickets/{reference}"
    assert "then you can say it again" in moved.says("#answer-ground")
    assert "Completed" in reading(moved)
    assert "The request changed" not in part(olena, reference, 2).text


def test_the_part_is_for_staff_alone(panel_app: Flask) -> None:
    reference = filed(panel_app)
    shows(panel_app, Status.COMPLETED)
    refused = Visitor(panel_app).open(f"/staff/tickets/{reference}/panel?seen=1")
    assert (refused.status, "Completed" in refused.html) == (303, False)
    assert "/staff/sign-in" in str(refused.location)
    Colleague(panel_app).visit("/staff/tickets/AAA-AAAA/panel", status=404)
