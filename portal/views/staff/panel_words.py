"""What the panel said of an order, what it was asked to cancel, and what may be credited, in words for staff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import tickets
from portal.cancellation import MAY_HAVE_REACHED, CancelState
from portal.forms.labels import AMOUNTS, CANCELLATIONS
from portal.i18n import gettext, moment, money, number
from portal.policy import Source, State, Status
from portal.views.here import reads_panel, words
from portal.views.said import Line, amount_words
from portal.views.staff.compared import Fact, compared, who_states
from portal.views.staff.ground import GroundWords, ground_words
from portal.views.staff.history import said_of

CREDIT_STATES = (State.CANCEL_SENT, State.CANCELED, State.PARTLY_CANCELED, State.CREDITED)
"""The states in which a credit is to be thought of."""


@dataclass(frozen=True, kw_only=True)
class SentRow:
    """A cancellation of the order: where it is, what was said, since when; of another ticket where a `reference` is."""

    text: str
    said: str
    at: datetime
    tries: str
    next_at: datetime | None
    reference: str


@dataclass(frozen=True, kw_only=True)
class CreditWords:
    """What may be credited: the `amount`, or what is missing; the inputs; what to mind; what has been credited."""

    amount: str
    missing: str
    inputs: tuple[Line, ...]
    lowered: str
    given: str
    given_reference: str


@dataclass(frozen=True, kw_only=True)
class PanelWords:
    """All that a ticket's page says of the panel; `reads` is whether the portal asks it."""

    reads: bool
    facts: list[Fact]
    ground: GroundWords
    reading: list[Line]
    read_at: datetime | None
    asked_at: datetime | None
    waits: bool
    sent: list[SentRow]
    asked_before: bool
    credit: CreditWords
    credit_matters: bool


def panel_words(ticket: Any, panel: tickets.OnPanel, at: datetime) -> PanelWords:
    """Return all that a ticket's page says of the panel."""
    reading, asked_at, sent = panel.last, panel.asked_at, panel.cancellations
    return PanelWords(
        reads=reads_panel(),
        facts=compared(ticket, reading),
        ground=ground_words(ticket, panel, at),
        reading=_reading_lines(reading) if reading else [],
        read_at=reading.last_at if reading else None,
        asked_at=asked_at,
        waits=asked_at is not None and at - asked_at < tickets.PATIENCE,
        sent=[_sent_row(row, ticket) for row in reversed(sent)],
        asked_before=any(row.state in MAY_HAVE_REACHED for row in sent),
        credit=_credit_words(ticket, panel),
        credit_matters=ticket.state in CREDIT_STATES or ticket.status in (Status.PARTIAL, Status.CANCELED),
    )


def _reading_lines(reading: Any) -> list[Line]:
    if reading.refused:
        return [Line(label=gettext("The panel says"), text=reading.refused)]
    charge = money(reading.charge, reading.currency) if reading.charge is not None else ""
    name = words().status(reading.status).name
    given = (
        Line(label=gettext("Order status"), text=words().status(reading.status).full),
        Line(label=gettext("The panel’s own word"), text=reading.shown if reading.shown != name else ""),
        Line(label=str(AMOUNTS["charge"]), text=charge),
        Line(label=str(AMOUNTS["remains"]), text=_count(reading.remains)),
        Line(label=gettext("Count at the start"), text=_count(reading.start_count)),
    )
    return [line for line in given if line.text]


def _count(value: int | None) -> str:
    return "" if value is None else number(value)


def _sent_row(row: Any, ticket: Any) -> SentRow:
    return SentRow(
        text=str(CANCELLATIONS[row.state]),
        said=said_of(row.said, by_panel=row.state in (CancelState.TAKEN, CancelState.REFUSED)),
        at=row.ended_at or row.sent_at or row.asked_at,
        tries=number(row.tries),
        next_at=row.next_at if row.state is CancelState.WAITING and row.tries else None,
        reference=row.ticket.reference if row.ticket_id != ticket.id else "",
    )


def _credit_words(ticket: Any, panel: tickets.OnPanel) -> CreditWords:
    """Return what may be credited for the order, with its working."""
    working = tickets.working_of(ticket, panel.readings)
    currency = working.currency.value or ""
    given = working.given
    return CreditWords(
        amount=money(working.credit.amount, currency) if working.credit.amount is not None else "",
        missing=", ".join(str(AMOUNTS[name]) for name in working.credit.missing),
        inputs=tuple(_inputs(working)),
        lowered=f"{money(working.lowered.value, currency)} ({moment(working.lowered.at)})" if working.lowered else "",
        given=_given(given) if given else "",
        given_reference=given.ticket.reference if given and given.ticket_id != ticket.id else "",
    )


def _given(given: Any) -> str:
    if given.amount is None:
        return gettext("An amount was credited for this order on %(when)s.", when=moment(given.at))
    amount, when = money(given.amount, given.currency), moment(given.at)
    return gettext("%(amount)s was credited for this order on %(when)s.", amount=amount, when=when)


def _inputs(working: Any) -> Iterator[Line]:
    for name, label in AMOUNTS.items():
        stated = getattr(working, name)
        text = gettext("not known") if stated.source is None else _stated(name, stated)
        yield Line(label=str(label), text=text)


def _stated(name: str, stated: Any) -> str:
    value = amount_words(name, stated.value)
    who = who_states(Source(stated.source))
    return gettext("%(value)s – %(who)s, %(when)s", value=value, who=who, when=moment(stated.at))
