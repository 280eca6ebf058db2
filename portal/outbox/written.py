"""Writing notices: with the event that they are about, in its transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, select

from portal.concerns import TO_STAFF, Carrier, NoticeKind, NoticeState, told_to_customer
from portal.extensions import begin_writing, built_once, db
from portal.models import Event, Notice, Ticket, Webhook
from portal.policy import State, Verdict

WEBHOOKS = select(Webhook.id).where(Webhook.withdrawn_at.is_(None))


class About(NamedTuple):
    """The ticket and the event that a notice is about, by id."""

    ticket_id: int | None = None
    event_id: int | None = None


def write(ticket: Ticket, event: Event) -> None:
    """Write the notices of an event to everyone whom it concerns; the caller commits."""
    verdict = Verdict(event.data["verdict"]) if "verdict" in event.data else None
    told = told_to_customer(event.kind, event.state, verdict, words=bool(event.data.get("text")))
    about = About(ticket_id=ticket.id, event_id=event.id)
    name = f"{ticket.reference}.{event.number}"
    rows = []
    if told and ticket.email and ticket.mails_off_at is None:
        rows.append(row(name, told, Carrier.MAIL, event.at, about, recipient=ticket.email))
    if event.kind in TO_STAFF:
        rows.append(row(f"{name}.staff", TO_STAFF[event.kind], Carrier.CHANNEL, event.at, about))
    webhooks = _webhooks()
    if webhooks and state_before(event) is not event.state:
        for id_ in map(str, webhooks):
            changed = (f"{name}.hook.{id_}", NoticeKind.STATE_CHANGED, Carrier.WEBHOOK)
            rows.append(row(*changed, event.at, about, recipient=id_))
    add(rows)


def ask_for_link(name: str, order_id: str, email: str, at: datetime) -> None:
    """Have the worker look for a ticket of this order and address, and send its link; the caller commits.

    Nothing is looked up here: whoever asks cannot tell from the answer, or how long it took, what there is.
    """
    begin_writing()
    asked = {"order_id": order_id}
    add([row(f"link.{name}", NoticeKind.LINK, Carrier.MAIL, at, About(), recipient=email, data=asked)])


def remind(older_than: datetime, at: datetime, most: int = 100) -> int:
    """Write a notice to staff of each ticket that waits since before `older_than`, once; commit; return how many."""
    late = and_(Ticket.reminded_at.is_(None), Ticket.waits_since <= older_than)
    if db.session.scalar(select(Ticket.id).where(late).limit(1)) is None:
        db.session.rollback()
        return 0
    begin_writing()
    found = db.session.scalars(
        select(Ticket).where(late).order_by(Ticket.waits_since).limit(most).with_for_update(of=Ticket)
    ).all()
    for ticket in found:
        ticket.reminded_at = at
    names = {ticket.id: f"{ticket.reference}.{ticket.version}.late" for ticket in found}
    late_rows = (row(name, NoticeKind.OVERDUE, Carrier.CHANNEL, at, About(id_)) for id_, name in names.items())
    add(list(late_rows))
    db.session.commit()
    return len(found)


def row(
    name: str,
    kind: NoticeKind,
    carrier: Carrier,
    at: datetime,
    about: About,
    *,
    recipient: str = "",
    data: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a new notice as it is stored."""
    return {
        "name": name,
        "kind": kind,
        "carrier": carrier,
        "recipient": recipient,
        "data": dict(data or {}),
        "state": NoticeState.WAITING,
        "made_at": at,
        "next_at": at,
        "tries": 0,
        "detail": "",
        **about._asdict(),
    }


def add(rows: Sequence[Mapping[str, Any]]) -> None:
    """Write notices, but those of whose name one is there."""
    if rows:
        db.session.connection().execute(_once(), rows)


@built_once
def _once(insert: Any) -> Any:
    return insert(Notice.__table__).on_conflict_do_nothing(index_elements=["name"])


def _webhooks() -> Sequence[int]:
    return db.session.connection().scalars(WEBHOOKS).all()


def state_before(event: Event) -> State | None:
    """Return the state in which an event found its ticket; `None` for the first."""
    earlier = select(Event.state).where(Event.ticket_id == event.ticket_id, Event.number == event.number - 1)
    return db.session.scalar(earlier)
