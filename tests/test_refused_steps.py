"""What the table of states does not hold is neither offered nor done."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.answering import ACCEPT, ASK, DECLINE, records
from tests.colleague import Colleague
from tests.page import Page
from tests.stored import filed, state


def actions(page: Page) -> set[str]:
    """Return what can be done on a page."""
    return {form.id for form in page.forms if form.id}


CREDIT = {"action": "credit", "amount": "0.27", "currency": "USD", "text": ""}
REFUSED: dict[str, tuple[str, dict[str, str]]] = {
    "give back what nobody took": ("", {"action": "give-back"}),
    "cancel what was not accepted": ("", {"action": "move", "state": "canceled"}),
    "credit what was not accepted": ("take", CREDIT),
    "open again what is open": ("", {"action": "reopen", "reason": "It changed."}),
    "open again what is in review": ("take", {"action": "reopen", "reason": "It changed."}),
    "take what was declined": ("decline", {"action": "take"}),
    "answer what was declined": ("decline", {"action": "answer", **ASK}),
    "answer what was accepted": ("accept", {"action": "answer", **DECLINE}),
    "take what was accepted": ("accept", {"action": "take"}),
    "credit before it was canceled": ("accept", CREDIT),
    "have sent what nobody would send: the panel is worked by hand": ("accept", {"action": "cancel"}),
    "open again what was accepted": ("accept", {"action": "reopen", "reason": "It changed."}),
}
FIRST: dict[str, tuple[str, dict[str, Any]]] = {
    "take": ("take", {}),
    "decline": ("answer", DECLINE),
    "accept": ("answer", ACCEPT),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_table_of_states_does_not_hold_is_refused(app: Flask, name: str) -> None:
    olena, reference = Colleague(app), filed(app)
    first, asked = REFUSED[name]
    if first:
        olena.act(reference, FIRST[first][0], **FIRST[first][1])
    page, before = olena.ticket(reference), state(app, reference)
    action, typed = asked["action"], {field: value for field, value in asked.items() if field != "action"}
    carried = {field: page.form("note").fields[field] for field in ("csrf_token", "seen")}
    answer = olena.post(f"/staff/tickets/{reference}/{action}", {**carried, **typed}, headers={"Referer": page.url})
    assert answer.status == 409
    assert answer.says("#errors-title") == "This cannot be done in the request’s present state"
    assert state(app, reference) == before


def test_a_ticket_offers_only_what_the_table_of_states_holds(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    always = {"facts", "note", "write", "link", "amounts"}
    assert actions(olena.ticket(reference)) == always | {"take", "answer"}
    olena.act(reference, "take")
    assert actions(olena.ticket(reference)) == always | {"give-back", "answer"}
    olena.act(reference, "answer", **ACCEPT)
    page = olena.ticket(reference)
    assert actions(page) == always | {"move"}
    assert page.form("move").choices("state") == ["cancel_sent", "canceled", "partly_canceled", "not_canceled"]
    olena.act(reference, "move", state="canceled")
    assert actions(olena.ticket(reference)) == always | {"credit"}
    records(olena, reference, "credited")
    assert actions(olena.ticket(reference)) == always
