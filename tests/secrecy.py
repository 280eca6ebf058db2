"""What no log and no record of the panel may hold: the panel's key, a ticket's secret link, a customer's words."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import tickets
from portal.demo.panel import KEY
from portal.events import EventKind
from portal.extensions import db
from portal.models import Cancellation, Check, Event, Lookup, OrderReading, PanelService
from tests.stored import ticket

WORDS: dict[str, Any] = {
    "service_name": "Quokka subscribers",
    "link": "https://social.example/wombat-page",
    "reason": "My axolotl pressed the button.",
    "reference": "Invoice of the pangolin",
    "email": "numbat@customers.example",
}
"""A filing whose words can be told from all others."""
TELLING = ("quokka", "wombat", "axolotl", "pangolin", "numbat")


def secrets(app: Flask, reference: str) -> tuple[str, ...]:
    """Return what is not to be told: the panel's key, the secret of the ticket's link, a word of each answer."""
    with app.app_context():
        return (KEY, tickets.link_token(ticket(reference), app.extensions["portal"].keys), *TELLING)


def told(secret: tuple[str, ...], *texts: object) -> set[str]:
    """Return what of it stands in texts, however it is written."""
    whole = "\n".join(map(str, texts)).casefold()
    return {word for word in secret if word.casefold() in whole}


def recorded(app: Flask) -> list[str]:
    """Return all that is recorded of the panel: what it said, was asked, and what became of that; no filing."""
    of_panel = [Cancellation, Check, Lookup, OrderReading, PanelService]
    since = select(Event.__table__).where(Event.kind != EventKind.FILED)
    with app.app_context():
        found = [repr(row) for table in of_panel for row in db.session.execute(select(table.__table__))]
        return found + [repr(row) for row in db.session.execute(since)]
