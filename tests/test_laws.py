"""Laws that the policy's answers keep over all 5,103 combinations of facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.filing import Problem, stated
from portal.policy import LADDER, Circumstance, Facts, Outcome, Row, Status, decide, holds
from tests.answers import ANSWERS, POLICY

FOR = (Circumstance.PROVIDER_ALLOWS, Circumstance.SERVICE_ISSUE)
AGAINST = tuple(circumstance for circumstance in Circumstance if circumstance not in FOR)
ROWS = (
    *("already_stopped", "normally_over", "credit_only", "unlikely", "unlikely", "difficult", "unlikely"),
    *("possible", "possible", "unlikely", "difficult", "best_chance", "needs_review"),
)


def chance(facts: Facts) -> int | None:
    """Return how high on the ladder the answer stands; `None` beside the ladder."""
    outcome = ANSWERS[facts].outcome
    return LADDER.index(outcome) if outcome in LADDER else None


def compared(circumstance: Circumstance) -> Iterator[tuple[int, int]]:
    """Yield the chance before and after a circumstance turns out to be true."""
    learned: dict[str, Any] = {circumstance.value: True}
    for facts in ANSWERS:
        before, after = chance(facts), chance(replace(facts, **learned))
        if before is not None and after is not None:
            yield before, after


def told(facts: Facts, **learned: Any) -> set[str]:
    """Return the clauses cited once something was learned."""
    return set(ANSWERS[replace(facts, **learned)].clauses)


def row(facts: Facts) -> Row:
    """Return the row that answers."""
    return next(row for row in POLICY.rows if holds(row.when, facts))


def test_every_combination_has_an_answer() -> None:
    assert len(ANSWERS) == len(Status) * 3 ** len(Circumstance) == 5103


def test_the_rows_stand_in_the_agreed_order() -> None:
    assert tuple(row.outcome.value for row in POLICY.rows) == ROWS


def test_every_row_answers_something_and_every_outcome_is_given() -> None:
    assert {id(row(facts)) for facts in ANSWERS} == {id(row) for row in POLICY.rows}
    assert {decision.outcome for decision in ANSWERS.values()} == set(Outcome)


def test_every_piece_of_advice_is_given_and_every_clause_with_a_condition_is_cited() -> None:
    assert {id_ for decision in ANSWERS.values() for id_ in decision.advice} == {advice.id for advice in POLICY.advice}
    cited = {id_ for decision in ANSWERS.values() for id_ in decision.clauses}
    assert cited == {clause.id for clause in POLICY.clauses if clause.when or clause.always}


@pytest.mark.parametrize("against", AGAINST)
def test_a_fact_against_never_raises_the_outcome(against: Circumstance) -> None:
    assert [pair for pair in compared(against) if pair[1] > pair[0]] == []


@pytest.mark.parametrize("speaking_for", FOR)
def test_a_fact_for_never_lowers_the_outcome(speaking_for: Circumstance) -> None:
    assert [pair for pair in compared(speaking_for) if pair[1] < pair[0]] == []


def test_the_further_an_order_is_the_lower_its_chance() -> None:
    stages = (Status.PENDING, Status.PROCESSING, Status.IN_PROGRESS)
    for facts in ANSWERS:
        chances = [chance(replace(facts, status=status)) for status in stages]
        assert all(one is not None and other is not None and one >= other for one, other in pairwise(chances)), facts


@pytest.mark.parametrize("circumstance", Circumstance)
def test_only_a_circumstance_that_is_true_changes_the_outcome(circumstance: Circumstance) -> None:
    learned: dict[str, Any] = {circumstance.value: None}
    for facts, decision in ANSWERS.items():
        if facts.value(circumstance) is False:
            assert ANSWERS[replace(facts, **learned)].outcome is decision.outcome


@pytest.mark.parametrize("circumstance", Circumstance)
def test_no_clause_is_cited_on_a_circumstance_that_is_not_known(circumstance: Circumstance) -> None:
    name = circumstance.value
    for facts, decision in ANSWERS.items():
        if facts.value(circumstance) is None:
            assert set(decision.clauses) <= told(facts, **{name: True}) & told(facts, **{name: False}), facts


def test_no_clause_is_cited_on_a_status_that_is_not_known() -> None:
    for facts, decision in ANSWERS.items():
        if facts.status is Status.UNKNOWN:
            assert all(set(decision.clauses) <= told(facts, status=status) for status in Status), facts


def test_a_circumstance_that_is_true_is_always_cited() -> None:
    named = {
        Circumstance.SENT_TO_PROVIDER: "unlikely-sent-to-provider",
        Circumstance.PROVIDER_ALLOWS: "possible-provider-allows",
        Circumstance.SERVICE_ISSUE: "possible-service-issue",
        Circumstance.LINK_CHANGED: "unlikely-link-changed",
        Circumstance.WRONG_LINK: "clause-responsibility",
        Circumstance.DUPLICATE_ORDER: "unlikely-duplicate-order",
    }
    for facts, decision in ANSWERS.items():
        assert {c for c, id_ in named.items() if id_ in decision.clauses} == {c for c in named if facts.value(c)}


def test_still_pending_is_cited_only_where_the_order_is_known_not_to_have_been_sent() -> None:
    where = {facts for facts, decision in ANSWERS.items() if "possible-still-pending" in decision.clauses}
    assert where == {f for f in ANSWERS if f.status is Status.PENDING and f.sent_to_provider is False}


def test_where_it_is_not_known_whether_a_waiting_order_was_sent_the_advice_says_so() -> None:
    for facts, decision in ANSWERS.items():
        if decision.outcome is Outcome.BEST_CHANCE:
            assert ("route-not-known" in decision.advice) is (facts.sent_to_provider is None)


def test_every_answer_says_that_nothing_is_guaranteed() -> None:
    assert all("not-guaranteed" in decision.clauses for decision in ANSWERS.values())


def test_every_answer_gives_advice_and_cites_clauses_in_the_order_of_the_page() -> None:
    order = [clause.id for clause in POLICY.clauses]
    for decision in ANSWERS.values():
        assert decision.advice
        assert list(decision.clauses) == sorted(decision.clauses, key=order.index)


def test_sides_are_told_as_the_lists_of_the_page_tell_them() -> None:
    sides = {(id_, side) for decision in ANSWERS.values() for id_, side in decision.clauses.items()}
    assert {side for id_, side in sides if id_.startswith("possible-")} == {"for"}
    assert {side for id_, side in sides if id_.startswith("unlikely-")} == {"against"}


@given(
    st.sampled_from(Status),
    st.none() | st.sampled_from(Problem),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
)
def test_a_customer_states_no_more_than_the_four_answers(
    status: Status, problem: Problem | None, link_changed: bool | None, duplicate_order: bool | None
) -> None:
    facts = stated(status, problem, link_changed, duplicate_order)
    assert (facts.status, facts.link_changed, facts.duplicate_order) == (status, link_changed, duplicate_order)
    assert facts.wrong_link is (True if problem is Problem.WRONG_LINK else None)
    assert (facts.sent_to_provider, facts.provider_allows, facts.service_issue) == (None, None, None)
    assert decide(facts, POLICY) == ANSWERS[facts]
