"""What may be credited for an order, reckoned from what is known of it, with its working."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Self

from portal.events import EventKind
from portal.extensions import db
from portal.models import Credited, Event, OrderReading, Ticket
from portal.policy import Credit, Source, credit
from portal.tickets.readings import readings_of

READ: Mapping[str, Callable[[str], Any]] = {"charge": Decimal, "currency": str, "quantity": int, "remains": int}
"""What makes the values of the inputs, in their order, of what is stored."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Input:
    """A fact that a credit is reckoned from, who states it, and when; without a `source` where nobody does."""

    value: Any = None
    source: Source | None = None
    at: datetime = NEVER

    def data(self) -> dict[str, Any] | None:
        """Return the input as it is stored."""
        value = f"{self.value:f}" if isinstance(self.value, Decimal) else str(self.value)
        return {"value": value, "source": self.source, "at": self.at.isoformat()} if self.source else None

    @classmethod
    def of(cls, data: Mapping[str, Any] | None, read: Callable[[str], Any]) -> Self:
        """Return what `data()` gave; `read` makes the value of its text."""
        if data is None:
            return cls()
        at = datetime.fromisoformat(data["at"])
        return cls(value=read(data["value"]), source=Source(data["source"]), at=at)


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """What staff type of an order's amounts; `None` is what they leave as it is."""

    charge: Decimal | None = None
    currency: str | None = None
    quantity: int | None = None
    remains: int | None = None

    def data(self) -> dict[str, Any]:
        """Return the amounts as they are stored: what was typed alone."""
        typed = {name: value for name, value in vars(self).items() if value is not None}
        return typed | ({"charge": f"{self.charge:f}"} if self.charge is not None else {})

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return what `data()` gave."""
        amounts: dict[str, Any] = dict(data)
        if "charge" in amounts:
            amounts["charge"] = Decimal(amounts["charge"])
        return cls(**amounts)


@dataclass(frozen=True, kw_only=True)
class Working:
    """How a credit is reckoned: its inputs, what comes of them, and the order's credit, where it has been given.

    `lowered` is a later, lower charge of the panel, which may have credited the difference by itself.
    """

    charge: Input
    currency: Input
    quantity: Input
    remains: Input
    lowered: Input | None
    credit: Credit
    given: Credited | None

    @property
    def inputs(self) -> dict[str, Input]:
        """The inputs by their names."""
        return {name: getattr(self, name) for name in READ}

    def data(self) -> dict[str, Any]:
        """Return the inputs and the result as they are stored."""
        inputs = {name: one.data() for name, one in self.inputs.items()}
        amount = self.credit.amount
        return {**inputs, "amount": None if amount is None else f"{amount:f}", "missing": list(self.credit.missing)}


def working_of(ticket: Ticket, said: Sequence[OrderReading] | None = None) -> Working:
    """Return what may be credited for a ticket's order, with its working; once it was, as it was reckoned then.

    `said` is what the panel said of the order, where that was read already.

    What staff typed counts first. The charge is the first one known: some panels lower it when they settle an order,
    and a credit reckoned from that would count twice. What remains is what was known of it last.
    """
    events = ticket.events
    given = db.session.get(Credited, ticket.order_key, populate_existing=True)
    if given is not None and (kept := [event.data["credit"] for event in events if "credit" in event.data]):
        return _kept(kept[-1]["working"], given)
    said = readings_of(ticket.order_id) if said is None else said
    readings = [reading for reading in said if not reading.refused]
    typed, charges = _typed(events), sorted(_charges(events, readings), key=lambda charge: charge.at)
    first = charges[0].charge if charges else Input()
    charge = typed.get("charge", first)
    currencies = (c.currency for c in charges if c.currency.value and c.currency.source is first.source)
    currency = typed.get("currency") or next(currencies, Input())
    quantity = typed.get("quantity") or _quantity(events)
    remains = _remains(typed, readings)
    before = given.amount if given and given.amount is not None and given.currency == currency.value else Decimal(0)
    return Working(
        charge=charge,
        currency=currency,
        quantity=quantity,
        remains=remains,
        lowered=_lowered(charges, charge, currency),
        credit=credit(
            charge=charge.value,
            quantity=quantity.value,
            remains=remains.value,
            currency=currency.value,
            credited=before,
        ),
        given=given,
    )


def _kept(data: Mapping[str, Any], given: Credited) -> Working:
    """Return the working that is kept with a credit."""
    amount = Decimal(data["amount"]) if data["amount"] is not None else None
    return Working(
        **{name: Input.of(data[name], read) for name, read in READ.items()},
        lowered=None,
        credit=Credit(amount=amount, missing=tuple(data["missing"])),
        given=given,
    )


class _Charge(NamedTuple):
    """A charge that somebody stated, and its currency."""

    at: datetime
    charge: Input
    currency: Input


def _charges(events: Sequence[Event], readings: Sequence[OrderReading]) -> Iterator[_Charge]:
    for told in (event.filing.told for event in events if event.filing):
        if told and told.charge is not None:
            yield _charge(told.at, Source.MAIN_SITE, told.charge, told.currency)
    for reading in readings:
        if reading.charge is not None:
            yield _charge(reading.at, Source.PANEL, reading.charge, reading.currency)


def _charge(at: datetime, source: Source, charge: Decimal, currency: str | None) -> _Charge:
    return _Charge(at, Input(value=charge, source=source, at=at), Input(value=currency, source=source, at=at))


def _lowered(charges: Sequence[_Charge], charge: Input, currency: Input) -> Input | None:
    """Return the last charge of the panel, where it is below the one that counts; of another currency, none is."""
    last = next((stated for stated in reversed(charges) if stated.charge.source is Source.PANEL), None)
    if last is None or charge.value is None or last.currency.value not in (None, currency.value):
        return None
    return last.charge if last.charge.value < charge.value else None


def _quantity(events: Sequence[Event]) -> Input:
    for told in (event.filing.told for event in reversed(events) if event.filing):
        if told and told.quantity is not None:
            return Input(value=told.quantity, source=Source.MAIN_SITE, at=told.at)
    return Input()


def _remains(typed: Mapping[str, Input], readings: Sequence[OrderReading]) -> Input:
    """Return what remains, as it was stated last; a panel that last said nothing of it does not know."""
    stated = [typed["remains"]] if "remains" in typed else []
    if readings and readings[-1].remains is not None:
        stated.append(Input(value=readings[-1].remains, source=Source.PANEL, at=readings[-1].last_at))
    return max(stated, key=lambda one: one.at, default=Input())


def _typed(events: Sequence[Event]) -> dict[str, Input]:
    """Return what staff typed last of each amount."""
    return {
        name: Input(value=value, source=Source.STAFF, at=event.at)
        for event in events
        if event.kind is EventKind.AMOUNTS_RECORDED
        for name, value in vars(Amounts.of(event.data["amounts"])).items()
        if value is not None
    }
