"""The API: the policy as data, its answers, tickets filed once and followed; and its document."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.api.scopes import Scope
from portal.events import EventKind
from portal.models import Event, Ticket
from portal.policy import Circumstance, Facts, Source, Status, decide
from portal.settings import SecretKey
from tests.answering import DECLINE
from tests.answers import POLICY
from tests.build import PUBLIC_URL
from tests.calling import TICKET, Program, key_with
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import at_once, rows, stored_tickets
from tests.handing import come, token
from tests.reading import words
from tests.stored import last_event, secret_link, ticket
from tests.visitor import Visit, Visitor

LANGUAGES = ("uk", "en")


@pytest.fixture
def shop(app: Flask) -> Program:
    """A program of the main site with a key for everything."""
    return Program(app, key_with(app))


def test_the_policy_is_data(app: Flask, shop: Program) -> None:
    answer = shop.get("/policy")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    edition = app.extensions["portal"].content.policy.edition
    assert (answer.json["version"], answer.json["hash"]) == (edition.version, edition.hash)
    assert [clause["id"] for clause in answer.json["policy"]["clauses"]] == [clause.id for clause in POLICY.clauses]
    assert set(answer.json["words"]) == set(LANGUAGES)
    for told in answer.json["words"].values():
        assert set(told["clauses"]) == {clause.id for clause in POLICY.clauses}
        assert "SMM-PANEL.PRO" in told["clauses"]["purpose"]["text"]
        assert not re.search(r"\{\w+\}|\]\(", json.dumps(told))


def test_a_policy_that_did_not_change_is_not_sent_again(shop: Program) -> None:
    first = shop.get("/policy")
    assert shop.get("/policy", If_None_Match=first.headers["ETag"]).status == 304


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_is_the_policys(app: Flask, visit: Visit, status: Status, language: str) -> None:
    answer = Program(app).post("/eligibility", {"status": status, "language": language}).json
    page = visit(f"/{language}/cancellation?status={status}")
    assert (answer["outcome"], answer["headline"]) == (page.answer.outcome, page.answer.headline)
    assert [reason["id"] for reason in answer["reasons"]] == page.answer.reasons
    assert answer["advice"] == page.answer.advice
    assert " ".join(clause["text"] for clause in answer["guarantees"]) == page.answer.guarantee
    for reason in answer["reasons"]:
        assert reason["url"] == f"{PUBLIC_URL}/{language}/cancellation#{reason['id']}"


@pytest.mark.parametrize("circumstance", Circumstance)
@pytest.mark.parametrize("known", [True, False, None])
def test_every_circumstance_counts(app: Flask, circumstance: Circumstance, known: bool | None) -> None:
    answer = Program(app).post("/eligibility", {"status": "pending", circumstance.value: known}).json
    decision = decide(Facts(status=Status.PENDING, **{circumstance.value: known}), POLICY)
    assert answer["outcome"] == decision.outcome
    cited = [clause["id"] for clause in (*answer["reasons"], *answer["guarantees"])]
    assert sorted(cited) == sorted(decision.clauses)


@pytest.mark.parametrize(("asked", "language"), [("en", "en"), ("uk;q=0.9", "uk"), ("de", "uk"), ("", "uk")])
def test_unless_it_is_named_the_language_is_negotiated(app: Flask, asked: str, language: str) -> None:
    answer = Program(app).post("/eligibility", {"status": "pending"}, Accept_Language=asked).json
    assert answer["language"] == language


def test_a_ticket_is_filed_for_a_customer_who_is_proven(app: Flask, shop: Program) -> None:
    answer = shop.file()
    assert answer.status == 201
    reference = answer.json["reference"]
    assert answer.headers["Location"] == f"/api/v1/tickets/{reference}"
    assert answer.json["secret_link"] == PUBLIC_URL + secret_link(app, reference)
    assert (answer.json["state"], answer.json["outcome"]) == ("received", "best_chance")
    event = last_event(app, reference)
    assert event.filing is not None
    assert event.filing.reason == TICKET["reason"]
    assert [event.filing.source(name) for name in ("status", "link", "reason")] == [
        Source.MAIN_SITE,
        Source.MAIN_SITE,
        Source.CUSTOMER,
    ]
    with app.app_context():
        assert ticket(reference).proven
    page = Visitor(app).visit(urlsplit(answer.json["secret_link"]).path)
    assert TICKET["reason"] in page.text


@pytest.mark.parametrize("service_id", [1201, "1201", 1201.0])
def test_the_services_id_is_kept_and_shown_to_the_customer_and_to_staff(
    app: Flask, shop: Program, service_id: Any
) -> None:
    answer = shop.file(service_id=service_id)
    filing = stored_tickets(app)[0].filing
    assert filing.told is not None
    assert (filing.told.service_id, filing.source("service_id")) == ("1201", Source.MAIN_SITE)
    customer = Visitor(app).visit(urlsplit(answer.json["secret_link"]).path)
    for page in (customer, Colleague(app).ticket(answer.json["reference"])):
        assert "Service ID 1201" in [
            f"{words(line)} {words(line.find_next_sibling('dd'))}" for line in page.all("dl.lines dt")
        ]


def test_a_status_that_nobody_knows_may_be_filed(app: Flask, shop: Program) -> None:
    assert shop.file(status="unknown").json["outcome"] == "needs_review"
    assert stored_tickets(app)[0].filing.source("status") is Source.CUSTOMER


def test_the_same_call_once_more_is_answered_the_same(app: Flask, shop: Program) -> None:
    first = shop.file("once")
    again = shop.file("once")
    assert (again.status, again.json) == (first.status, first.json)
    assert rows(app, Ticket, Event) == [1, 1]


def test_the_same_name_with_another_body_is_refused(app: Flask, shop: Program) -> None:
    shop.file("once")
    refused = shop.file("once", reason="Another reason altogether.")
    assert (refused.status, refused.json["status"]) == (409, 409)
    assert "Send a new one, or the same body" in refused.json["detail"]
    assert rows(app, Ticket, Event) == [1, 1]


def test_a_name_belongs_to_its_key(app: Flask, shop: Program) -> None:
    shop.file("once")
    other = Program(app, key_with(app))
    assert other.file("once", order_id="2").status == 201


def test_the_same_call_many_times_at_once_files_once(each_app: Flask) -> None:
    shop = Program(each_app, key_with(each_app))
    answers = at_once([partial(shop.file, "once") for _ in range(6)])
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["reference"] for answer in answers}) == 1
    assert rows(each_app, Ticket, Event) == [1, 1]


def test_filed_again_for_the_order_it_is_added(app: Flask, shop: Program) -> None:
    first = shop.file()
    again = shop.file(status="processing", order_id=1048576)
    assert (again.status, again.json["reference"]) == (200, first.json["reference"])
    assert again.json["secret_link"] == first.json["secret_link"]
    (filed,) = stored_tickets(app)
    assert [line.kind for line in filed.events] == [EventKind.FILED, EventKind.FILED_AGAIN]


def test_a_customer_who_is_handed_over_finds_what_was_filed_for_them(app: Flask, shop: Program) -> None:
    reference = shop.file().json["reference"]
    assert come(Visitor(app), token()).path == f"/en/tickets/{reference}"


def test_a_ticket_is_followed(app: Flask, shop: Program) -> None:
    reference = shop.file().json["reference"]
    before = shop.get(f"/tickets/{reference}").json
    assert (before["state"], before["open"], before["replies"]) == ("received", True, [])
    assert before["headline"] == "We have your request"
    Colleague(app).act(reference, "answer", **DECLINE)
    after = shop.get(f"/tickets/{reference}").json
    assert (after["state"], after["open"], after["proven"]) == ("declined", False, True)
    assert after["ended_at"] == after["changed_at"] > after["filed_at"]
    (reply,) = after["replies"]
    assert (reply["text"], reply["clause"]) == ("It runs already.", "unlikely-in-progress")


def test_notes_of_staff_are_not_told(app: Flask, shop: Program) -> None:
    reference = shop.file().json["reference"]
    before = shop.get(f"/tickets/{reference}")
    Colleague(app).act(reference, "note", note="A strange fellow.")
    assert shop.get(f"/tickets/{reference.lower()}").html == before.html


def test_staff_see_that_the_shop_filed_for_the_customer(app: Flask, shop: Program) -> None:
    page = Colleague(app).ticket(shop.file().json["reference"])
    assert "the customer filed the request (passed on by SMM-PANEL.PRO)" in page.text
    assert "Passed on for the customer" in page.text


def test_a_call_is_answered_after_the_links_key_was_taken_away(app_with: AppWith) -> None:
    app = app_with()
    shop, key = app, key_with(app)
    first = Program(shop, key).file("once").json
    newer = app_with(database_url=app.config["SQLALCHEMY_DATABASE_URI"], secret_keys=(SecretKey("next", "x" * 40),))
    again = Program(newer, key).file("once").json
    assert (again["reference"], again["secret_link"] == first["secret_link"]) == (first["reference"], False)
    Visitor(newer).visit(urlsplit(again["secret_link"]).path)
    assert Program(newer, key).file("twice").json["secret_link"] == again["secret_link"]


def test_the_description_is_of_the_api_and_not_of_the_policy(shop: Program) -> None:
    described = shop.get("/openapi.json").json
    assert (described["openapi"], described["info"]["version"]) == ("3.1.0", "1.0.0")
    calls = [call for path in described["paths"].values() for call in path.values()]
    assert [call["operationId"] for call in calls] == ["policy", "eligibility", "fileTicket", "ticket"]
    asked = described["components"]["schemas"]["FactsAsked"]
    assert asked["properties"]["language"]["anyOf"][0] == {"enum": ["en", "uk"]}


def test_each_scope_opens_its_calls_alone(app: Flask) -> None:
    reference = Program(app, key_with(app)).file().json["reference"]
    for scope in Scope:
        program = Program(app, key_with(app, scope))
        answers = {
            Scope.POLICY_READ: program.get("/policy"),
            Scope.TICKETS_WRITE: program.file(order_id="2"),
            Scope.TICKETS_READ: program.get(f"/tickets/{reference}"),
        }
        for needed, answer in answers.items():
            assert (answer.status == 403) is (needed is not scope)
            assert answer.status != 403 or needed in answer.json["detail"]
