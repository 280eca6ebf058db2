"""Staff answer, record what became of it, review again; and what the customer reads after each step."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal.events import EventKind
from tests.answering import ACCEPT, ASK, DECLINE, MATCH, customers, reads, records
from tests.colleague import TARAS, Colleague
from tests.page import Page
from tests.reading import words
from tests.stored import filed, kinds, last_event, state, ticket


def history(page: Page) -> list[str]:
    """Return the lines of a ticket's history as staff read them."""
    return [words(line) for line in page.all("section[aria-labelledby=history] .steps li")]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"text": "Only words."}, {"answer-verdict": "Choose an answer"}),
        ({"verdict": "accept_full"}, {"answer-matched_by": "Write how you matched the filer with the order’s owner"}),
        ({"verdict": "accept_part"}, {"answer-matched_by": "Write how you matched the filer with the order’s owner"}),
        (
            {"verdict": "accept_full", "matched_by": MATCH},
            {"answer-seen_status": "Choose the status that the panel shows now"},
        ),
        (
            {"verdict": "decline"},
            {
                "answer-clause": "Choose the clause that the answer rests on",
                "answer-text": "Write a sentence to the customer",
            },
        ),
        ({"verdict": "ask", "text": " \u200e "}, {"answer-text": "Write a sentence to the customer"}),
        ({"verdict": "ask", "text": "x" * 2001}, {"answer-text": "Shorten this by 1 character"}),
    ],
)
def test_an_answer_says_what_it_must(app: Flask, typed: dict[str, Any], errors: dict[str, str]) -> None:
    olena, reference = Colleague(app), filed(app)
    page = olena.act(reference, "answer", code=422, **typed)
    assert page.errors == errors
    kept = page.form("answer").fields
    assert all(kept.get(name, "").strip() == value.replace("\u200e", "").strip() for name, value in typed.items())
    assert kinds(app, reference) == ["filed"]


@pytest.mark.parametrize(
    ("typed", "after", "headline", "reply"),
    [
        (ACCEPT, "accepted", "Your request was accepted", "Accepted: we ask for the whole order to be stopped"),
        (
            {**ACCEPT, "verdict": "accept_part"},
            "accepted",
            "Your request was accepted",
            "Accepted: we ask for the undelivered part to be stopped",
        ),
        (DECLINE, "declined", "Your request was declined", "The order stays as it is"),
        (ASK, "waiting_for_customer", "We are waiting for your answer", "We need to know more"),
    ],
)
def test_each_answer_reaches_the_customer_with_its_words(
    app: Flask, typed: dict[str, Any], after: str, headline: str, reply: str
) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **typed)
    assert state(app, reference) == after
    seen = ["facts_recorded"] if after == "accepted" else []
    assert kinds(app, reference) == ["filed", "taken", *seen, "answered"]
    page = customers(app, reference)
    assert page.h1 == headline
    assert page.says(".reply h3") == f"Our answer: {reply}"
    assert typed["text"] in page.says(".reply")
    assert typed.get("clause", "") in "".join(link.href for link in page.links)
    assert "canceled yet" in page.text or after != "accepted"
    reads(app, reference)


def test_a_match_with_the_owner_is_kept_and_shown_to_staff_and_asked_once(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **ACCEPT)
    with app.app_context():
        assert (ticket(reference).proven, ticket(reference).matched_by) == (True, MATCH)
    page = olena.ticket(reference)
    assert "who asks is proven" in page.text
    assert f"Matched with the owner: {MATCH}" in history(page)[-1]
    olena.act(reference, "move", state="not_canceled")
    olena.act(reference, "reopen", reason="The provider wrote again.")
    assert "matched_by" not in olena.ticket(reference).form("answer").names
    olena.act(reference, "answer", verdict="accept_part")


def test_declining_and_asking_need_no_match_and_prove_nothing(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **ASK)
    olena.act(reference, "answer", **DECLINE)
    with app.app_context():
        assert (ticket(reference).proven, ticket(reference).matched_by) == (False, None)


def test_what_the_customer_adds_brings_the_ticket_back_into_review(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **ASK)
    assert filed(app, reason="Here is more about the order.") == reference
    page = olena.ticket(reference)
    assert state(app, reference) == "in_review"
    assert "Here is more about the order." in page.says("section[aria-labelledby=claim]")
    assert len(page.answers) == 2
    assert "You added to your request" in reads(app, reference)


@pytest.mark.parametrize(
    ("steps", "headlines"),
    [
        (["canceled", "credited"], ["The panel shows your order as canceled", "An amount was added to your balance"]),
        (
            ["cancel_sent", "partly_canceled", "credited"],
            [
                "The panel was asked to stop the order",
                "The panel shows your order as partly canceled",
                "An amount was added to your balance",
            ],
        ),
        (["cancel_sent", "not_canceled"], ["The panel was asked to stop the order", "The order could not be canceled"]),
    ],
)
def test_what_became_of_it_is_told_as_staff_saw_it(app: Flask, steps: list[str], headlines: list[str]) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **ACCEPT)
    for step, headline in zip(steps, headlines, strict=True):
        assert headline not in reads(app, reference)
        records(olena, reference, step, f"Words about {step}.")
        assert state(app, reference) == step
        assert customers(app, reference).h1 == headline
        assert f"Words about {step}." in reads(app, reference)


def test_an_order_is_called_canceled_only_once_staff_saw_it(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **ACCEPT)
    olena.act(reference, "move", state="cancel_sent")
    for phrase in ("shows your order as canceled", "The order was stopped", "was added to your balance"):
        assert phrase not in reads(app, reference)


@pytest.mark.parametrize("before", ["declined", "not_canceled", "cancel_sent"])
def test_a_ticket_is_reviewed_again_only_with_a_reason(app: Flask, before: str) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **(DECLINE if before == "declined" else ACCEPT))
    if before != "declined":
        olena.act(reference, "move", state=before)
    page = olena.act(reference, "reopen", code=422, reason="")
    assert page.errors == {"reopen-reason": "Write why it is reviewed again"}
    Colleague(app, TARAS).act(reference, "reopen", reason="Seen by staff: the panel shows another status.")
    assert state(app, reference) == "in_review"
    assert "has it: Taras" in olena.ticket(reference).text
    assert customers(app, reference).h1 == "Your request is being reviewed"
    reads(app, reference)
    olena.act(reference, "answer", **DECLINE)


def test_a_reason_to_review_again_goes_to_the_open_request_of_the_same_filer(each_app: Flask) -> None:
    olena, reference = Colleague(each_app), filed(each_app)
    olena.act(reference, "answer", **DECLINE)
    another = filed(each_app)
    answer = olena.act(reference, "reopen", reason="It changed.")
    assert str(answer.location).endswith(f"/staff/tickets/{another}")
    page = olena.visit(str(answer.location))
    assert page.says(".told").startswith("The filer has this other open request for the order.")
    assert (state(each_app, reference), state(each_app, another)) == ("declined", "received")
    note = last_event(each_app, another)
    assert (note.kind, note.data) == (EventKind.NOTE, {"text": "It changed.", "from": reference})
    assert f"the ended request {reference}" in page.says("section[aria-labelledby=history]")
