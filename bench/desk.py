"""A portal on a filled database, its staff signed in: what they ask of it all day, and what customers file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench import chance_words
from bench.bodies import Opened, filled, opened
from bench.filled import number_of, payment
from bench.portals import HIGH, Server, answering, portal, read
from bench.wrk import Request
from portal import create_app
from portal.extensions import db
from portal.models import Ticket
from tests.build import settings_for
from tests.colleague import OLENA, session
from tests.databases import running

FORM = "/uk/tickets/new"
LIST, TICKET, FILING = "list", "ticket", "filing"
BY_ORDER, BY_RARE, BY_COMMON = "search by order ID", "search by a rare word", "search by a common word"
ASKED = 400
"""How many tickets, drawn by lot, are asked for in turn."""
FILED = 40
"""How many tickets are filed for each measure, so that there are as many tickets as is said."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A portal, and an app on its database that knows its forms."""

    server: Server
    app: Flask

    def work(self, chance: Random) -> Mapping[str, list[Request]]:
        """Return what is asked, by what it is, each right for the tickets that there are now."""
        drawn = self._drawn(chance)
        paths = {
            LIST: ["/staff/"],
            BY_ORDER: [f"/staff/?q={order}" for _, order in drawn],
            BY_RARE: [f"/staff/?q={payment(number_of(order))}" for _, order in drawn],
            BY_COMMON: [f"/staff/?q={chance_words.COMMON}"],
            TICKET: [f"/staff/tickets/{reference}" for reference, _ in drawn],
        }
        cookie = f"staff={session(self.app, OLENA)}"
        for path in (paths[name][0] for name in (BY_ORDER, BY_RARE, TICKET)):
            assert drawn[0][0] in read(self.server.port, path, cookie), path
        return {
            name: [Request("GET", path, cookie) for path in islice(cycle(those), ASKED)]
            for name, those in paths.items()
        }

    def forms(self, browsers: int = 1) -> list[Opened]:
        """Return the form, opened in so many browsers."""
        return opened(self.app, FORM, self.server.url, browsers)

    def filings(self, number: int = FILED) -> list[Request]:
        """Return so many tickets, as they are filed by customers who have nothing in common."""
        return filled(self.forms(), number, self.app)

    def _drawn(self, chance: Random) -> list[tuple[str, str]]:
        """Return reference and order of tickets of the filling, open and ended, drawn by lot."""
        with self.app.app_context():
            last = db.session.scalar(select(func.max(Ticket.id))) or 0
            ids = chance.choices(range(1, last + 1), k=2 * ASKED)
            rows = db.session.execute(select(Ticket.reference, Ticket.order_id).where(Ticket.id.in_(ids))).all()
        drawn = [(reference, order) for reference, order in rows if order.isdecimal()]
        chance.shuffle(drawn)
        return drawn


@contextmanager
def desk(url: str, folder: Path) -> Iterator[Desk]:
    """Give a portal on this database, ready."""
    server, limits = portal(url, folder), dict[str, Any](limits=HIGH)
    app = create_app(settings_for(url, public_url=server.url, **limits))
    with answering(server), running(app):
        yield Desk(server=server, app=app)
