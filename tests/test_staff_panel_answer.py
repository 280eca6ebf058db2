"""An acceptance rests on fresh facts: the panel is asked first, what was typed is kept, and staff say what they saw."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.clock import now
from portal.policy import Status
from tests.at_panel import OLD, OVER, STILL, asked_at, reads, refuses, shows, waits
from tests.colleague import OLENA, TARAS, Colleague
from tests.page import Page
from tests.reading import words
from tests.stored import everything, filed, kinds, last_event, state

MATCH = "Wrote from the account's e-mail."
TEXT = "We ask for it.\r\nSoon."
ACCEPT: dict[str, Any] = {
    "verdict": "accept_part",
    "text": TEXT,
    "matched_by": MATCH,
    "clause": "possible-still-pending",
}
NOT_YET = "Your answer was not sent yet"


@pytest.fixture
def stale(panel_app: Flask) -> str:
    """A ticket whose order was read too long ago."""
    reference = filed(panel_app)
    shows(panel_app, Status.PENDING, ago=OLD)
    waits(panel_app, STILL)
    return reference


def ground(page: Page) -> str:
    """Return what the page says that an answer rests on."""
    return page.says("#answer-ground")


def keeps(page: Page) -> bool:
    """Return whether the answer's form holds all that was typed."""
    held = page.form("answer").fields
    return {name: held.get(name) for name in ACCEPT} == ACCEPT


def clock(page: Page) -> str:
    """Return the time that the field of it holds."""
    return str(page.form("answer").fields["seen_at"])


def history(page: Page) -> list[str]:
    """Return the lines of the history."""
    return [words(line) for line in page.all("section[aria-labelledby=history] .steps li")]


def minutes_before(clock: str, minutes: int) -> str:
    """Return what a clock showed so many minutes before."""
    shown = datetime.combine(now(), time.fromisoformat(clock))
    return f"{shown - timedelta(minutes=minutes):%H:%M}"


def accepted_on(app: Flask, reference: str) -> tuple[str, str]:
    """Return the status that the last line's acceptance rests on, and who states it."""
    on = last_event(app, reference).data["on"]
    assert abs(datetime.fromisoformat(on["at"]) - now()) < timedelta(minutes=7)
    return on["status"], on["source"]


def test_a_word_that_the_portal_does_not_know_stays_with_the_acceptance_that_rested_on_it(panel_app: Flask) -> None:
    reference, olena = filed(panel_app), Colleague(panel_app)
    shows(panel_app, Status.UNKNOWN, shown="Awaiting moderation")
    olena.act(reference, "answer", **ACCEPT)
    assert ": Awaiting moderation" in olena.ticket(reference).says("section[aria-labelledby=history]")


def test_what_was_just_read_is_enough_to_accept(panel_app: Flask) -> None:
    reference, olena = filed(panel_app), Colleague(panel_app)
    shows(panel_app, Status.PENDING)
    page = olena.ticket(reference)
    assert "the panel showed: Pending. You can answer on that." in ground(page)
    assert "seen_status" not in page.form("answer").names
    olena.on(page, "answer", **ACCEPT)
    assert (state(panel_app, reference), *accepted_on(panel_app, reference)) == ("accepted", "pending", "panel")
    assert "On what the panel showed, " in history(olena.ticket(reference))[-1]


def test_accepting_on_what_is_old_asks_the_panel_first_keeps_what_was_typed_and_stores_no_answer(
    panel_app: Flask, stale: str
) -> None:
    olena = Colleague(panel_app)
    held = olena.act(stale, "answer", code=200, **ACCEPT)
    assert keeps(held)
    assert NOT_YET in held.says("main > [role=status]")
    assert "The panel is being asked what it shows now." in ground(held)
    assert not held.all(".error-summary")
    assert "Load the page again" not in held.text
    assert kinds(panel_app, stale) == ["filed", "facts_read"]
    still = olena.on(held, "answer", code=200, press="reading")
    assert keeps(still)
    assert (NOT_YET in still.text, "is being asked what" in ground(still)) == (False, True)
    reads(panel_app, {"status": "Pending"})
    come = olena.on(still, "answer", code=200, press="reading")
    assert keeps(come)
    assert "You can answer on that." in ground(come)
    olena.on(come, "answer")
    assert (state(panel_app, stale), *accepted_on(panel_app, stale)) == ("accepted", "pending", "panel")


def test_accepting_asks_once_and_waits_from_the_first_time(panel_app: Flask) -> None:
    olena, reference = Colleague(panel_app), filed(panel_app)
    shows(panel_app, Status.PENDING, ago=OLD)
    page = olena.ticket(reference)
    assert "It is asked again when you accept." in ground(page)
    assert asked_at(panel_app) is None
    held = olena.on(page, "answer", code=200, **ACCEPT)
    since = asked_at(panel_app)
    assert since is not None
    olena.visit(f"/staff/tickets/{reference}")
    olena.send_form(held, {}, form="answer")
    assert asked_at(panel_app) == since


def test_what_does_not_accept_needs_no_panel(panel_app: Flask) -> None:
    reference = filed(panel_app)
    Colleague(panel_app).act(reference, "answer", verdict="ask", text="Which account?")
    assert (state(panel_app, reference), asked_at(panel_app)) == ("waiting_for_customer", None)


@pytest.mark.parametrize("press", [None, "reading"])
def test_a_status_that_moved_meanwhile_is_shown_before_the_answer_is_taken(
    panel_app: Flask, stale: str, press: str | None
) -> None:
    olena = Colleague(panel_app)
    held = olena.act(stale, "answer", code=200, **ACCEPT)
    reads(panel_app, {"status": "In progress", "remains": "640"})
    moved = olena.on(held, "answer", code=409, press=press)
    assert moved.says("#errors-title") == "This request changed while you had it open"
    assert "the panel was readOrder status: In progress" in moved.says("section[aria-labelledby=since]")
    assert keeps(moved)
    assert "the panel showed: In progress. You can answer on that." in ground(moved)
    assert kinds(panel_app, stale) == ["filed", "facts_read", "facts_read"]
    olena.on(moved, "answer")
    assert (state(panel_app, stale), *accepted_on(panel_app, stale)) == ("accepted", "in_progress", "panel")


def test_after_ten_seconds_staff_say_what_they_saw_and_that_is_kept(panel_app: Flask, stale: str) -> None:
    olena = Colleague(panel_app)
    held = olena.act(stale, "answer", code=200, **ACCEPT)
    waits(panel_app, OVER)
    over = olena.on(held, "answer", code=200, press="reading")
    assert keeps(over)
    assert "has not answered in ten seconds" in ground(over)
    assert "seen_status" not in over.form("answer").fields
    asked = olena.on(over, "answer", code=422)
    assert asked.errors == {"answer-seen_status": "Choose the status that the panel shows now"}
    assert keeps(asked)
    olena.on(asked, "answer", seen_status="processing")
    assert kinds(panel_app, stale)[-3:] == ["taken", "facts_recorded", "answered"]
    assert accepted_on(panel_app, stale) == ("processing", "staff")
    page = olena.ticket(stale)
    assert "On what staff saw on the panel, " in history(page)[-1]
    assert "staff: Olena" in page.says(".facts")


def test_of_an_order_that_the_panel_does_not_know_staff_say_it_at_once(panel_app: Flask) -> None:
    reference, olena = filed(panel_app), Colleague(panel_app)
    refuses(panel_app, "Incorrect order ID")
    page = olena.ticket(reference)
    assert "The panel says of this order: “Incorrect order ID”." in ground(page)
    olena.on(page, "answer", **ACCEPT, seen_status="pending")
    assert (state(panel_app, reference), *accepted_on(panel_app, reference)) == ("accepted", "pending", "staff")


def test_a_panel_that_did_not_know_the_order_long_ago_is_asked_again(panel_app: Flask) -> None:
    reference, olena = filed(panel_app), Colleague(panel_app)
    refuses(panel_app, "Incorrect order ID", ago=OLD)
    page = olena.ticket(reference)
    waits(panel_app, STILL)
    assert ground(page) == "The panel said of this order: “Incorrect order ID”. It is asked again when you accept."
    held = olena.on(page, "answer", code=200, **ACCEPT)
    assert "is being asked what" in ground(held)
    refuses(panel_app, "Incorrect order ID")
    assert "Look for yourself" in ground(olena.on(held, "answer", code=200, press="reading"))


def test_by_hand_the_fields_are_always_there(app: Flask) -> None:
    reference, olena = filed(app), Colleague(app)
    page = olena.ticket(reference)
    assert "To accept, say what the panel shows now" in ground(page)
    olena.on(page, "facts", status="pending")
    just = olena.ticket(reference)
    assert "You can answer on that." in ground(just)
    olena.on(just, "answer", **ACCEPT, seen_status="processing")
    assert accepted_on(app, reference) == ("processing", "staff")


def test_what_was_seen_is_a_status_or_something_else_and_never_not_known(app: Flask) -> None:
    shown = Colleague(app).ticket(filed(app)).says("#answer-ground")
    assert "Completed" in shown
    assert "Something else" in shown
    assert "I don’t know" not in shown


def test_by_hand_what_was_recorded_just_now_is_enough(app: Flask) -> None:
    reference, olena = filed(app), Colleague(app)
    olena.act(reference, "facts", status="pending")
    olena.act(reference, "answer", **ACCEPT)
    assert (state(app, reference), *accepted_on(app, reference)) == ("accepted", "pending", "staff")


BAD_TIMES = {
    "no time": ("noon", "Write the time as hours and minutes, such as 14:05"),
    "an hour that there is not": ("25:00", "Write the time as hours and minutes, such as 14:05"),
    "too long ago": (7, "That is not just now. Look at the panel again, and say what it shows"),
    "yet to come": (-5, "That is not just now. Look at the panel again, and say what it shows"),
}


@pytest.mark.parametrize(("when", "error"), BAD_TIMES.values(), ids=BAD_TIMES)
def test_a_time_that_is_none_or_not_just_now_is_asked_for_again(app: Flask, when: str | int, error: str) -> None:
    reference, olena = filed(app), Colleague(app)
    page = olena.ticket(reference)
    typed = when if isinstance(when, str) else minutes_before(clock(page), when)
    before = everything(app)
    refused = olena.on(page, "answer", code=422, **ACCEPT, seen_status="processing", seen_at=typed)
    assert refused.errors == {"answer-seen_at": error}
    assert keeps(refused)
    assert (clock(refused), refused.form("answer").fields["seen_status"]) == (typed, "processing")
    assert everything(app) == before
    olena.on(refused, "answer", seen_at=minutes_before(clock(page), 2))
    assert accepted_on(app, reference) == ("processing", "staff")


@pytest.mark.parametrize("seen_at", [None, ""])
def test_without_a_time_it_is_now(app: Flask, seen_at: str | None) -> None:
    reference = filed(app)
    Colleague(app, TARAS).act(reference, "answer", **ACCEPT, seen_status="pending", seen_at=seen_at)
    assert accepted_on(app, reference) == ("pending", "staff")


def test_no_status_chosen_by_hand_is_asked_for(app: Flask) -> None:
    refused = Colleague(app, OLENA).act(filed(app), "answer", code=422, **ACCEPT)
    assert refused.errors == {"answer-seen_status": "Choose the status that the panel shows now"}
    assert keeps(refused)
