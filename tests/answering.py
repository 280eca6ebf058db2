"""What staff answer in tests, and what the customer reads of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask

from portal import tickets
from portal.clock import now
from portal.models import Staff
from portal.policy import Status
from tests.colleague import OLENA, Colleague, account
from tests.page import Page
from tests.stored import policy, secret_link, work
from tests.visitor import Visitor

MATCH = "Wrote from the account's e-mail."
ACCEPT: dict[str, Any] = {
    "verdict": "accept_full",
    "text": "We have asked for it.",
    "matched_by": MATCH,
    "seen_status": "pending",
}
DECLINE: dict[str, Any] = {"verdict": "decline", "text": "It runs already.", "clause": "unlikely-in-progress"}
ASK: dict[str, Any] = {"verdict": "ask", "text": "Send a picture of the order, please."}
FOR_STAFF_ALONE = ("Taras", "Olena", MATCH, "Strange fellow", "taras@example.com", "Seen by staff")


def just_seen(status: Status = Status.PENDING) -> tickets.Seen:
    """Return what whoever accepts says that they see on the panel now."""
    return tickets.Seen(status=status, at=now())


def answers(app: Flask, reference: str, given: tickets.Answer, at: datetime | None = None, *, by: str = OLENA) -> None:
    """Have somebody of the staff answer a ticket as it is; they work the panel by hand."""
    spoken = policy(app)

    def do(reference: str, staff: Staff, version: int) -> object:
        return tickets.answer(reference, staff, given, spoken, version, at or now(), reads=False)

    work(app, reference, do, account(app, by))


def records(colleague: Colleague, reference: str, state: str, text: str = "") -> Page:
    """Have somebody of the staff record on a ticket's page what became of it."""
    if state == "credited":
        return colleague.act(reference, "credit", amount="0.27", currency="USD", text=text)
    return colleague.act(reference, "move", state=state, text=text)


def customers(app: Flask, reference: str) -> Page:
    """Return the ticket's page as its customer opens it."""
    return Visitor(app).visit(secret_link(app, reference))


def reads(app: Flask, reference: str) -> str:
    """Return the words of the customer's page; nothing that is for staff alone is among them."""
    page = customers(app, reference)
    for told in FOR_STAFF_ALONE:
        assert told not in page.html
    return page.text
