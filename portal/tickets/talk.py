"""What customers and staff write to each other on a ticket, and where the customer is told of it by mail.

Each function is one commit, returns the ticket, and raises `LookupError` where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal import evidence, outbox
from portal.events import EventKind
from portal.extensions import db
from portal.models import Staff, Ticket
from portal.policy import OPEN, State
from portal.tickets.find import LONGEST_SEARCHED, filed_before, fold
from portal.tickets.history import Refused, add_event, locked, move_to


def write_to_staff(
    reference: str, text: str, *, pictures: Sequence[int], browser: str, submission: str, at: datetime
) -> Ticket:
    """Add what the customer wrote; a ticket that waited for it goes back into review.

    The same `submission` once more stores nothing. `pictures` are ids of pictures kept for the browser. Raises
    `Refused` where the ticket has ended, `evidence.Gone`, `evidence.Full`.
    """
    ticket = locked(reference, None)
    if filed_before(submission):
        db.session.rollback()
        return ticket
    if ticket.state not in OPEN:
        db.session.rollback()
        raise Refused("nobody works on a ticket that ended")
    if ticket.state is State.WAITING_FOR_CUSTOMER:
        move_to(ticket, State.IN_REVIEW, at, by_customer=True)
    ticket.search_text = fold(ticket.search_text, text[: max(0, LONGEST_SEARCHED - len(ticket.search_text))])
    event = add_event(ticket, EventKind.CUSTOMER_WROTE, at, data={"text": text}, submission=submission)
    evidence.attach(pictures, browser, event)
    db.session.commit()
    return ticket


def write_to_customer(reference: str, staff: Staff, text: str, seen: int, at: datetime) -> Ticket:
    """Add what staff wrote to the customer; the ticket stays where it is. Raises `Conflict`."""
    ticket = locked(reference, seen)
    add_event(ticket, EventKind.STAFF_WROTE, at, staff=staff, data={"text": text})
    db.session.commit()
    return ticket


def set_email(reference: str, email: str, at: datetime) -> Ticket:
    """Set where the customer is told of the ticket, and turn the mails on; those that did not arrive go there."""
    ticket = locked(reference, None)
    if email != ticket.email or ticket.mails_off_at is not None:
        ticket.email, ticket.mails_off_at = email, None
        ticket.search_text = fold(ticket.search_text, email)
        outbox.readdress(ticket.id, email, at)
        add_event(ticket, EventKind.EMAIL_SET, at, data={"email": email})
    db.session.commit()
    return ticket


def turn_mails(reference: str, at: datetime, *, on: bool) -> Ticket:
    """Turn the mails about a ticket on or off, as whoever gets them asks."""
    ticket = locked(reference, None)
    if on != (ticket.mails_off_at is None):
        ticket.mails_off_at = None if on else at
        add_event(ticket, EventKind.MAILS_ON if on else EventKind.MAILS_OFF, at)
    db.session.commit()
    return ticket
