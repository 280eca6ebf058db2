"""How a ticket changes: one locked row, one event more, one move that the states' table allows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from portal import outbox
from portal.cancellation import UNDER_WAY, CancelState
from portal.events import EventKind
from portal.extensions import begin_writing, db, insert_into, insert_now
from portal.models import Cancellation, Event, PolicyVersion, Staff, Ticket
from portal.policy import BY_CUSTOMER, BY_STAFF, OPEN, WAITS_FOR_STAFF, Edition, State
from portal.together import Again

KEPT = select(PolicyVersion.hash).where(PolicyVersion.hash == bindparam("hash"))


class Conflict(Exception):
    """The ticket changed since the person saw it."""


class Refused(Exception):
    """The states' table has no such move."""


def locked(reference: str, seen: int | None, *, besides: Collection[EventKind] = ()) -> Ticket:
    """Return the ticket, locked until the commit, in the version that was seen, or with no events since but `besides`.

    `None` stands for any version. Raises `Conflict`, `LookupError`; `Refused` where it was cleared.
    """
    begin_writing()
    same = select(Ticket).where(Ticket.reference == reference)
    ticket = db.session.scalar(same.with_for_update(of=Ticket).execution_options(populate_existing=True))
    if ticket is None:
        raise LookupError(reference)
    if ticket.cleared_at is not None:
        db.session.rollback()
        raise Refused("its personal data was taken out")
    if seen is not None and seen != ticket.version:
        since = db.session.scalars(select(Event.kind).where(Event.ticket_id == ticket.id, Event.number > seen))
        if seen > ticket.version or not set(since) <= set(besides):
            db.session.rollback()
            raise Conflict
    return ticket


def add_event(
    ticket: Ticket,
    kind: EventKind,
    at: datetime,
    *,
    staff: Staff | None = None,
    data: Mapping[str, Any] | None = None,
    edition: Edition | None = None,
    submission: str | None = None,
    handover: str | None = None,
) -> Event:
    """Add a line to the history of a ticket, with its notices, and count its version up; the caller commits.

    A new ticket comes with the version of its first line. Raises `Again` where this submission or hand-over made a line
    just now.
    """
    if kind is not EventKind.FILED:
        ticket.version += 1
    db.session.flush()
    event = Event(
        ticket_id=ticket.id,
        number=ticket.version,
        at=at,
        kind=kind,
        state=ticket.state,
        staff_id=staff.id if staff else None,
        data=dict(data or {}),
        policy_hash=_kept(edition, at) if edition else None,
        submission=submission,
        handover=handover,
    )
    if not insert_now(event):
        raise Again
    db.session.expire(ticket, ["events"])
    outbox.write(ticket, event)
    return event


def move_to(ticket: Ticket, state: State, at: datetime, *, by_customer: bool = False) -> None:
    """Move a ticket as the states' table allows; the caller adds the event and commits. Raises `Refused`."""
    may_move_to(ticket, state, by_customer=by_customer)
    if ticket.state is State.ACCEPTED:
        _stop_sending(ticket, at)
    ticket.state = state
    ticket.ended_at = None if state in OPEN else (ticket.ended_at or at)
    if state not in WAITS_FOR_STAFF:
        ticket.waits_since = ticket.reminded_at = None
    elif ticket.waits_since is None:
        ticket.waits_since = at


def may_move_to(ticket: Ticket, state: State, *, by_customer: bool = False) -> None:
    """Raise `Refused`, and roll back, where the states' table has no such move."""
    table = BY_CUSTOMER if by_customer else BY_STAFF
    if state not in table.get(ticket.state, ()):
        db.session.rollback()
        raise Refused(f"{ticket.state} → {state}")


def is_being_sent(ticket: Ticket) -> bool:
    """Return whether a worker is sending the ticket's cancellation to the panel just now."""
    return any(cancellation.state is CancelState.SENDING for cancellation in _under_way(ticket))


def _stop_sending(ticket: Ticket, at: datetime) -> None:
    """Call back a cancellation that was not sent yet: the ticket moves on. Raises `Refused` where it is too late."""
    for cancellation in _under_way(ticket):
        if cancellation.state is CancelState.SENDING:
            db.session.rollback()
            raise Refused("its cancellation is being sent")
        cancellation.state, cancellation.ended_at, cancellation.next_at = CancelState.CALLED_BACK, at, None


def _under_way(ticket: Ticket) -> Sequence[Cancellation]:
    """Return the ticket's cancellations that may still reach the panel, locked until the commit."""
    mine = select(Cancellation).where(Cancellation.ticket_id == ticket.id, Cancellation.state.in_(UNDER_WAY))
    return db.session.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()


def _kept(edition: Edition, at: datetime) -> str:
    if db.session.connection().scalar(KEPT, {"hash": edition.hash}) is None:
        row = {"hash": edition.hash, "version": edition.version, "content": edition.content, "first_used_at": at}
        db.session.execute(insert_into(PolicyVersion).values(row).on_conflict_do_nothing())
    return edition.hash
