"""Filing: a new ticket, or one more filing of an open one; exactly once a submission."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import evidence
from portal.events import EventKind
from portal.extensions import begin_writing, db
from portal.filing import Filing, order_key
from portal.keys import Keyring
from portal.models import Event, Ticket, spoken
from portal.policy import Policy, Source, State, decide
from portal.tickets.find import filed_before, fold
from portal.tickets.history import add_event, move_to
from portal.tickets.links import give_link

ALPHABET = "ACDEFHJKMNPRTWXY34679"
"""Letters and figures that look and sound unlike each other: no 0 O Q, 1 I L, 2 Z, 5 S, 8 B, G, U V."""

TRIES = 4
"""How often a filing begins again when another one came in between."""


@dataclass(frozen=True, kw_only=True)
class Filer:
    """Who files, as far as it is known: a browser (by a hash), in a language.

    `known_as` is the filer whose ticket this browser opened by its secret link, to add to it.
    """

    browser: str
    language: str
    known_as: str | None = None

    @property
    def id(self) -> str:
        """Whose tickets the filing belongs to."""
        return self.known_as or self.browser


def file(
    filing: Filing,
    filer: Filer,
    *,
    pictures: Sequence[int],
    submission: str,
    policy: Policy,
    keys: Keyring,
    at: datetime,
) -> Ticket:
    """Store a filing with its decision; commit.

    `pictures` are ids of pictures kept for the filer's browser; `submission` (64 letters)
    names this one try to file: the same once more gives the same ticket and stores nothing.
    """
    begin_writing()
    for _ in range(TRIES):
        earlier = filed_before(submission)
        if earlier:
            db.session.rollback()
            return earlier
        try:
            with db.session.begin_nested():
                ticket, event = _add(filing, filer, submission, policy, keys, at)
        except IntegrityError:
            continue  # the same order or submission came in between: look again
        evidence.attach(pictures, filer.browser, event)
        db.session.commit()
        return ticket
    raise RuntimeError(f"a filing was overtaken {TRIES} times")


def _add(
    filing: Filing, filer: Filer, submission: str, policy: Policy, keys: Keyring, at: datetime
) -> tuple[Ticket, Event]:
    ticket = _open_ticket(filing, filer)
    kind = EventKind.FILED_AGAIN if ticket else EventKind.FILED
    decision = decide(filing.facts, policy)
    data = {"filing": filing.data(), **spoken(filing.facts, Source.CUSTOMER, decision)}
    if ticket is None:
        ticket = _new_ticket(filing, filer, keys, at)
        db.session.add(ticket)
    elif ticket.state is State.WAITING_FOR_CUSTOMER:
        move_to(ticket, State.IN_REVIEW, at, by_customer=True)
    if not _looked_up(ticket):
        ticket.status, ticket.outcome = filing.status, decision.outcome
    ticket.service_name = filing.service_name
    ticket.search_text = fold(ticket.search_text, ticket.reference, *map(str, _searched(filing)))
    db.session.flush()
    event = add_event(ticket, kind, at, data=data, edition=policy.edition, submission=submission)
    return ticket, event


def _looked_up(ticket: Ticket) -> bool:
    """Return whether staff recorded what the panel shows: then a claim no longer counts as what is known."""
    return any(event.kind is EventKind.FACTS_RECORDED for event in ticket.events)


def _open_ticket(filing: Filing, filer: Filer) -> Ticket | None:
    same = select(Ticket).where(Ticket.order_key == order_key(filing.order_id), Ticket.filer == filer.id)
    return db.session.scalar(same.where(Ticket.ended_at.is_(None)).with_for_update(of=Ticket))


def _new_ticket(filing: Filing, filer: Filer, keys: Keyring, at: datetime) -> Ticket:
    ticket = Ticket(
        reference=_reference(),
        version=0,
        state=State.RECEIVED,
        language=filer.language,
        order_id=filing.order_id,
        order_key=order_key(filing.order_id),
        filer=filer.id,
        proven=False,
        search_text="",
        filed_at=at,
    )
    give_link(ticket, keys)
    return ticket


def _reference() -> str:
    letters = [secrets.choice(ALPHABET) for _ in range(7)]
    return f"{''.join(letters[:3])}-{''.join(letters[3:])}"


def _searched(filing: Filing) -> tuple[str, ...]:
    return filing.order_id, filing.service_name, filing.link, filing.reason, filing.reference
