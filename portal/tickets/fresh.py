"""Whether what is known of an order is fresh enough for an answer to rest on, and what staff say that they saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.clock import lies_ahead
from portal.events import EventKind
from portal.models import Ticket
from portal.policy import Source, Status
from portal.tickets.on_panel import OnPanel, on_panel

FRESH = timedelta(minutes=5)
"""How old what is known of an order may be when an answer rests on it."""
PATIENCE = timedelta(seconds=10)
"""How long staff wait for the panel until they may answer on what they saw themselves."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The status that a member of staff saw on the panel, and when; the clock that they read shows minutes."""

    status: Status
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What an answer can rest on: the status, who states it, and when that was so. `until` then it is fresh.

    `shown` is the panel's own word for the status; `told_now` is whether staff say so with the answer itself.
    """

    status: Status
    source: Source
    at: datetime
    shown: str = ""
    told_now: bool = False

    @property
    def until(self) -> datetime:
        """The moment until which an answer may rest on it."""
        return self.at + FRESH

    def is_fresh(self, at: datetime) -> bool:
        """Return whether an answer may rest on it; not on what a clock says that was set back since."""
        return self.until >= at and not lies_ahead(self.at, at)


class Stale(Exception):
    """What is known of the order is too old to answer on."""


class TooOld(Exception):
    """What staff saw, they saw too long ago, or it lies ahead."""


def ground(ticket: Ticket, panel: OnPanel, *, reads: bool) -> Ground | None:
    """Return what is known last: of the panel, or, where the portal `reads` no panel, of staff; `None` for nothing."""
    if reads:
        reading = panel.last
        if reading is None or reading.refused:
            return None
        return Ground(status=reading.status, source=Source.PANEL, at=reading.last_at, shown=reading.shown)
    recorded = [event for event in ticket.events if event.kind is EventKind.FACTS_RECORDED]
    if not recorded:
        return None
    last = recorded[-1]
    return Ground(status=Status(last.data["facts"]["status"]), source=Source.STAFF, at=last.seen_at)


def fresh_ground(ticket: Ticket, at: datetime, *, reads: bool) -> Ground:
    """Return what is known last, where it is fresh. Raises `Stale`."""
    found = ground(ticket, on_panel(ticket), reads=reads)
    if found is None or not found.is_fresh(at):
        raise Stale
    return found


def may_tell(panel: OnPanel, at: datetime, *, reads: bool) -> bool:
    """Return whether staff may answer on what they saw: no panel is read, it knows no such order, or it is silent."""
    if not reads:
        return True
    reading, since = panel.last, panel.asked_at
    refused = reading is not None and bool(reading.refused) and at - reading.last_at < FRESH
    return refused or (since is not None and at - since >= PATIENCE)


def told_now(seen: Seen, at: datetime) -> Ground:
    """Return what staff say that they just saw. Raises `TooOld`."""
    if not at - FRESH - MINUTE < seen.at <= at + MINUTE:
        raise TooOld
    return Ground(status=seen.status, source=Source.STAFF, at=seen.at, told_now=True)
