"""Filing: a new ticket, or one more filing of an open one; exactly once a submission."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import evidence
from portal.events import EventKind
from portal.extensions import begin_writing, db
from portal.filing import Filing, order_key
from portal.keys import Keyring
from portal.models import Event, Ticket, spoken
from portal.policy import Policy, Source, State, decide
from portal.tickets.find import filed_before, fold, handover_used
from portal.tickets.history import add_event, move_to
from portal.tickets.links import give_link

ALPHABET = "ACDEFHJKMNPRTWXY34679"
"""Letters and figures that look and sound unlike each other: no 0 O Q, 1 I L, 2 Z, 5 S, 8 B, G, U V."""

TRIES = 4
"""How often a filing begins again when another one came in between."""


@dataclass(frozen=True, kw_only=True)
class Filer:
    """Who files, as far as it is known: a browser (by a hash), in a language.

    `known_as` is the filer whose ticket this browser opened by its secret link, to add to it. `proven` is whether the
    main site says whose the order is, and `customer` the hash of that customer's id, where it gave one.
    """

    browser: str
    language: str
    known_as: str | None = None
    customer: str | None = None
    proven: bool = False

    @property
    def id(self) -> str:
        """Whose tickets the filing belongs to."""
        return self.customer or self.known_as or self.browser

    @property
    def ids(self) -> tuple[str, ...]:
        """Whose open ticket the filing is added to: what a browser filed is its customer's, once that is proven."""
        return tuple(id_ for id_ in (self.customer, self.known_as or self.browser) if id_)


class HandoverUsed(Exception):
    """Another filing was made with this hand-over."""


@dataclass(frozen=True, kw_only=True)
class Try:
    """One try to file: the same `submission` (64 letters) once more gives the same ticket and stores nothing.

    `handover` is the hand-over that it rests on, which serves one filing alone; `noted` is kept with the event.
    """

    submission: str
    handover: str | None = None
    noted: Mapping[str, Any] = field(default_factory=dict)


def file(
    filing: Filing,
    filer: Filer,
    *,
    pictures: Sequence[int],
    this: Try,
    policy: Policy,
    keys: Keyring,
    at: datetime,
) -> Ticket:
    """Store a filing with its decision; commit. Raises `HandoverUsed`, `evidence.Gone`.

    `pictures` are ids of pictures kept for the filer's browser.
    """
    begin_writing()
    for _ in range(TRIES):
        earlier = filed_before(this.submission)
        if earlier:
            db.session.rollback()
            return earlier
        if this.handover and handover_used(this.handover):
            db.session.rollback()
            raise HandoverUsed
        try:
            with db.session.begin_nested():
                ticket, event = _add(filing, filer, this, policy, keys, at)
        except IntegrityError:
            continue  # the same order, submission or hand-over came in between: look again
        evidence.attach(pictures, filer.browser, event)
        db.session.commit()
        return ticket
    raise RuntimeError(f"a filing was overtaken {TRIES} times")


def _add(filing: Filing, filer: Filer, this: Try, policy: Policy, keys: Keyring, at: datetime) -> tuple[Ticket, Event]:
    ticket = _open_ticket(filing, filer)
    kind = EventKind.FILED_AGAIN if ticket else EventKind.FILED
    decision = decide(filing.facts, policy)
    told = filing.told.sources() if filing.told else {}
    data = {**this.noted, "filing": filing.data(), **spoken(filing.facts, Source.CUSTOMER, decision, told)}
    if ticket is None:
        ticket = _new_ticket(filing, filer, keys, at)
        db.session.add(ticket)
    elif ticket.state is State.WAITING_FOR_CUSTOMER:
        move_to(ticket, State.IN_REVIEW, at, by_customer=True)
    if not keys.has(ticket.key_id):
        give_link(ticket, keys)  # its key was taken away, and its link with it
    if not _looked_up(ticket):
        ticket.status, ticket.outcome = filing.status, decision.outcome
    if filer.proven:
        ticket.proven, ticket.filer = True, filer.id
    ticket.service_name = filing.service_name
    ticket.search_text = fold(ticket.search_text, ticket.reference, *map(str, _searched(filing)))
    db.session.flush()
    event = add_event(
        ticket, kind, at, data=data, edition=policy.edition, submission=this.submission, handover=this.handover
    )
    return ticket, event


def _looked_up(ticket: Ticket) -> bool:
    """Return whether staff recorded what the panel shows: then a claim no longer counts as what is known."""
    return any(event.kind is EventKind.FACTS_RECORDED for event in ticket.events)


def _open_ticket(filing: Filing, filer: Filer) -> Ticket | None:
    same = select(Ticket).where(Ticket.order_key == order_key(filing.order_id), Ticket.filer.in_(filer.ids))
    first = same.where(Ticket.ended_at.is_(None)).order_by(Ticket.filer != filer.id).limit(1)
    return db.session.scalar(first.with_for_update(of=Ticket))


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
    known = (filing.told.customer_id or "", filing.told.email or "") if filing.told else ()
    return filing.order_id, filing.service_name, filing.link, filing.reason, filing.reference, *known
