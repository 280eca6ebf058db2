"""No line tells what is somebody's own, whatever happens to a ticket: filed, written about, answered, lost, broken."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from portal.extensions import db
from tests.answering import ASK, records
from tests.build import typed, upload
from tests.calling import TICKET, Program, key_with
from tests.colleague import OLENA, PASSWORD, Colleague
from tests.filing import NEW, page_of, pictures_on, secret_path
from tests.handing import come, file_handed, token
from tests.page import Page
from tests.secrecy import TELLING, WORDS, told
from tests.visitor import Visitor

ORDER = "9731864"
ADDRESS = "203.0.113.77"
THEIRS = (ORDER, ADDRESS, OLENA, PASSWORD, *TELLING)
BREAK = {
    "sqlite": ("CREATE TRIGGER no BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'axolotl'); END",),
    "postgresql": (
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', NEW.data; END $$",
        "CREATE TRIGGER no BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no()",
    ),
}
"""What makes the database refuse to keep an event, and repeat it in its refusal where it can."""


def filed(customer: Visitor, handover: str) -> Page:
    """File a ticket with a hand-over, after a look at the answer and a try that is refused; return the confirmation."""
    page = come(customer, handover)
    said = {name: WORDS[name] for name in ("reason", "reference")}
    assert file_handed(customer, page, reason="axolotl").status == 422
    sent = file_handed(customer, page, **said)
    assert sent.status == 303, sent.errors
    return customer.visit(str(sent.location))


def talks(customer: Visitor, path: str) -> None:
    """Do all that a customer does with an open ticket."""
    forged = {"screenshots": [upload("wombat.png")]}
    assert (
        customer.send_form(customer.visit(path), {"text": "My axolotl!"}, form="message", forged=forged).status == 303
    )
    page = customer.visit(path)
    assert customer.open(pictures_on(page)[0]).status == 200
    assert customer.send(f"{path}/email", {"email": "other.numbat@customers.example"}, at=path).status == 303
    asked = {"order_id": ORDER, "email": WORDS["email"]}
    assert customer.send("/en/tickets/link", asked).status == 303


def signs_in(app: Flask) -> Colleague:
    """Return somebody of the staff, who mistook the password first."""
    olena = Colleague(app, address=ADDRESS)
    assert Visitor(app).send("/staff/sign-in", {"email": OLENA, "password": f"{PASSWORD}!"}).status == 422
    assert Visitor(app, address=ADDRESS).send("/staff/sign-in", {"email": OLENA, "password": PASSWORD}).status == 303
    return olena


def asks(olena: Colleague, reference: str) -> None:
    """Find a ticket, and ask its customer something."""
    for query in (ORDER, "quokka axolotl", reference):
        olena.open("/staff/", query_string={"q": query})
    olena.act(reference, "take")
    olena.act(reference, "note", note="An axolotl, of all things.")
    olena.act(reference, "answer", **{**ASK, "text": "Which wombat?"})


def ends(olena: Colleague, reference: str) -> None:
    """Do all else that staff do with a ticket, up to the credit."""
    olena.act(reference, "write", text="The wombat of the page.")
    olena.act(reference, "answer", verdict="accept_full", text="The pangolin was right.", seen_status="pending")
    records(olena, reference, "partly_canceled", "Half of the quokkas.")
    records(olena, reference, "credited")


def calls(app: Flask, reference: str, key: str) -> None:
    """Do all that a program does."""
    shop = Program(app, key)
    assert shop.get(f"/tickets/{reference}").status == 200
    assert shop.get(f"/tickets?order_id={ORDER}").status == 405
    body = {**TICKET, "reason": "The customer's axolotl ordered the wombat."}
    assert shop.post("/tickets", body, Idempotency_Key="pangolin-1").status == 201
    assert shop.post("/tickets", {**body, "status": "axolotl"}, Idempotency_Key="pangolin-2").status == 422


def goes_wrong(app: Flask, customer: Visitor, handover: str) -> None:
    """Do what is refused, and what breaks."""
    customer.visit("/t/axolotl", status=404)
    customer.visit(f"/numbat/{ORDER}?wombat=1", status=404)
    come(customer, handover)  # it was used
    come(customer, f"{handover}axolotl")
    assert customer.post(NEW, {"reason": "axolotl"}, headers={"Content-Type": "text/axolotl"}).status == 415
    with app.app_context():
        for statement in BREAK[db.engine.dialect.name]:
            db.session.execute(text(statement))
        db.session.commit()
    answer = customer.send(NEW, typed(**{**WORDS, "order_id": f"{ORDER}9", "understood": True}))
    assert answer.status == 500


def cookies(browser: Visitor) -> Iterator[str]:
    """Yield what a browser's cookies hold."""
    for name in ("session", "staff"):
        kept = browser.client.get_cookie(name, domain="127.0.0.1")
        if kept:
            yield kept.value


def test_no_line_tells_what_is_somebodys_own(each_app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    customer, key = Visitor(each_app, address=ADDRESS), key_with(each_app)
    known = {name: WORDS[name] for name in ("service_name", "link", "email")}
    handover = token(**known, order_id=ORDER, customer_id=None)
    confirmation = filed(customer, handover)
    path, link, olena = page_of(confirmation), secret_path(confirmation), signs_in(each_app)
    reference = path.rpartition("/")[2]
    Visitor(each_app).visit(link)
    asks(olena, reference)
    talks(customer, path)
    ends(olena, reference)
    calls(each_app, reference, key)
    goes_wrong(each_app, customer, handover)
    printed = capsys.readouterr().out
    lines = [json.loads(line) for line in printed.splitlines()]
    assert len(lines) > 40
    assert {line["status"] for line in lines if line["event"] == "answered"} >= {200, 303, 404, 415, 422, 500}
    secret = (link.removeprefix("/t/"), handover, key, reference, *cookies(customer), *cookies(olena))
    assert len(secret) == 7
    assert told((*THEIRS, *secret), printed) == set()
