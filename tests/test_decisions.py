"""What the policy says of an order, each case told as a customer would tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from portal.filing import Problem, stated
from portal.policy import Facts, Side, Status, decide
from tests.answers import POLICY


@dataclass(frozen=True)
class Told:
    """A customer's story: the facts in it, and what the policy answers."""

    story: str
    facts: Facts
    outcome: str
    cites: Mapping[str, Side | None] = field(default_factory=dict)
    omits: tuple[str, ...] = ()
    advises: tuple[str, ...] = ()


def known(status: str, **circumstances: bool) -> Facts:
    """Return facts as staff know them."""
    return Facts(status=Status(status), **circumstances)


STORIES = [
    Told(
        "I ordered a minute ago and it still shows Pending",
        stated(Status.PENDING),
        "best_chance",
        {"status-pending": Side.FOR, "possible-before-processing": Side.FOR},
        omits=("possible-still-pending", "unlikely-sent-to-provider"),
        advises=("ask-now", "route-not-known", "keep-target", "file-once"),
    ),
    Told(
        "It is Pending and staff saw that it went nowhere yet",
        known("pending", sent_to_provider=False),
        "best_chance",
        {"possible-still-pending": Side.FOR, "status-pending": Side.FOR},
        advises=("ask-now", "keep-target", "file-once"),
    ),
    Told(
        "It is Pending but I pasted the wrong link",
        stated(Status.PENDING, Problem.WRONG_LINK),
        "best_chance",
        {"clause-responsibility": None},
        omits=("unlikely-wrong-link-started",),
    ),
    Told(
        "It is Pending, the link is wrong, and the provider already has it",
        known("pending", wrong_link=True, sent_to_provider=True),
        "unlikely",
        {"unlikely-wrong-link-started": Side.AGAINST, "unlikely-sent-to-provider": Side.AGAINST},
    ),
    Told(
        "It is Pending, but I renamed my page after ordering",
        stated(Status.PENDING, link_changed=True),
        "unlikely",
        {"unlikely-link-changed": Side.AGAINST, "status-pending": Side.FOR},
        advises=("ask-anyway", "keep-target", "file-once"),
    ),
    Told(
        "It is Pending, and I ordered the same link in another shop today",
        stated(Status.PENDING, duplicate_order=True),
        "unlikely",
        {"unlikely-duplicate-order": Side.AGAINST},
    ),
    Told(
        "I clicked twice and ordered the same thing here twice, both Pending",
        stated(Status.PENDING, Problem.ORDERED_TWICE),
        "best_chance",
        omits=("unlikely-duplicate-order",),
    ),
    Told(
        "It is Pending and I typed a zero too many",
        stated(Status.PENDING, Problem.WRONG_QUANTITY),
        "best_chance",
        omits=("clause-responsibility",),
    ),
    Told(
        "It is Pending, sent to the provider, who lets orders be stopped",
        known("pending", sent_to_provider=True, provider_allows=True),
        "possible",
        {"possible-provider-allows": Side.FOR, "unlikely-sent-to-provider": Side.AGAINST},
        advises=("ask-now", "keep-target", "file-once"),
    ),
    Told(
        "It is Pending, sent to the provider, and the service is broken",
        known("pending", sent_to_provider=True, service_issue=True),
        "possible",
        {"possible-service-issue": Side.FOR},
    ),
    Told(
        "It is Pending and all staff know is that the provider has it",
        known("pending", sent_to_provider=True),
        "unlikely",
        {"unlikely-sent-to-provider": Side.AGAINST},
        omits=("possible-still-pending",),
        advises=("ask-anyway", "keep-target", "file-once"),
    ),
    Told(
        "It turned to Processing before I noticed my mistake",
        stated(Status.PROCESSING),
        "difficult",
        {"status-processing": Side.AGAINST, "unlikely-processing": Side.AGAINST},
        omits=("possible-provider-allows",),
        advises=("ask-anyway", "allowed-not-known", "keep-target", "file-once"),
    ),
    Told(
        "It is Processing and the provider does not let orders be stopped",
        known("processing", provider_allows=False),
        "difficult",
        advises=("ask-anyway", "keep-target", "file-once"),
    ),
    Told(
        "It is Processing and the provider lets orders be stopped",
        known("processing", provider_allows=True),
        "possible",
        {"possible-provider-allows": Side.FOR, "status-processing": Side.AGAINST},
    ),
    Told(
        "It is Processing at a provider who lets orders be stopped",
        known("processing", sent_to_provider=True, provider_allows=True),
        "possible",
    ),
    Told(
        "It is Processing, and the service cannot do it",
        known("processing", service_issue=True),
        "possible",
        {"possible-service-issue": Side.FOR},
    ),
    Told(
        "It is Processing, and I gave the wrong link",
        stated(Status.PROCESSING, Problem.WRONG_LINK),
        "unlikely",
        {"unlikely-wrong-link-started": Side.AGAINST, "clause-responsibility": None},
    ),
    Told(
        "It is Processing with a wrong link, though the provider lets orders be stopped",
        known("processing", wrong_link=True, provider_allows=True),
        "unlikely",
        {"unlikely-wrong-link-started": Side.AGAINST, "possible-provider-allows": Side.FOR},
    ),
    Told("It is Processing and the provider has it", known("processing", sent_to_provider=True), "unlikely"),
    Told(
        "Followers are already coming in",
        stated(Status.IN_PROGRESS),
        "unlikely",
        {"status-in-progress": Side.AGAINST, "unlikely-in-progress": Side.AGAINST},
        advises=("ask-anyway", "keep-target", "file-once"),
    ),
    Told(
        "Followers are coming in, but the provider lets orders be stopped",
        known("in_progress", provider_allows=True, sent_to_provider=True),
        "difficult",
        {"possible-provider-allows": Side.FOR, "status-in-progress": Side.AGAINST},
        advises=("ask-anyway", "keep-target", "file-once"),
    ),
    Told("Followers came in, then the service broke", known("in_progress", service_issue=True), "difficult"),
    Told(
        "Followers are coming to the wrong page",
        stated(Status.IN_PROGRESS, Problem.WRONG_LINK),
        "unlikely",
        {"unlikely-wrong-link-started": Side.AGAINST},
    ),
    Told(
        "I got half of it and then it stopped at Partial",
        stated(Status.PARTIAL),
        "credit_only",
        {"status-partial": None, "clause-partial": None},
        advises=("ask-about-credit", "file-once"),
    ),
    Told("It is Partial, and I changed the link", stated(Status.PARTIAL, link_changed=True), "credit_only"),
    Told(
        "It shows Canceled, where is my money",
        stated(Status.CANCELED),
        "already_stopped",
        {"status-canceled": None, "clause-refund": None},
        advises=("check-balance",),
    ),
    Told("It shows Canceled, and the link was wrong", stated(Status.CANCELED, Problem.WRONG_LINK), "already_stopped"),
    Told(
        "It is Completed, but I no longer want it",
        stated(Status.COMPLETED, Problem.NO_LONGER_NEEDED),
        "normally_over",
        {"status-completed": Side.AGAINST},
        advises=("report-delivery",),
    ),
    Told(
        "I cannot find the status anywhere",
        stated(Status.UNKNOWN),
        "needs_review",
        omits=("status-pending", "possible-still-pending", "possible-before-processing"),
        advises=("tell-status", "keep-target", "file-once"),
    ),
    Told("I do not know the status, the link is wrong", stated(Status.UNKNOWN, Problem.WRONG_LINK), "needs_review"),
    Told("I do not know the status, I did change the link", stated(Status.UNKNOWN, link_changed=True), "unlikely"),
    Told("Nobody knows the status, but the provider has it", known("unknown", sent_to_provider=True), "unlikely"),
]


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.story)
def test_the_policy_answers(told: Told) -> None:
    decision = decide(told.facts, POLICY)
    assert decision.outcome == told.outcome
    assert {id_: decision.clauses.get(id_, "not cited") for id_ in told.cites} == dict(told.cites)
    assert [id_ for id_ in told.omits if id_ in decision.clauses] == []
    assert decision.advice == (told.advises or decision.advice)
