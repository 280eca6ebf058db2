"""Two people at one ticket: the first counts, the second is told what happened and loses nothing typed (ASVS 2.3.4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tickets
from portal.clock import now
from portal.extensions import db
from portal.models import PolicyVersion, Staff
from portal.policy import Facts, Policy, Verdict
from tests.answering import ACCEPT, ASK, DECLINE, just_seen
from tests.colleague import OLENA, TARAS, Colleague
from tests.filing import at_once
from tests.page import Page
from tests.stored import another_policy, filed, kinds, policy, secret_link, state, work
from tests.visitor import Visitor

CHANGED = "This request changed while you had it open"


def told(page: Page) -> str:
    """Return what a page says that happened meanwhile."""
    assert (page.status, page.says("#errors-title")) == (409, CHANGED)
    return page.says("section[aria-labelledby=since]")


def test_the_first_answer_counts_and_the_second_is_told_and_loses_nothing(app: Flask) -> None:
    olena, taras, reference = Colleague(app), Colleague(app, TARAS), filed(app)
    of_olena, of_taras = olena.ticket(reference), taras.ticket(reference)
    olena.on(of_olena, "answer", **DECLINE)
    page = taras.on(of_taras, "answer", code=409, **ACCEPT)
    assert "Olena answered: Decline" in told(page)
    assert "It runs already." in told(page)
    kept = page.form("answer").fields
    assert {name: kept[name].strip() for name in ACCEPT} == ACCEPT
    assert state(app, reference) == "declined"
    assert kinds(app, reference) == ["filed", "taken", "answered"]


def test_the_second_may_send_it_again_once_it_was_told(app: Flask) -> None:
    olena, taras, reference = Colleague(app), Colleague(app, TARAS), filed(app)
    of_taras = taras.ticket(reference)
    olena.act(reference, "note", note="Looks like the order of yesterday.")
    page = taras.on(of_taras, "answer", code=409, **DECLINE)
    assert "Looks like the order of yesterday." in told(page)
    taras.on(page, "answer")
    assert state(app, reference) == "declined"


def test_an_answer_with_a_mistake_is_told_too_before_it_can_count(app: Flask) -> None:
    olena, taras, reference = Colleague(app), Colleague(app, TARAS), filed(app)
    of_taras = taras.ticket(reference)
    olena.act(reference, "answer", **ASK)
    page = taras.on(of_taras, "answer", code=409, verdict="decline", text="It runs already.")
    assert "Olena answered: Ask for more" in told(page)
    assert page.form("answer").fields["text"].strip() == "It runs already."


def test_a_page_that_is_too_old_is_still_told_at_the_next_try(app: Flask) -> None:
    olena, taras, reference = Colleague(app), Colleague(app, TARAS), filed(app)
    of_taras = taras.ticket(reference)
    olena.act(reference, "answer", **ASK)
    stale = taras.send_form(of_taras, DECLINE, form="answer", forged={"csrf_token": "old"})
    assert stale.status == 400
    assert "Olena answered" in told(taras.on(stale, "answer", code=409))


def test_what_became_of_it_is_recorded_once_and_the_late_choice_is_still_there(app: Flask) -> None:
    olena, taras, reference = Colleague(app), Colleague(app, TARAS), filed(app)
    olena.act(reference, "answer", **ACCEPT)
    of_taras = taras.ticket(reference)
    olena.act(reference, "move", state="canceled")
    page = taras.on(of_taras, "move", code=409, state="not_canceled", text="The provider refused.")
    assert "Canceled on the panel" in told(page)
    assert page.form("move").fields["state"] == "not_canceled"
    assert page.form("move").fields["text"].strip() == "The provider refused."
    assert state(app, reference) == "canceled"


def test_words_of_a_refused_answer_come_back_in_their_own_form_alone(app: Flask) -> None:
    olena, taras, reference = Colleague(app), Colleague(app, TARAS), filed(app)
    of_taras = taras.ticket(reference)
    olena.act(reference, "answer", **ACCEPT)
    page = taras.on(of_taras, "answer", code=409, **DECLINE)
    assert page.form("answer").fields["text"].strip() == "It runs already."
    assert page.form("move").fields["text"].strip() == ""


@pytest.mark.parametrize("action", ["take", "give-back", "facts", "note"])
def test_every_step_says_what_happened_meanwhile(app: Flask, action: str) -> None:
    olena, taras, reference = Colleague(app), Colleague(app, TARAS), filed(app)
    olena.act(reference, "take")
    of_taras = taras.ticket(reference)
    olena.act(reference, "note", note="Wait for me.")
    typed = {"facts": {"link_changed": "yes"}, "note": {"note": "Mine."}}.get(action, {})
    page = taras.on(of_taras, action, code=409, **typed)
    assert "Wait for me." in told(page)
    assert all(page.form(action).fields[name].strip() == value for name, value in typed.items())


def test_an_answer_to_a_ticket_withdrawn_meanwhile_reaches_nobody(app: Flask) -> None:
    taras, reference = Colleague(app, TARAS), filed(app)
    of_taras = taras.ticket(reference)
    customer = Visitor(app)
    customer.send_form(customer.visit(secret_link(app, reference)), {"sure": True}, form="withdraw")
    page = taras.on(of_taras, "answer", code=409, **DECLINE)
    assert "the customer withdrew the request" in told(page)
    assert page.form("answer").fields["text"].strip() == "It runs already."
    again = taras.on(page, "answer", code=409)
    assert again.says("#errors-title") == "This cannot be done in the request’s present state"
    assert state(app, reference) == "withdrawn"


def test_a_customer_withdraws_nothing_that_was_answered_meanwhile(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    customer = Visitor(app)
    own = customer.visit(secret_link(app, reference))
    olena.act(reference, "answer", **ACCEPT)
    page = customer.send_form(own, {"sure": True}, form="withdraw")
    assert (page.status, page.h1) == (409, "Your request was accepted")
    assert page.says("#errors-title") == "Your request changed while this page was open"
    assert state(app, reference) == "accepted"


def test_what_a_customer_is_not_shown_stands_in_no_customers_way(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    customer = Visitor(app)
    own = customer.visit(secret_link(app, reference))
    olena.act(reference, "note", note="Strange fellow.")
    olena.act(reference, "facts", status="partial")
    assert customer.send_form(own, {"sure": True}, form="withdraw").status == 303
    assert state(app, reference) == "withdrawn"


def test_an_answer_to_what_the_customer_added_to_meanwhile_is_told(app: Flask) -> None:
    taras, reference = Colleague(app, TARAS), filed(app)
    of_taras = taras.ticket(reference)
    assert filed(app, reason="Here is more about the order.") == reference
    assert "filed again" in told(taras.on(of_taras, "answer", code=409, **DECLINE))


def test_of_many_answers_at_the_same_moment_one_counts(each_app: Flask) -> None:
    reference = filed(each_app)
    Colleague(each_app, OLENA)
    Colleague(each_app, TARAS)

    def answer(verdict: Verdict, email: str) -> str:
        given = tickets.Answer(
            verdict=verdict,
            text=f"From {email}.",
            clause="unlikely-in-progress",
            matched_by="Knew.",
            on=just_seen(),
        )
        spoken = policy(each_app)

        def do(reference: str, staff: Staff, _: int) -> object:
            return tickets.answer(reference, staff, given, spoken, 1, now(), reads=False)

        return outcome(partial(work, each_app, reference, do, email))

    calls = [partial(answer, verdict, email) for verdict in Verdict for email in (OLENA, TARAS)]
    assert sorted(at_once(calls)) == ["Conflict"] * 7 + ["done"]
    done = kinds(each_app, reference)
    assert (done[:2], done[-1], len(done)) == (["filed", "taken"], "answered", 4 if "facts_recorded" in done else 3)


def test_of_an_answer_and_a_withdrawal_at_the_same_moment_one_counts(each_app: Flask) -> None:
    Colleague(each_app)
    given = tickets.Answer(verdict=Verdict.ASK, text="Send a picture, please.")
    for place in range(5):
        reference = filed(each_app, order_id=str(place))
        steps: list[Callable[..., object]] = [
            lambda r, s, _: tickets.answer(r, s, given, policy(each_app), 1, now(), reads=False),
            lambda r, _, __: tickets.withdraw(r, 1, now()),
        ]
        done = at_once([partial(outcome, partial(work, each_app, reference, step, OLENA)) for step in steps])
        assert sorted(done) == ["Conflict", "done"]
        assert (state(each_app, reference), len(kinds(each_app, reference))) in (
            ("withdrawn", 2),
            ("waiting_for_customer", 3),
        )


def test_two_who_are_the_first_to_refer_to_a_policy_both_count(each_app: Flask) -> None:
    Colleague(each_app)

    def record(reference: str, fresh: Policy) -> str:
        return outcome(partial(work, each_app, reference, partial(_look, fresh), OLENA))

    for place in range(3):
        fresh = another_policy(each_app, f"{place}" * 64)
        references = [filed(each_app, order_id=f"{place}-{number}") for number in range(4)]
        assert at_once([partial(record, reference, fresh) for reference in references]) == ["done"] * 4
    with each_app.app_context():
        assert len(db.session.scalars(select(PolicyVersion)).all()) == 4


def _look(policy: Policy, reference: str, staff: Staff, seen: int) -> object:
    return tickets.record_facts(reference, staff, Facts(), policy, seen, now())


def outcome(call: Callable[[], object]) -> str:
    """Return "done", or the name of the refusal that a call raised."""
    try:
        call()
    except (tickets.Conflict, tickets.Refused) as refusal:
        return type(refusal).__name__
    return "done"
