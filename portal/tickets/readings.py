"""What the panel says of orders: kept as read, and heeded by the open tickets of the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Select, bindparam, delete, func, insert, select

from portal.clock import lies_ahead
from portal.events import EventKind
from portal.extensions import begin_writing, db
from portal.filing import Told, order_key
from portal.models import Cancellation, Event, OrderReading, PanelService, Ticket, spoken
from portal.policy import Facts, Policy, Source, State, Status, decide
from portal.readings import Reading, Service
from portal.tickets.history import add_event, is_being_sent, move_to
from portal.tickets.known import Known, agreed_on, known_in
from portal.tickets.lookups import plan

CONFIRMED = {Status.CANCELED: State.CANCELED, Status.PARTIAL: State.PARTLY_CANCELED}
"""The states that a status of the panel confirms, of a ticket whose cancellation was agreed to."""

AGREED = (State.ACCEPTED, State.CANCEL_SENT)

SAYS = tuple(field.name for field in fields(Reading) if field.name != "raw")

OF_ORDER = select(OrderReading).where(OrderReading.order_key == bindparam("order_key")).order_by(OrderReading.id)


def record(order_id: str, reading: Reading, source: str, policy: Policy, at: datetime) -> None:
    """Keep what a `source` said of an order, have its open tickets heed it, and plan the next reading; commit."""
    begin_writing()
    key = order_key(order_id)
    still_open = select(Ticket).where(Ticket.order_key == key, Ticket.ended_at.is_(None)).order_by(Ticket.id)
    locked = still_open.with_for_update(of=Ticket).execution_options(populate_existing=True)
    tickets = db.session.scalars(locked).all()
    _keep(key, reading, source, at)  # now that the tickets are locked: two workers keep it once
    if not reading.refused:
        for ticket in tickets:
            _heed(ticket, reading, policy, at)
    plan(key, at, max((_done_at(ticket) for ticket in tickets if ticket.ended_at is None), default=None))
    db.session.commit()


def readings_of(order_id: str) -> Sequence[OrderReading]:
    """Return all that the panel said of an order, the first first."""
    return db.session.scalars(OF_ORDER, {"order_key": order_key(order_id)}).all()


def keep_services(services: Sequence[Service]) -> None:
    """Keep the services of the panel in the place of those kept before; commit."""
    begin_writing()
    db.session.execute(delete(PanelService))
    rows = {service.id: {"id": service.id, "name": service.name, "cancel": service.cancel} for service in services}
    if rows:
        db.session.execute(insert(PanelService), list(rows.values()))
    db.session.commit()


def service_allows(told: Told | None) -> bool | None:
    """Return whether the service that the main site named lets orders be canceled; `None` where that is not known."""
    if told is None or not (told.service_id or told.service_name):
        return None
    named = PanelService.id == told.service_id if told.service_id else PanelService.name == told.service_name
    found = db.session.scalars(select(PanelService.cancel).where(named).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _of(key: str) -> Select[OrderReading]:
    return select(OrderReading).where(OrderReading.order_key == key)


def _keep(key: str, reading: Reading, source: str, at: datetime) -> None:
    last = db.session.scalar(_of(key).order_by(OrderReading.id.desc()).limit(1).with_for_update())
    said = {name: getattr(reading, name) for name in SAYS}
    same = last is not None and last.source == source and all(getattr(last, name) == said[name] for name in SAYS)
    if last is not None and same and not lies_ahead(last.last_at, at):
        last.last_at, last.raw = max(at, last.last_at), reading.raw
        return
    db.session.add(OrderReading(order_key=key, source=source, at=at, last_at=at, raw=reading.raw, **said))
    db.session.flush()


def _heed(ticket: Ticket, reading: Reading, policy: Policy, at: datetime) -> None:
    """Record on a ticket what changed by a reading, and move it where that confirms what was agreed to."""
    events = ticket.events
    known = known_in(events)
    facts, others = _with(reading, known)
    if facts != known.facts or _is_another_word(reading, events):
        decision = decide(facts, policy)
        ticket.status, ticket.outcome = facts.status, decision.outcome
        data = {"shown": reading.shown, **spoken(facts, Source.CUSTOMER, decision, others)}
        add_event(ticket, EventKind.FACTS_READ, at, data=data, edition=policy.edition)
    state = CONFIRMED.get(reading.status)
    if (
        state
        and ticket.state in AGREED
        and agreed_on(events) not in (None, reading.status)
        and not is_being_sent(ticket)
    ):
        move_to(ticket, state, at)
        add_event(ticket, EventKind.MOVED, at, data={"shown": reading.shown})


def _is_another_word(reading: Reading, events: Sequence[Event]) -> bool:
    """Return whether nothing was read before, or another word than this, whose meaning is not known."""
    read = [event.data["shown"] for event in events if event.kind is EventKind.FACTS_READ]
    return not read or (reading.status is Status.UNKNOWN and read[-1] != reading.shown)


def _with(reading: Reading, known: Known) -> tuple[Facts, dict[str, Source]]:
    """Return what is known, with what a reading says; and which of the facts are the panel's."""
    facts, sources = replace(known.facts, status=reading.status), {"status": Source.PANEL}
    unsaid = facts.provider_allows is None or known.sources["provider_allows"] is Source.PANEL
    allows = service_allows(known.told) if unsaid else None
    if allows is not None:
        return replace(facts, provider_allows=allows), {**sources, "provider_allows": Source.PANEL}
    return facts, sources


def _done_at(ticket: Ticket) -> datetime:
    """Return when something was last done with a ticket that the order may change by."""
    sent = select(func.max(Cancellation.sent_at)).where(Cancellation.ticket_id == ticket.id)
    return max(ticket.filed_at, db.session.scalar(sent) or ticket.filed_at)
