"""Claim and fact side by side: who states what of an order, and when that was so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from portal import tickets
from portal.events import EventKind
from portal.forms.fields import Known
from portal.forms.labels import KNOWN
from portal.i18n import gettext
from portal.policy import Circumstance, Source, Status
from portal.views.here import portal, words


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What somebody states of a fact, and when that was so."""

    who: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact, by everyone who states it; it `differs` where they do not agree."""

    label: str
    stated: tuple[Stated, ...]
    differs: bool


class _Statement(NamedTuple):
    """What one source states of an order: by the name of each fact; `shown` is the panel's own word for the status."""

    who: str
    at: datetime
    values: Mapping[str, Any]
    shown: str = ""


def compared(ticket: Any, reading: Any) -> list[Fact]:
    """Return the status and each circumstance, where somebody states it; the last `reading` is the panel's."""
    statements = list(_statements(ticket, reading))
    labels = {"status": gettext("Order status")} | {c.value: words().circumstance(c) for c in Circumstance}
    found = [_fact(name, label, statements) for name, label in labels.items()]
    return [fact for fact in found if fact.stated]


def who_states(source: Source) -> str:
    """Return who states a fact, in words."""
    return {
        Source.CUSTOMER: gettext("the customer"),
        Source.MAIN_SITE: portal().settings.shop_name,
        Source.PANEL: gettext("the panel"),
        Source.STAFF: gettext("staff"),
    }[source]


def _fact(name: str, label: str, statements: list[_Statement]) -> Fact:
    stating = [one for one in statements if one.values.get(name) is not None]
    values = {one.values[name] for one in stating} - {Status.UNKNOWN}
    stated = tuple(Stated(who=one.who, at=one.at, text=_text(name, one)) for one in stating)
    return Fact(label=label, stated=stated, differs=len(values) > 1)


def _text(name: str, statement: _Statement) -> str:
    value = statement.values[name]
    if name != "status":
        return str(KNOWN[Known.of(value)])
    return words().status(value).name if value is not Status.UNKNOWN or not statement.shown else statement.shown


def _statements(ticket: Any, reading: Any) -> Iterator[_Statement]:
    """Yield what each source states last: customer, main site, panel, staff."""
    *_, filed = (event for event in ticket.events if event.filing)
    filing = filed.filing
    said = {name: value for name, value in vars(filing.claimed).items() if filing.source(name) is Source.CUSTOMER}
    yield _Statement(who_states(Source.CUSTOMER), filed.at, said)
    told = tickets.known_of(ticket).told
    if told:
        yield _Statement(who_states(Source.MAIN_SITE), told.at, vars(told))
    last = {event.kind: event for event in ticket.events if event.facts}
    if read := last.get(EventKind.FACTS_READ):
        yield _of_panel(read, reading)
    if recorded := last.get(EventKind.FACTS_RECORDED):
        yield _Statement(gettext("staff: %(name)s", name=recorded.staff.name), recorded.seen_at, vars(recorded.facts))


def _of_panel(read: Any, reading: Any) -> _Statement:
    """Return what the panel states last: a reading that is no news to the ticket has no line in its history."""
    values = {name: read.data["facts"][name] for name in read.data["sources"]}
    if reading is None or reading.refused:
        values["status"] = Status(values["status"])
        return _Statement(who_states(Source.PANEL), read.at, values, read.data["shown"])
    return _Statement(who_states(Source.PANEL), reading.last_at, {**values, "status": reading.status}, reading.shown)
