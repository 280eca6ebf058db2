"""What staff and customers do with a filed ticket. Each function is one commit.

`seen` is the version that the person had before them: where the ticket has moved on,
`Conflict` is raised, and nothing is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from portal.events import EventKind
from portal.extensions import db
from portal.models import Staff, Ticket, spoken
from portal.policy import ANSWERED, Facts, Policy, Source, State, Verdict, decide
from portal.tickets.find import open_for
from portal.tickets.history import Conflict, Refused, add_event, locked, may_move_to, move_to

TAKEABLE = (State.RECEIVED, State.IN_REVIEW, State.WAITING_FOR_CUSTOMER)
"""The states in which staff take a ticket; from the others it comes into review only with a reason."""

UNSEEN = (EventKind.TAKEN_OVER, EventKind.NOTE, EventKind.FACTS_RECORDED)
"""What a customer's page does not show, and what therefore stands in no customer's way."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What staff answer: a verdict, a sentence, the clause it rests on, how the filer was matched with the owner."""

    verdict: Verdict
    text: str
    clause: str = ""
    matched_by: str = ""


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
    decision = decide(facts, policy)
    ticket.status, ticket.outcome = facts.status, decision.outcome
    data = spoken(facts, Source.STAFF, decision)
    add_event(ticket, EventKind.FACTS_RECORDED, at, staff=staff, data=data, edition=policy.edition)
    db.session.commit()
    return ticket


def answer(reference: str, staff: Staff, given: Answer, policy: Policy, seen: int, at: datetime) -> Ticket:
    """Answer a ticket, taking it first where another or nobody has it. Raises `NotMatched`."""
    ticket = locked(reference, seen)
    state = ANSWERED[given.verdict]
    if state is State.ACCEPTED and not ticket.proven:
        if not given.matched_by:
            db.session.rollback()
            raise NotMatched
        ticket.proven, ticket.matched_by = True, given.matched_by
    if ticket.state is not State.IN_REVIEW or ticket.holder_id != staff.id:
        _take(ticket, staff, at)
    move_to(ticket, state, at)
    said = {name: value for name, value in vars(given).items() if value}
    add_event(ticket, EventKind.ANSWERED, at, staff=staff, data=said, edition=policy.edition)
    db.session.commit()
    return ticket


def move(reference: str, staff: Staff, state: State, text: str, seen: int, at: datetime) -> Ticket:
    """Record what became of an accepted ticket, as staff saw it on the panel."""
    ticket = locked(reference, seen)
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
