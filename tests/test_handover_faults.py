"""Hand-overs that are not taken: the ordinary form opens, says why, and loses nothing."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from typing import Any

import jwt
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import now
from portal.filing import Told
from portal.forms import TicketForm
from portal.handover import Fault, Unusable, read
from portal.policy import Facts, Status
from portal.settings import SecretKey
from tests.build import HANDOVER_KEY, PUBLIC_URL, typed
from tests.conftest import AppWith
from tests.filing import FORM, NEW, stored_tickets
from tests.handing import ALREADY_TOLD, ORDER, asked, come, file_handed, named, token
from tests.stored import ticket
from tests.test_commands import flask
from tests.visitor import Visitor

KEYS = {HANDOVER_KEY.id: HANDOVER_KEY.secret}
STRANGER = SecretKey(id="shop1", secret="s" * 40)
FORGED = "The link from SMM-PANEL.PRO could not be checked"
EXPIRED = "The link from SMM-PANEL.PRO has expired"
HALF = "The link from SMM-PANEL.PRO could not be read"


def soon(seconds: int) -> int:
    """Return the moment so many seconds from now, as tokens write it."""
    return int(now().timestamp()) + seconds


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "signed by a stranger": ({"key": STRANGER}, FORGED),
    "signed by a key that the portal does not have": ({"key": SecretKey(id="shop2", secret="x" * 40)}, FORGED),
    "without a key's id": ({"kid": None}, FORGED),
    "not signed at all": ({"algorithm": "none"}, FORGED),
    "signed in another way": ({"algorithm": "HS512"}, FORGED),
    "expired": ({"exp": soon(-120)}, EXPIRED),
    "long expired": ({"exp": 0}, EXPIRED),
    "without an end": ({"exp": None}, HALF),
    "that ends too late": ({"exp": soon(86_400)}, HALF),
    "with an end that is no number": ({"exp": "soon"}, HALF),
    "with an end beyond all years": ({"exp": 10**18}, HALF),
    "without a name": ({"jti": None}, HALF),
    "with a name that is too short": ({"jti": "1"}, HALF),
    "without an order": ({"order_id": None}, HALF),
    "with two orders": ({"order_id": "1, 2"}, HALF),
    "with an order that is true": ({"order_id": True}, HALF),
    "with a service's id that has a space": ({"service_id": "12 01"}, HALF),
    "with a service's id that is too long": ({"service_id": "1" * 41}, HALF),
    "with a status of its own": ({"status": "refunding"}, HALF),
    "with a charge that is a number": ({"charge": 0.9}, HALF),
    "with a negative quantity": ({"quantity": -1}, HALF),
    "with a yes that is a word": ({"sent_to_provider": "yes"}, HALF),
    "with two addresses": ({"email": "a@example.com,b@example.com"}, HALF),
    "with a link that is a script": ({"link": "javascript:alert(1)"}, HALF),
    "with a service that is too long": ({"service_name": "x" * 201}, HALF),
    "with a text of nothing": ({"service_name": " \u202e "}, HALF),
    "that opens later": ({"nbf": soon(86_400)}, HALF),
    "for somebody else": ({"aud": "https://elsewhere.example.com"}, FORGED),
    "that was looked up long ago": ({"iat": 0}, HALF),
    "that is too long": ({"more": "x" * 4000}, HALF),
}


@pytest.mark.parametrize(("made", "says"), BAD.values(), ids=BAD)
def test_a_token_that_is_not_taken_opens_the_ordinary_form(visitor: Visitor, made: dict[str, Any], says: str) -> None:
    page = come(visitor, token(**made))
    assert (page.path, page.says("#errors-title")) == (NEW, says)
    assert asked(page) == set(ALREADY_TOLD)
    assert "order=" not in page.url
    answer = visitor.send_form(page, typed(), form=FORM)
    assert answer.status == 303


@pytest.mark.parametrize("sent", ["", "x", "a.b.c", "..", "ę", "%00", "e30.e30.", "a" * 5000, "👨‍👩‍👧"])
def test_what_is_no_token_is_told_so(visitor: Visitor, sent: str) -> None:
    assert come(visitor, sent).says("#errors-title") in (FORGED, HALF)


def test_a_ticket_of_the_ordinary_form_is_not_proven(app: Flask, visitor: Visitor) -> None:
    page = come(visitor, token(exp=soon(-120)))
    visitor.send_form(page, typed(), form=FORM)
    with app.app_context():
        assert not ticket(stored_tickets(app)[0].reference).proven


def test_what_was_told_stays_when_the_hand_over_is_lost(app: Flask, visitor: Visitor) -> None:
    page = come(visitor, token())
    visitor.client.delete_cookie(f"order-{named(page)}", domain="127.0.0.1")
    answer = file_handed(visitor, page)
    assert answer.status == 422
    assert answer.says("#errors-title") == "What SMM-PANEL.PRO told us of your order is no longer here"
    fields = answer.form(FORM).fields
    assert {name: fields[name] for name in ALREADY_TOLD} == {name: str(ORDER[name]) for name in ALREADY_TOLD}
    assert fields["reason"] == typed()["reason"]
    assert stored_tickets(app) == []
    assert visitor.send_form(answer, form=FORM).status == 303
    with app.app_context():
        assert not ticket(stored_tickets(app)[0].reference).proven


def test_a_key_that_was_taken_away_ends_its_hand_overs(app_with: AppWith) -> None:
    app = app_with()
    visitor = Visitor(app)
    page = come(visitor, token())
    other = Visitor(app_with(database_url=app.config["SQLALCHEMY_DATABASE_URI"], handover_keys=()))
    other.client = other.client.application.test_client()
    for cookie in (f"order-{named(page)}", "session"):
        kept = visitor.client.get_cookie(cookie, domain="127.0.0.1")
        assert kept is not None
        other.client.set_cookie(cookie, kept.value, domain="127.0.0.1")
    answer = file_handed(other, page)
    assert (answer.status, answer.says("#errors-title")) == (422, FORGED)
    assert come(other, token()).says("#errors-title") == FORGED


def test_the_log_says_why_and_nothing_of_the_token(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    sent = token(email="not an address", charge=0.9)
    with caplog.at_level(logging.WARNING):
        come(visitor, sent)
    assert "`charge`" in caplog.text
    assert "`email`" in caplog.text
    for secret in (sent, "not an address", "4711", "1048576"):
        assert secret not in caplog.text


def test_a_token_can_be_looked_at_by_command(app: Flask) -> None:
    assert "order_id\t1048576" in flask(app, "handover", "check", token()).output
    link = f"https://help.example.com/uk/tickets/new?order={token()}"
    assert flask(app, "handover", "check", link).exit_code == 0
    refused = flask(app, "handover", "check", token(exp=soon(7200)))
    assert refused.exit_code == 1
    assert "(half): `exp` is more than an hour ahead" in refused.output


def test_clocks_may_be_a_minute_apart() -> None:
    assert read(token(exp=soon(-30)), KEYS, now(), PUBLIC_URL).told.order_id == "1048576"
    assert read(token(exp=soon(3630), iat=soon(30)), KEYS, now(), PUBLIC_URL).told.at <= now()


def test_other_claims_are_passed_over() -> None:
    more: dict[str, Any] = {"iss": "https://shop.example.com", "sub": 7, "colour": {"of": "money"}, "name": ""}
    assert read(token(**more), KEYS, now(), PUBLIC_URL).told.customer_id == "4711"


@pytest.mark.parametrize("odd", ['{"of": "\\ud800"}', '"\\ud800"', "[" * 1200 + "]" * 1200])
@pytest.mark.parametrize("claim", ["colour", "link"])
def test_what_is_no_sound_text_is_told_and_not_logged(
    visitor: Visitor, caplog: pytest.LogCaptureFixture, claim: str, odd: str
) -> None:
    said = json.dumps({**ORDER, "jti": "12345678", "exp": soon(60)})[:-1] + f', "{claim}": {odd}}}'
    sent = jwt.api_jws.encode(said.encode(), HANDOVER_KEY.secret, "HS256", headers={"kid": HANDOVER_KEY.id})
    page = come(visitor, sent)
    assert page.path == NEW
    assert not page.all("#errors-title") or page.says("#errors-title") in (HALF, FORGED)
    assert "1048576" not in caplog.text


def test_claims_that_are_empty_or_in_parts_of_a_second_are_taken() -> None:
    told = read(token(email="", exp=soon(60) + 0.5, language="uk-UA"), KEYS, now(), PUBLIC_URL).told
    assert told.email is None


@pytest.mark.parametrize(("given", "shown"), [({"currency": None}, ""), ({"charge": None}, ""), ({}, "0.90 USD")])
def test_a_charge_counts_with_its_currency_alone(given: dict[str, Any], shown: str) -> None:
    told = read(token(**given), KEYS, now(), PUBLIC_URL).told
    assert (f"{told.charge} {told.currency}" if told.charge is not None else told.currency or "") == shown


def test_a_number_is_an_id_too() -> None:
    told = read(token(order_id=1048576, service_id=1201, customer_id=4711.0), KEYS, now(), PUBLIC_URL).told
    assert (told.order_id, told.service_id, told.customer_id) == ("1048576", "1201", "4711")


def test_a_status_that_nobody_knows_is_no_fact() -> None:
    told = read(token(status="unknown"), KEYS, now(), PUBLIC_URL).told
    assert told.status is None
    assert told.added_to(Facts(status=Status.PENDING)).status is Status.PENDING


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(Unusable) as refused:
        read(text, KEYS, now(), PUBLIC_URL)
    assert refused.value.fault in (Fault.FORGED, Fault.HALF)


@given(
    st.dictionaries(st.sampled_from(sorted(ORDER)), st.none() | st.booleans() | st.integers() | st.text(max_size=50))
)
def test_no_claims_break_the_reader(claims: dict[str, Any]) -> None:
    said = {"jti": "12345678", "exp": soon(60), **claims}
    sent = jwt.encode(said, HANDOVER_KEY.secret, "HS256", headers={"kid": HANDOVER_KEY.id})
    with suppress(Unusable):
        told = read(sent, KEYS, now(), PUBLIC_URL).told
        assert Told.of(json.loads(json.dumps(told.data()))) == told


ODD = (
    "a",
    "\u0301",
    "a\u0301" * 90,
    "🦔" * 99,
    "👨‍👩‍👧" * 60,
    "a\u00a0b",
    "\u3000a",
    "«Лапки»",
    "a" * 200,
    "\u200d",
    "0",
    "\u115f",
)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", ["service_name", "link"])
def test_whatever_may_be_told_passes_the_form(app: Flask, field: str, odd: str) -> None:
    sent = token(**dict[str, Any]({field: odd if field == "service_name" else f"https://x/{odd}"}))
    try:
        told = read(sent, KEYS, now(), PUBLIC_URL).told
    except Unusable:
        return
    with app.test_request_context("/en/tickets/new"):
        form = TicketForm(app.extensions["portal"].content.words["en"], told=told, meta={"csrf": False})
        form.validate()
        assert field not in form.errors


def test_the_form_takes_the_longest_that_may_be_told(app: Flask) -> None:
    longest = Told(
        at=now(), order_id="9" * 40, service_name="ш" * 200, link="https://" + "a" * 2040, status=Status.PENDING
    )
    with app.test_request_context("/en/tickets/new"):
        form = TicketForm(app.extensions["portal"].content.words["en"], told=longest, meta={"csrf": False})
        form.validate()
        assert not {field.name for field in form.given()} & form.errors.keys()
