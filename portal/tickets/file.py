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
from portal.keys import Keyring, digest
from portal.models import Event, Ticket, spoken
from portal.policy import Policy, Source, State, decide
from portal.tickets.find import filed_before, fold
from portal.tickets.history import add_event, move_to

ALPHABET = "ACDEFHJKMNPRTWXY34679"
"""Letters and figures that look and sound unlike each other: no 0 O Q, 1 I L, 2 Z, 5 S, 8 B, G, U V."""

TRIES = 4
"""How often a filing begins again when another one came in between."""

LINK = "ticket-link"


@dataclass(frozen=True, kw_only=True)
class Filer:
    """Who files, as far as it is known: a browser (by a hash), in a language."""

    browser: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Filed:
    """What a filing came to: its ticket, and whether it was added to one that was open already."""

    ticket: Ticket
    again: bool


def file(
    filing: Filing,
    filer: Filer,
    *,
    pictures: Sequence[int],
    submission: str,
    policy: Policy,
    keys: Keyring,
    at: datetime,
) -> Filed:
    """Store a filing with its decision; commit.

    `pictures` are ids of pictures kept for the filer's browser; `submission` (64 letters)
    names this one try to file: the same once more gives the same ticket and stores nothing.
    """
    begin_writing()
    for _ in range(TRIES):
        earlier = filed_before(submission)
        if earlier:
            db.session.rollback()
            return Filed(ticket=earlier, again=False)
        try:
            with db.session.begin_nested():
                ticket, event = _add(filing, filer, submission, policy, keys, at)
        except IntegrityError:
            continue  # the same order or submission came in between: look again
        evidence.attach(pictures, filer.browser, event)
        db.session.commit()
        return Filed(ticket=ticket, again=event.kind is EventKind.FILED_AGAIN)
    raise RuntimeError(f"a filing was overtaken {TRIES} times")


def link_token(ticket: Ticket, keys: Keyring) -> str:
    """Return the token of a ticket's secret link, made again from its nonce; `KeyError` where its key is gone."""
    return keys.mac(LINK, ticket.nonce, ticket.key_id)


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
    ticket.status, ticket.outcome, ticket.service_name = filing.status, decision.outcome, filing.service_name
    ticket.search_text = fold(ticket.search_text, ticket.reference, *map(str, _searched(filing)))
    db.session.flush()
    event = add_event(ticket, kind, at, data=data, edition=policy.edition, submission=submission)
    return ticket, event


def _open_ticket(filing: Filing, filer: Filer) -> Ticket | None:
    same = select(Ticket).where(Ticket.order_key == order_key(filing.order_id), Ticket.filer == filer.browser)
    return db.session.scalar(same.where(Ticket.ended_at.is_(None)).with_for_update(of=Ticket))


def _new_ticket(filing: Filing, filer: Filer, keys: Keyring, at: datetime) -> Ticket:
    nonce = secrets.token_hex(16)
    return Ticket(
        reference=_reference(),
        version=0,
        state=State.RECEIVED,
        language=filer.language,
        order_id=filing.order_id,
        order_key=order_key(filing.order_id),
        filer=filer.browser,
        proven=False,
        search_text="",
        filed_at=at,
        nonce=nonce,
        key_id=keys.newest,
        token_hash=digest(keys.mac(LINK, nonce)),
    )


def _reference() -> str:
    letters = [secrets.choice(ALPHABET) for _ in range(7)]
    return f"{''.join(letters[:3])}-{''.join(letters[3:])}"


def _searched(filing: Filing) -> tuple[str, ...]:
    return filing.order_id, filing.service_name, filing.link, filing.reason, filing.reference
