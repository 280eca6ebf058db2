"""Cancellations on their way to the panel: asked for by staff, sent by a worker, once each.

A worker marks one as being sent before it sends it. Where it dies before it recorded what became of that, nobody
knows if the panel was reached: then it is unknown, and never sent again by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.exc import IntegrityError

from portal.cancellation import MAY_HAVE_REACHED, CancelState, ended_as
from portal.clock import SKEW
from portal.events import EventKind
from portal.extensions import begin_writing, db
from portal.models import Cancellation, Staff, Ticket
from portal.policy import State
from portal.readings import CancelAnswer
from portal.tickets.history import Refused, add_event, locked, move_to
from portal.tickets.lookups import look_up

HELD = timedelta(minutes=1)
"""How long a cancellation counts as being sent; longer than a worker can take."""
PAUSES = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300, 300, 300, 600))
"""The pauses after a try that did not reach the panel; after one more the cancellation is given up, unsent."""
LASTS = timedelta(hours=1)
"""How long after it was asked for a cancellation may be sent: later, the order may be another one to whoever asked."""
CONFIRMED_AFTER = timedelta(seconds=20)
"""How soon the panel is asked what became of the order."""

ENDS = {
    CancelState.TAKEN: EventKind.CANCEL_TAKEN,
    CancelState.REFUSED: EventKind.CANCEL_REFUSED,
    CancelState.UNKNOWN: EventKind.CANCEL_UNKNOWN,
    CancelState.UNSENT: EventKind.CANCEL_UNSENT,
}

OF_ORDER = select(Cancellation).where(Cancellation.order_key == bindparam("order_key")).order_by(Cancellation.id)


class AskedBefore(Exception):
    """The panel was asked to cancel this order before, or may have been."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A cancellation that a worker is to send now, until the moment when it counts as unknown."""

    id: int
    name: str
    ticket_id: int
    order_id: str
    held_until: datetime


def ask_cancel(reference: str, staff: Staff, seen: int, at: datetime, *, again: bool) -> Ticket:
    """Have a worker ask the panel to cancel the order of an accepted ticket; commit.

    Raises `AskedBefore` where the panel may have been asked already, unless it is to be asked `again`; `Refused` where
    the ticket is not accepted, or a cancellation of the order is under way.
    """
    ticket = locked(reference, seen)
    if ticket.state is not State.ACCEPTED:
        db.session.rollback()
        raise Refused(f"{ticket.state} is not accepted")
    event = add_event(ticket, EventKind.CANCEL_ASKED, at, staff=staff)
    name = f"{ticket.reference}.{event.number}.cancel"
    db.session.add(
        Cancellation(
            name=name,
            ticket_id=ticket.id,
            order_key=ticket.order_key,
            order_id=ticket.order_id,
            state=CancelState.WAITING,
            asked_at=at,
            next_at=at,
            tries=0,
            said="",
            raw="",
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:  # one is under way, of this ticket or of another for the order
        db.session.rollback()
        raise Refused("a cancellation of this order is under way") from error
    if not again and any(row.state in MAY_HAVE_REACHED for row in cancellations_of(ticket.order_key)):
        db.session.rollback()
        raise AskedBefore
    db.session.commit()
    return ticket


def call_back(reference: str, staff: Staff, seen: int, at: datetime) -> Ticket:
    """Call a cancellation back that was not sent yet; commit. Raises `Refused` where it is too late."""
    ticket = locked(reference, seen)
    waiting = (Cancellation.ticket_id == ticket.id, Cancellation.state == CancelState.WAITING)
    mine = select(Cancellation).where(*waiting).with_for_update().execution_options(populate_existing=True)
    cancellation = db.session.scalar(mine)
    if cancellation is None:
        db.session.rollback()
        raise Refused("nothing waits to be sent")
    _end(cancellation, CancelState.CALLED_BACK, at)
    add_event(ticket, EventKind.CANCEL_CALLED_BACK, at, staff=staff)
    db.session.commit()
    return ticket


def cancellations_of(key: str) -> Sequence[Cancellation]:
    """Return the cancellations of the order of this key, the first first."""
    return db.session.scalars(OF_ORDER, {"order_key": key}).all()


def take_cancellation(at: datetime) -> Sending | None:
    """Take the cancellation that waits longest, and mark it as being sent; commit."""
    waiting = (
        Cancellation.state == CancelState.WAITING,
        Cancellation.next_at <= at,
        Cancellation.asked_at > at - LASTS,
        Cancellation.asked_at <= at + SKEW,
    )
    due = select(Cancellation).where(*waiting).order_by(Cancellation.next_at, Cancellation.id).limit(1)
    if db.session.scalar(due.with_only_columns(Cancellation.id)) is None:
        db.session.rollback()
        return None
    begin_writing()
    row = db.session.scalar(due.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    if row is None:
        db.session.rollback()
        return None
    until = at + HELD
    row.state, row.sent_at, row.next_at, row.held_until, row.tries = (
        CancelState.SENDING,
        at,
        until,
        until,
        row.tries + 1,
    )
    taken = Sending(id=row.id, name=row.name, ticket_id=row.ticket_id, order_id=row.order_id, held_until=until)
    db.session.commit()
    return taken


def finish_cancellation(sending: Sending, answer: CancelAnswer, at: datetime) -> CancelState | None:
    """Record what became of a cancellation, and move its ticket by that; commit. Return where it is now.

    What came too late is heeded where it says more than was known: that the panel took it, or refused it.
    """
    begin_writing()
    ticket = _ticket(sending.ticket_id)
    mine = select(Cancellation).where(Cancellation.id == sending.id)
    row = db.session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one()
    state = ended_as(answer.failure)
    ours = row.state is CancelState.SENDING and row.held_until == sending.held_until
    late = row.state is CancelState.UNKNOWN and state in (CancelState.TAKEN, CancelState.REFUSED)
    if not ours and not late:
        db.session.rollback()
        return None
    row.said, row.raw = answer.said, answer.raw
    if state is None and row.tries <= len(PAUSES):
        row.state, row.sent_at, row.held_until = CancelState.WAITING, None, None
        row.next_at = at + PAUSES[row.tries - 1]
    else:
        _end(row, state or CancelState.UNSENT, at)
        _tell(ticket, row, at)
    db.session.commit()
    return row.state


def give_up_unfinished(at: datetime) -> int:
    """Record as unknown what a worker was sending and came to no end with, as unsent what waits too long; commit.

    So it is where the clock was set back since: how long it waits, nobody knows.
    Return how many there were.
    """
    unfinished = or_(
        and_(Cancellation.state == CancelState.SENDING, _outside(Cancellation.next_at, at, at + HELD + SKEW)),
        and_(Cancellation.state == CancelState.WAITING, _outside(Cancellation.asked_at, at - LASTS, at + SKEW)),
    )
    found = db.session.execute(select(Cancellation.id, Cancellation.ticket_id).where(unfinished)).all()
    db.session.rollback()
    for id_, ticket_id in found:
        begin_writing()
        ticket = _ticket(ticket_id)
        mine = select(Cancellation).where(Cancellation.id == id_, unfinished)
        row = db.session.scalar(mine.with_for_update().execution_options(populate_existing=True))
        if row is not None:
            _end(row, CancelState.UNKNOWN if row.state is CancelState.SENDING else CancelState.UNSENT, at)
            _tell(ticket, row, at)
        db.session.commit()
    return len(found)


def _outside(moment: Any, after: datetime, until: datetime) -> Any:
    return or_(moment <= after, moment > until)


def _ticket(ticket_id: int) -> Ticket:
    same = select(Ticket).where(Ticket.id == ticket_id).with_for_update(of=Ticket)
    return db.session.scalars(same.execution_options(populate_existing=True)).one()


def _end(row: Cancellation, state: CancelState, at: datetime) -> None:
    row.state, row.ended_at, row.next_at, row.held_until = state, at, None, None
    if state is CancelState.UNSENT:
        row.sent_at = None


def _tell(ticket: Ticket, row: Cancellation, at: datetime) -> None:
    """Move a ticket by what became of its cancellation, where it still waits for that, and record it."""
    db.session.flush()
    if not _asked_since(row):
        if ticket.state is State.ACCEPTED and row.state is not CancelState.UNSENT:
            move_to(ticket, State.CANCEL_SENT, at)
        if ticket.state is State.CANCEL_SENT and row.state is CancelState.REFUSED:
            move_to(ticket, State.IN_REVIEW, at)
    add_event(ticket, ENDS[row.state], at, data={"said": row.said} if row.said else {})
    look_up(ticket.order_id, at + CONFIRMED_AFTER)


def _asked_since(row: Cancellation) -> bool:
    """Return whether the panel was, or may have been, asked again: then what comes late of this one moves nothing."""
    later = (Cancellation.order_key == row.order_key, Cancellation.id > row.id)
    reached = select(Cancellation.id).where(*later, Cancellation.state.in_(MAY_HAVE_REACHED)).limit(1)
    return db.session.scalar(reached) is not None
