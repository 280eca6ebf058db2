"""What is known of a ticket's order, and from whom: read off the events of its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from portal.events import EventKind
from portal.filing import Told
from portal.models import Event, Ticket
from portal.policy import Circumstance, Facts, Source, State, Status

ALL = ("status", *Circumstance)
SEEN = (EventKind.FACTS_READ, EventKind.FACTS_RECORDED)
"""The events that state what the panel shows: read by the worker, or seen by staff."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a ticket's order: the facts, who states each, the service's name, what the shop told last."""

    facts: Facts
    sources: Mapping[str, Source]
    service_name: str
    told: Told | None


def known_of(ticket: Ticket) -> Known:
    """Return what is known of a ticket's order."""
    return known_in(ticket.events)


def known_in(events: Sequence[Event]) -> Known:
    """Return what is known: the last filing's claims, under what the main site told, the panel said, staff recorded."""
    filings = [event.filing for event in events if event.filing]
    facts, told = filings[-1].claimed, None
    sources = dict.fromkeys(ALL, Source.CUSTOMER)
    for event in events:
        if event.kind is EventKind.FACTS_RECORDED and event.facts:
            facts, sources = event.facts, dict.fromkeys(ALL, Source.STAFF)
        elif event.kind is EventKind.FACTS_READ and event.facts:
            # of it, the panel's own alone: others may have changed
            read = {name: Source(source) for name, source in event.data["sources"].items()}
            facts, sources = replace(facts, **{name: getattr(event.facts, name) for name in read}), sources | read
        elif event.filing and event.filing.told not in (None, told):  # what was told before is no news
            told = event.filing.told
            facts, sources = told.added_to(facts), sources | told.sources()
    names = [filing.told.service_name for filing in filings if filing.told and filing.told.service_name]
    return Known(facts=facts, sources=sources, service_name=(names or [filings[-1].service_name])[-1], told=told)


def agreed_on(events: Sequence[Event]) -> Status | None:
    """Return the status that was known when a cancellation was agreed to: seeing it again confirms nothing.

    Where none was, it is the first that was seen afterwards; `None` until then.
    """
    known = agreed = None
    accepted = False
    for event in events:
        if event.kind in SEEN and event.facts:
            known = event.facts.status
            agreed = agreed or (known if accepted else None)
        elif event.kind is EventKind.ANSWERED and event.state is State.ACCEPTED:
            accepted, agreed = True, known
    return agreed
