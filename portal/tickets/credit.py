"""The one credit of an order: what staff know of its amounts, and what they credited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.events import EventKind
from portal.extensions import db
from portal.models import Credited, Staff, Ticket
from portal.policy import State
from portal.tickets.history import add_event, locked, move_to
from portal.tickets.working import Amounts, working_of


class CreditedBefore(Exception):
    """The order has its one credit already, on the ticket of this `reference`."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What staff credited."""

    amount: Decimal
    currency: str


def record_amounts(reference: str, staff: Staff, amounts: Amounts, seen: int, at: datetime) -> Ticket:
    """Record what staff know of an order's amounts; commit."""
    ticket = locked(reference, seen)
    add_event(ticket, EventKind.AMOUNTS_RECORDED, at, staff=staff, data={"amounts": amounts.data()})
    db.session.commit()
    return ticket


def record_credit(reference: str, staff: Staff, paid: Paid, text: str, seen: int, at: datetime) -> Ticket:
    """Record that an amount was credited for a canceled order, with the working of that moment; commit.

    Raises `CreditedBefore`: an order has one credit, whichever ticket it stands on.
    """
    ticket = locked(reference, seen)
    key, working = ticket.order_key, working_of(ticket)
    if working.given is not None:
        _refuse(key)
    move_to(ticket, State.CREDITED, at)
    row = {"amount": paid.amount, "currency": paid.currency}
    db.session.add(Credited(order_key=key, ticket_id=ticket.id, at=at, **row))
    kept = {"amount": f"{paid.amount:f}", "currency": paid.currency, "working": working.data()}
    try:
        add_event(ticket, EventKind.MOVED, at, staff=staff, data={"text": text, "credit": kept})
    except IntegrityError:  # another ticket of the order was credited at this moment
        _refuse(key)
    db.session.commit()
    return ticket


def _refuse(key: str) -> NoReturn:
    db.session.rollback()
    given = db.session.scalars(select(Credited).where(Credited.order_key == key)).one()
    raise CreditedBefore(given.ticket.reference)
