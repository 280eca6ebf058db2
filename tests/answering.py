"""What staff answer in tests, and what the customer reads of it."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.page import Page
from tests.stored import secret_link
from tests.visitor import Visitor

MATCH = "Wrote from the account's e-mail."
ACCEPT: dict[str, Any] = {"verdict": "accept_full", "text": "We have asked for it.", "matched_by": MATCH}
DECLINE: dict[str, Any] = {"verdict": "decline", "text": "It runs already.", "clause": "unlikely-in-progress"}
ASK: dict[str, Any] = {"verdict": "ask", "text": "Send a picture of the order, please."}
FOR_STAFF_ALONE = ("Taras", "Olena", MATCH, "Strange fellow", "taras@example.com", "Seen by staff")


def customers(app: Flask, reference: str) -> Page:
    """Return the ticket's page as its customer opens it."""
    return Visitor(app).visit(secret_link(app, reference))


def reads(app: Flask, reference: str) -> str:
    """Return the words of the customer's page; nothing that is for staff alone is among them."""
    page = customers(app, reference)
    for told in FOR_STAFF_ALONE:
        assert told not in page.html
    return page.text
