"""Filing: a new ticket, or one more filing of an open one; exactly once a submission."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal import evidence
from portal.events import EventKind, Way
from portal.extensions import insert_now
from portal.filing import Filing, order_key
from portal.keys import Keyring
from portal.models import Event, Ticket, spoken
from portal.policy import Outcome, Policy, Source, State, decide
from portal.tickets.find import filed_before, fold, of_handover, open_for
from portal.tickets.history import add_event, move_to
from portal.tickets.known import known_of
from portal.tickets.links import give_link, link_token
from portal.tickets.lookups import look_up
from portal.together import Again, together

ALPHABET = "ACDEFHJKMNPRTWXY34679"
"""Letters and figures that look and sound unlike each other: no 0 O Q, 1 I L, 2 Z, 5 S, 8 B, G, U V."""


@dataclass(frozen=True, kw_only=True)
class Filer:
    """Who files, as far as it is known: a browser (by a hash), in a language.

    `known_as` is the filer whose ticket this browser opened by its secret link, to add to it. `proven_as` is the filer
    that the main site vouches for: what was filed without proof is never taken for that filer's.
    """

    browser: str
    language: str
    known_as: str | None = None
    proven_as: str | None = None

    @property
    def id(self) -> str:
        """Whose tickets the filing belongs to."""
        return self.proven_as or self.known_as or self.browser


class HandoverUsed(Exception):
    """Another filing was made with this hand-over."""


@dataclass(frozen=True, kw_only=True)
class Try:
    """One try to file: the same `submission` (64 letters) once more gives the same ticket and stores nothing.

    `handover` is the hand-over that it rests on, which serves one filing alone; `noted` is kept with the event.
    """

    submission: str
    way: Way = Way.FORM
    handover: str | None = None
    noted: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The ticket that a filing belongs to: its reference, the order, and the token of its secret link."""

    reference: str
    order_id: str
    token: str


def file(
    filing: Filing,
    filer: Filer,
    *,
    pictures: Sequence[int],
    this: Try,
    policy: Policy,
    keys: Keyring,
    at: datetime,
    last: Callable[[], None] = lambda: None,
) -> Filed:
    """Store a filing with its decision; commit. Raises `HandoverUsed`, `evidence.Gone`, `evidence.Full`.

    `pictures` are ids of pictures kept for the filer's browser. `last` writes more with a filing that was not made
    before, at the end of its transaction, so that what all write is held for a moment only. What it raises refuses it.
    """

    def write() -> Filed:
        ticket = filed_before(this.submission)
        if ticket is None:
            if this.handover and of_handover(this.handover):
                raise HandoverUsed
            ticket, event = _add(filing, filer, this, policy, keys, at)
            evidence.attach(pictures, filer.browser, event)
            last()
        elif not keys.has(ticket.key_id):
            give_link(ticket, keys)
        return Filed(reference=ticket.reference, order_id=ticket.order_id, token=link_token(ticket, keys))

    return together(write)


def _add(filing: Filing, filer: Filer, this: Try, policy: Policy, keys: Keyring, at: datetime) -> tuple[Ticket, Event]:
    decision = decide(filing.facts, policy)
    told = filing.told.sources() if filing.told else {}
    said = spoken(filing.facts, Source.CUSTOMER, decision, told)
    ticket, new = _ticket_for(filing, decision.outcome, filer, keys, at)
    event = add_event(
        ticket,
        EventKind.FILED if new else EventKind.FILED_AGAIN,
        at,
        data={**this.noted, "way": this.way, "filing": filing.data(), **said},
        edition=policy.edition,
        submission=this.submission,
        handover=this.handover,
    )
    if not new:
        known = known_of(ticket)
        ticket.status, ticket.outcome = known.facts.status, decide(known.facts, policy).outcome
        ticket.service_name = known.service_name
    look_up(ticket.order_id, at)
    return ticket, event


def _ticket_for(filing: Filing, outcome: Outcome, filer: Filer, keys: Keyring, at: datetime) -> tuple[Ticket, bool]:
    """Return the ticket that a filing belongs to, and whether it is new."""
    ticket = open_for(order_key(filing.order_id), filer.id)
    if ticket is not None:
        _add_to(ticket, filing, keys, at)
        return ticket, False
    ticket = _new_ticket(filing, outcome, filer, keys, at)
    if not insert_now(ticket):
        raise Again
    return ticket, True


def _add_to(ticket: Ticket, filing: Filing, keys: Keyring, at: datetime) -> None:
    if ticket.state is State.WAITING_FOR_CUSTOMER:
        move_to(ticket, State.IN_REVIEW, at, by_customer=True)
    if not keys.has(ticket.key_id):
        give_link(ticket, keys)  # its key was taken away, and its link with it
    _heed_email(ticket, filing)
    ticket.search_text = fold(ticket.search_text, *map(str, _searched(filing)))


def _heed_email(ticket: Ticket, filing: Filing) -> None:
    """Have mails go where the filing says; what the main site told before undoes nothing that the customer chose."""
    chosen = filing.source("email") is Source.CUSTOMER or ticket.email is None
    if filing.email and chosen and filing.email != ticket.email:
        ticket.email, ticket.mails_off_at = filing.email, None


def _new_ticket(filing: Filing, outcome: Outcome, filer: Filer, keys: Keyring, at: datetime) -> Ticket:
    reference = _reference()
    ticket = Ticket(
        reference=reference,
        version=1,
        state=State.RECEIVED,
        language=filer.language,
        order_id=filing.order_id,
        order_key=order_key(filing.order_id),
        filer=filer.id,
        proven=filer.proven_as is not None,
        status=filing.facts.status,
        outcome=outcome,
        service_name=(filing.told and filing.told.service_name) or filing.service_name,
        search_text=fold(reference, *map(str, _searched(filing))),
        email=filing.email or None,
        filed_at=at,
        waits_since=at,
    )
    give_link(ticket, keys)
    return ticket


def _reference() -> str:
    letters = [secrets.choice(ALPHABET) for _ in range(7)]
    return f"{''.join(letters[:3])}-{''.join(letters[3:])}"


def _searched(filing: Filing) -> tuple[str, ...]:
    told = (filing.told.customer_id or "", filing.told.email or "") if filing.told else ()
    return filing.order_id, filing.service_name, filing.link, filing.reason, filing.reference, filing.email, *told
