"""Calls of the API that are wrong: the right status, a problem document that says what to send, nothing stored."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.extensions import db
from portal.settings import Limit, Limits
from tests.calling import TICKET, Program, key_with, problem
from tests.conftest import AppWith
from tests.filing import nothing_stored
from tests.stored import everything
from tests.visitor import Visitor

ASK = {"status": "pending"}
NO_BODY: dict[str, bytes] = {
    "nothing": b"",
    "a word": b"pending",
    "half an object": b'{"status": "pending"',
    "a form": b"status=pending",
    "broken UTF-8": b'{"status": "pending\xff"}',
    "another encoding": '{"status": "pending"}'.encode("utf-16"),
    "a deep nest": b"[" * 20_000,
    "a number of ten thousand figures": b'{"status": ' + b"9" * 10_000 + b"}",
}
WRONG_FIELDS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no order": ({"order_id": None}, "order_id", "should be 1 to 40 Latin letters"),
    "two orders": ({"order_id": "1, 2"}, "order_id", "should be 1 to 40 Latin letters"),
    "an order that is true": ({"order_id": True}, "order_id", "should be 1 to 40 Latin letters"),
    "an order that is negative": ({"order_id": -1}, "order_id", "should be 1 to 40 Latin letters"),
    "a huge order": ({"order_id": 10**30}, "order_id", "should be 1 to 40 Latin letters"),
    "a service's id with a space": ({"service_id": "12 01"}, "service_id", "should be 1 to 40 ASCII characters"),
    "a service's id that is too long": ({"service_id": "1" * 41}, "service_id", "should be 1 to 40 ASCII characters"),
    "a service's id of false": ({"service_id": False}, "service_id", "should be 1 to 40 ASCII characters"),
    "a huge quantity": ({"quantity": 10**30}, "quantity", "less than or equal to"),
    "a quantity of false": ({"quantity": False}, "quantity", "a valid integer"),
    "half a piece": ({"quantity": 0.5}, "quantity", "a valid integer"),
    "a charge that is a number": ({"charge": 0.9}, "charge", "should be what was paid, as a text such as"),
    "a charge with an exponent": ({"charge": "1e5"}, "charge", "should be what was paid, as a text such as"),
    "a status of its own": ({"status": "Pending"}, "status", "'pending'"),
    "a problem of its own": ({"problem": "bored"}, "problem", "'wrong_link'"),
    "a yes that is a word": ({"link_changed": "yes"}, "link_changed", "a valid boolean"),
    "a reason that is too short": ({"reason": "No."}, "reason", "should be why the customer asks, in 10 to 2,000"),
    "a reason of spaces": ({"reason": " " * 20}, "reason", "should be why the customer asks"),
    "a reason that is too long": ({"reason": "x" * 2001}, "reason", "should be why the customer asks"),
    "a control in the reason": ({"reason": "Control \x00 character."}, "reason", "should be why the customer asks"),
    "an override of direction": ({"service_name": "a\u202eb"}, "service_name", "should be a name on one line"),
    "a service on two lines": ({"service_name": "a\nb"}, "service_name", "should be a name on one line"),
    "a link that is a script": ({"link": "javascript:alert(1)"}, "link", "should be an http(s) address"),
    "a control in the link": ({"link": "https://x/\x00a"}, "link", "should be an http(s) address"),
    "a link that turns its direction": ({"link": "https://x/\u202egnp.exe"}, "link", "should be an http(s) address"),
    "a reason that nobody sees": ({"reason": "\u200d" * 12}, "reason", "should be why the customer asks"),
    "a service that nobody sees": ({"service_name": "\u200b"}, "service_name", "should be a name on one line"),
    "a link without letters": ({"link": "https://"}, "link", "should be an http(s) address"),
    "two addresses": ({"email": "a@example.com,b@example.com"}, "email", "should be one e-mail address"),
    "a line more in an address": ({"email": "a@example.com\nBcc: b@example.com"}, "email", "should be one e-mail"),
    "a currency in small letters": ({"currency": "usd"}, "currency", "should be a currency's code in capitals"),
    "a language that we do not speak": ({"language": "pl"}, "language", "should be one of en, uk"),
    "an unknown field": ({"colour": "red"}, "colour", "is no field of this call: leave it out"),
    "who asks, forged": ({"proven": True}, "proven", "is no field of this call"),
}


@pytest.fixture
def shop(app: Flask) -> Program:
    """A program of the main site with a key for everything."""
    return Program(app, key_with(app))


@pytest.mark.parametrize("body", NO_BODY.values(), ids=NO_BODY)
def test_a_body_that_is_no_json_is_told_so(app: Flask, shop: Program, body: bytes) -> None:
    for path in ("/eligibility", "/tickets"):
        told = problem(shop.post(path, raw=body, Idempotency_Key="k"), 400)
        assert told["detail"].startswith("Send JSON: ")
    assert nothing_stored(app)


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"pending"', b"true"])
def test_json_that_is_no_object_is_told_so(shop: Program, body: bytes) -> None:
    assert problem(shop.post("/eligibility", raw=body), 422)["detail"] == "Send a JSON object."


@pytest.mark.parametrize(("changes", "field", "says"), WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_a_wrong_field_is_named_with_what_to_send(
    app: Flask, shop: Program, changes: dict[str, Any], field: str, says: str
) -> None:
    told = problem(shop.file(**changes), 422)
    (wrong,) = told["errors"]
    assert wrong["pointer"] == f"#/{field}"
    assert says in wrong["detail"]
    assert nothing_stored(app)


@pytest.mark.parametrize("field", ["order_id", "service_name", "link", "status", "problem", "reason", "customer_id"])
def test_a_missing_field_is_named(shop: Program, field: str) -> None:
    (wrong,) = problem(shop.file(without=[field]), 422)["errors"]
    assert (wrong["pointer"], wrong["detail"][:16]) == (f"#/{field}", "is missing: send")


def test_every_wrong_field_is_told_at_once(shop: Program) -> None:
    told = problem(shop.post("/eligibility", {"status": "x", "wrong_link": "x", "more": 1}), 422)
    assert {wrong["pointer"] for wrong in told["errors"]} == {"#/status", "#/wrong_link", "#/more"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_media_type_is_refused(app: Flask, kind: str) -> None:
    sent = Visitor(app).open("/api/v1/eligibility", method="POST", data=b"{}", headers={"Content-Type": kind})
    told = problem(sent, 415)
    assert "Content-Type: application/json" in told["detail"]


def test_a_body_over_the_limit_is_refused(app: Flask, shop: Program) -> None:
    assert "64 kB" in problem(shop.file(reason="x" * 70_000), 413)["detail"]
    unsaid = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    sent = {"data": b'{"status": "' + b"x" * 70_000 + b'"}', "content_type": "application/json"}
    answer = app.test_client().post("/api/v1/eligibility", environ_overrides=unsaid, **sent)
    assert answer.status_code == 413


@pytest.mark.parametrize("named", ["", "a b", "ї", "x" * 201, "a\tb"])
def test_a_ticket_needs_a_name_for_its_call(app: Flask, shop: Program, named: str) -> None:
    told = problem(shop.post("/tickets", TICKET, Idempotency_Key=named), 400)
    assert "Send a header Idempotency-Key" in told["detail"]
    assert nothing_stored(app)


@pytest.mark.parametrize("path", ["/nothing", "/tickets/", "/tickets/NOT-HERE", "/tickets/%00", "/tickets/ї", "/"])
def test_what_is_not_there_is_told_so(shop: Program, path: str) -> None:
    problem(shop.get(path), 404)
    problem(shop.post("/nothing", {}), 404)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "GET"])
def test_another_method_is_told_which_ones_there_are(app: Flask, method: str) -> None:
    answer = Visitor(app).open("/api/v1/eligibility", method=method)
    problem(answer, 405)
    assert "POST" in answer.headers["Allow"]


def test_a_body_of_many_faults_is_told_the_first_ones(shop: Program) -> None:
    answer = shop.post("/eligibility", {f"field{number}": 1 for number in range(4000)})
    told = problem(answer, 422)
    assert len(told["errors"]) == 20
    assert "The fields of this call are status, sent_to_provider" in told["detail"]
    assert len(answer.html) < 5000


def test_wrong_keys_are_counted_too(app_with: AppWith) -> None:
    app = app_with(limits=Limits(calls_address=Limit(3, 60)))
    guessing = Program(app, "portal_guess")
    assert [guessing.get("/policy").status for _ in range(5)] == [401, 401, 401, 429, 429]


def test_too_many_calls_of_one_address_are_told_when_to_come_back(app_with: AppWith) -> None:
    app = app_with(limits=Limits(calls_address=Limit(3, 60), calls_key=Limit(5, 60)))
    stranger, shop = Program(app), Program(app, key_with(app))
    assert [stranger.post("/eligibility", ASK).status for _ in range(3)] == [200] * 3
    refused = stranger.post("/eligibility", ASK)
    assert f"in {refused.headers['Retry-After']} seconds" in problem(refused, 429)["detail"]
    assert [shop.post("/eligibility", ASK).status for _ in range(5)] == [200] * 5
    problem(shop.get("/policy"), 429)
    problem(shop.file(), 429)
    assert nothing_stored(app)


@pytest.mark.long
def test_ten_thousand_calls_are_answered_or_refused(app_with: AppWith) -> None:
    app = app_with(limits=Limits(calls_address=Limit(100, 3600)))
    client = app.test_client()
    statuses = [client.post("/api/v1/eligibility", json=ASK).status_code for _ in range(10_000)]
    assert {status: statuses.count(status) for status in set(statuses)} in (
        {200: 100, 429: 9900},
        {200: 200, 429: 9800},
    )


def test_the_page_of_a_customer_counts_for_nothing_in_the_api(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.visit("/en/tickets/new")
    problem(visitor.post("/api/v1/tickets", headers={"Content-Type": "application/json"}), 401)


def test_a_wrong_call_stores_nothing_that_anyone_could_see(app: Flask) -> None:
    shop, stranger = Program(app, key_with(app)), Program(app)
    before = everything(app) | {"counters": []}
    stranger.file()
    stranger.get("/policy")
    shop.file(status="x")
    assert everything(app) | {"counters": []} == before


def test_a_database_that_takes_nothing_is_told_as_a_problem(app: Flask) -> None:
    shop = Program(app, key_with(app))
    with app.app_context():
        db.session.execute(text("DROP TABLE counters"))
        db.session.commit()
    assert "the same Idempotency-Key" in problem(shop.file(), 503)["detail"]
    assert Program(app).post("/eligibility", ASK).status == 200  # it needs no database


def test_a_fault_of_ours_is_told_with_a_reference_and_no_trace(app_with: AppWith) -> None:
    app = app_with()

    def broken() -> str:
        raise ZeroDivisionError

    app.add_url_rule("/api/v1/broken", "broken", broken)
    answer = Program(app).get("/broken")
    assert len(problem(answer, 500)["reference"]) == 8
    assert "ZeroDivision" not in answer.html
