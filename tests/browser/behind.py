"""What stands behind the served pages: the portal's own code on the same database, to bring things about and look."""

from __future__ import annotations

from functools import cached_property

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import func, select

from portal import staff_access, tickets
from portal.clock import now
from portal.concerns import Carrier, NoticeKind, NoticeState
from portal.demo import PASSWORD, STAFF
from portal.events import EventKind
from portal.extensions import db
from portal.models import Event, Notice, Staff, Ticket
from portal.outbox import Fault
from portal.policy import State, Verdict
from tests.build import KEYS

OLENA, TARAS, MARIA = (email for email, _, _ in STAFF)
"""The demonstration's members of staff: the first two read Ukrainian, the third English."""


class Behind:
    """The portal behind its pages: its tickets, their links, its staff."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def tickets_of(self, order_id: str) -> int:
        """Return how many tickets an order has."""
        with self._app.app_context():
            return db.session.scalar(select(func.count(Ticket.id)).where(Ticket.order_id == order_id)) or 0

    def filings_of(self, order_id: str) -> int:
        """Return how often someone filed for an order."""
        filed = Event.kind.in_((EventKind.FILED, EventKind.FILED_AGAIN))
        with self._app.app_context():
            events = select(func.count(Event.id)).join(Ticket).where(Ticket.order_id == order_id, filed)
            return db.session.scalar(events) or 0

    @cached_property
    def in_state(self) -> dict[State, str]:
        """The reference of a ticket of the demonstration in each state."""
        with self._app.app_context():
            rows = db.session.execute(select(Ticket.state, func.min(Ticket.reference)).group_by(Ticket.state))
            return {row.state: row[1] for row in rows}

    def looked_up(self) -> str:
        """Return the reference of a ticket for which staff recorded what the panel shows."""
        with self._app.app_context():
            recorded = select(Ticket.reference).join(Event).where(Event.kind == EventKind.FACTS_RECORDED)
            return db.session.scalars(recorded.order_by(Ticket.id)).first() or ""

    def link(self, reference: str) -> str:
        """Return the path of a ticket's secret link."""
        with self._app.app_context():
            ticket = _ticket(reference)
            return f"/t/{tickets.link_token(ticket, KEYS)}"

    def note(self, reference: str, text: str, email: str = TARAS) -> None:
        """Add a note to a ticket, as a colleague does while others look at it."""
        with self._app.app_context():
            ticket, staff = _ticket(reference), db.session.scalars(select(Staff).where(Staff.email == email)).one()
            tickets.add_note(reference, staff, text, ticket.version, now())

    def ask(self, reference: str, question: str, email: str = OLENA) -> None:
        """Ask the customer something, as staff do while the customer looks on."""
        with self._app.app_context():
            ticket, staff = _ticket(reference), db.session.scalars(select(Staff).where(Staff.email == email)).one()
            asked = tickets.Answer(verdict=Verdict.ASK, text=question)
            policy = self._app.extensions["portal"].content.policy
            tickets.answer(reference, staff, asked, policy, ticket.version, now(), reads=False)

    def replace_link(self, reference: str, email: str = OLENA) -> None:
        """Make a new secret link; the old one works no longer."""
        with self._app.app_context():
            ticket, staff = _ticket(reference), db.session.scalars(select(Staff).where(Staff.email == email)).one()
            tickets.replace_link(reference, staff, KEYS, ticket.version, now())

    def refuse_mail(self, reference: str) -> None:
        """Have the last notice of a ticket refused for good, as a mail server does with an address that is not."""
        with self._app.app_context():
            ticket = _ticket(reference)
            address = "nobody@example.com"
            tickets.set_email(reference, address, now())
            about = {"ticket_id": ticket.id, "recipient": address, "made_at": now(), "ended_at": now(), "tries": 1}
            said = {"fault": Fault.REFUSED, "detail": "550 5.1.1 no such user", "state": NoticeState.REFUSED}
            what = {"name": f"{reference}.no", "kind": NoticeKind.RECEIVED, "carrier": Carrier.MAIL, "data": {}}
            db.session.add(Notice(**what, **about, **said))
            db.session.commit()

    def mails_link(self, reference: str) -> str:
        """Return the path by which the mails about a ticket are turned off."""
        with self._app.app_context():
            ticket = _ticket(reference)
            return f"/uk/mails/{tickets.mails_token(ticket, KEYS)}"

    def invite(self, email: str) -> str:
        """Add a member of staff; return the path of the one-time link."""
        with self._app.app_context():
            return f"/staff/setup/{staff_access.add(email, 'Ірина', 'uk', now())}"

    def sign_in(self, page: Page, email: str = OLENA) -> None:
        """Sign a page's browser in."""
        with self._app.app_context():
            token = staff_access.sign_in(email, PASSWORD, now())
        assert token is not None
        host = self._app.extensions["portal"].settings.public_url
        page.context.add_cookies([{"name": "staff", "value": token, "url": host}])


def _ticket(reference: str) -> Ticket:
    ticket = tickets.by_reference(reference)
    assert ticket is not None
    return ticket
