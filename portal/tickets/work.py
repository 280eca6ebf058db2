"""What staff and customers do with a filed ticket. Each function is one commit.

`seen` is the version that the person had before them: where the ticket has moved on,
`Conflict` is raised, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from portal.events import EventKind
from portal.extensions import db
from portal.models import Staff, Ticket, spoken
from portal.policy import ANSWERED, Facts, Policy, Source, State, Verdict, decide
from portal.tickets.find import open_for
from portal.tickets.fresh import Ground, Seen, Stale, TooOld, fresh_ground, may_tell, told_now
from portal.tickets.history import Conflict, Refused, add_event, locked, may_move_to, move_to
from portal.tickets.known import known_of
from portal.tickets.lookups import look_up
from portal.tickets.on_panel import on_panel
from portal.tickets.working import working_of

TAKEABLE = (State.RECEIVED, State.IN_REVIEW, State.WAITING_FOR_CUSTOMER)
"""The states in which staff take a ticket; from the others it comes into review only with a reason."""

UNSEEN = (
    EventKind.TAKEN_OVER,
    EventKind.NOTE,
    EventKind.FACTS_RECORDED,
    EventKind.FACTS_READ,
    EventKind.AMOUNTS_RECORDED,
)
"""What a customer's page does not show, and what therefore stands in no customer's way."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What staff answer: a verdict, a sentence, the clause it rests on, how the filer was matched with the owner.

    An acceptance rests `on` what they saw on the panel just before, where nothing fresher is known.
    """

    verdict: Verdict
    text: str
    clause: str = ""
    matched_by: str = ""
    on: Seen | None = None


class NotMatched(Exception):
    """Who asks is not proven, and the answer does not say how the filer was matched with the order's owner."""


def take(reference: str, staff: Staff, seen: int, at: datetime) -> Ticket:
    """Take a ticket into review, or over from whoever has it."""
    ticket = locked(reference, seen)
    _take(ticket, staff, at)
    db.session.commit()
    return ticket


def give_back(reference: str, staff: Staff, seen: int, at: datetime) -> Ticket:
    """Give a ticket in review back to the list."""
    ticket = locked(reference, seen)
    move_to(ticket, State.RECEIVED, at)
    ticket.holder_id = None
    add_event(ticket, EventKind.GIVEN_BACK, at, staff=staff)
    db.session.commit()
    return ticket


def add_note(reference: str, staff: Staff, text: str, seen: int, at: datetime) -> Ticket:
    """Add a note that only staff see."""
    ticket = locked(reference, seen)
    add_event(ticket, EventKind.NOTE, at, staff=staff, data={"text": text})
    db.session.commit()
    return ticket


def record_facts(reference: str, staff: Staff, facts: Facts, policy: Policy, seen: int, at: datetime) -> Ticket:
    """Record what the panel shows, as staff see it, and what the policy says of that."""
    ticket = locked(reference, seen)
    _record(ticket, staff, facts, policy, at, {})
    db.session.commit()
    return ticket


def answer(
    reference: str, staff: Staff, given: Answer, policy: Policy, seen: int, at: datetime, *, reads: bool
) -> Ticket:
    """Answer a ticket, taking it first where another or nobody has it; the portal `reads` a panel, or none.

    Raises `NotMatched`; and where it is accepted on what is not fresh, `Stale` or, for what staff saw, `TooOld`.
    """
    ticket = locked(reference, seen)
    state = ANSWERED[given.verdict]
    on = _ground(ticket, given, at, reads=reads) if state is State.ACCEPTED else None
    if state is State.ACCEPTED and not ticket.proven:
        if not given.matched_by:
            db.session.rollback()
            raise NotMatched
        ticket.proven, ticket.matched_by = True, given.matched_by
    if ticket.state is not State.IN_REVIEW or ticket.holder_id != staff.id:
        _take(ticket, staff, at)
    said: dict[str, Any] = {name: value for name, value in vars(given).items() if value and name != "on"}
    if on:
        said["on"] = {"status": on.status, "shown": on.shown, "source": on.source, "at": on.at.isoformat()}
        said["working"] = working_of(ticket).data()
    if on and on.told_now:
        facts = replace(known_of(ticket).facts, status=on.status)
        _record(ticket, staff, facts, policy, at, {"seen_at": on.at.isoformat()})
    move_to(ticket, state, at)
    add_event(ticket, EventKind.ANSWERED, at, staff=staff, data=said, edition=policy.edition)
    db.session.commit()
    return ticket


def _ground(ticket: Ticket, given: Answer, at: datetime, *, reads: bool) -> Ground:
    """Return what an acceptance rests on. Raises `Stale`, `TooOld`, and rolls back."""
    try:
        if given.on and may_tell(on_panel(ticket), at, reads=reads):
            return told_now(given.on, at)
        return fresh_ground(ticket, at, reads=reads)
    except (Stale, TooOld):
        db.session.rollback()
        raise


def _record(ticket: Ticket, staff: Staff, facts: Facts, policy: Policy, at: datetime, more: Mapping[str, Any]) -> None:
    decision = decide(facts, policy)
    ticket.status, ticket.outcome = facts.status, decision.outcome
    data = {**more, **spoken(facts, Source.STAFF, decision)}
    add_event(ticket, EventKind.FACTS_RECORDED, at, staff=staff, data=data, edition=policy.edition)


def move(reference: str, staff: Staff, state: State, text: str, seen: int, at: datetime) -> Ticket:
    """Record what became of an accepted ticket, as staff saw it on the panel; a credit is recorded with its amount."""
    ticket = locked(reference, seen)
    if state is State.CREDITED:
        db.session.rollback()
        raise Refused("a credit has an amount")
    move_to(ticket, state, at)
    add_event(ticket, EventKind.MOVED, at, staff=staff, data={"text": text})
    db.session.commit()
    return ticket


def reopen(reference: str, staff: Staff, reason: str, seen: int, at: datetime) -> Ticket:
    """Take a declined or failed ticket into review again; return it.

    Where the filer has another open ticket for the order, the reason goes there, as a note, and that one is returned.
    """
    ticket = locked(reference, seen)
    if ticket.state in TAKEABLE:
        db.session.rollback()
        raise Refused("an open ticket is taken, not opened again")
    may_move_to(ticket, State.IN_REVIEW)
    other = open_for(ticket.order_key, ticket.filer) if ticket.ended_at else None
    if other is not None:
        said = {"text": reason, "from": ticket.reference}
        if other.events[-1].data != said:  # two clicks are one note
            add_event(other, EventKind.NOTE, at, staff=staff, data=said)
        db.session.commit()
        return other
    move_to(ticket, State.IN_REVIEW, at)
    ticket.holder_id = staff.id
    try:
        add_event(ticket, EventKind.REOPENED, at, staff=staff, data={"text": reason})
        look_up(ticket.order_id, at)  # nothing was read of it since it ended
    except IntegrityError as error:  # another was filed at this moment
        db.session.rollback()
        raise Conflict from error
    db.session.commit()
    return ticket


def withdraw(reference: str, seen: int, at: datetime) -> Ticket:
    """Withdraw a ticket, as its customer asks."""
    ticket = locked(reference, seen, besides=UNSEEN)
    move_to(ticket, State.WITHDRAWN, at, by_customer=True)
    add_event(ticket, EventKind.WITHDRAWN, at)
    db.session.commit()
    return ticket


def _take(ticket: Ticket, staff: Staff, at: datetime) -> None:
    if ticket.state not in TAKEABLE:
        db.session.rollback()
        raise Refused(f"{ticket.state} is opened again with a reason, not taken")
    kind = EventKind.TAKEN_OVER if ticket.state is State.IN_REVIEW and ticket.holder_id else EventKind.TAKEN
    if ticket.state is not State.IN_REVIEW:
        move_to(ticket, State.IN_REVIEW, at)
    ticket.holder_id = staff.id
    add_event(ticket, kind, at, staff=staff)
