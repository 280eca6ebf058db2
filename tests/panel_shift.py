"""A worker at the panel, in tests: a real panel on this machine, and a clock that goes only when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import outbox, tickets
from portal.clock import now
from portal.demo.orders import Order
from portal.demo.panel import KEY, Call, Panel, served
from portal.extensions import db
from portal.models import Check, Event, Lookup, OrderReading, Staff
from portal.panel import ApiV2
from portal.policy import Policy, State, Status, Verdict
from portal.readings import Reading
from portal.tickets.lookups import look_up
from portal.worker import PanelWork
from tests.colleague import account
from tests.stored import filed, policy, ticket, work

ORDER = "1048576"
PANEL = "panel.example"
AGO = timedelta(hours=3)
WITHOUT_END = 500


def said(status: str = "In progress", **more: Any) -> dict[str, Any]:
    """Return what a panel says of an order."""
    told = {"charge": "0.90000", "start_count": "3572", "status": status, "remains": "640", "currency": "USD"}
    return told | more


class Standing:
    """A clock that stands; it begins a little later than all that was done before."""

    def __init__(self) -> None:
        self.at = now() + timedelta(minutes=1)

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.at

    def passes(self, **time: float) -> None:
        """Let so much time pass."""
        self.at += timedelta(**time)


class Lines:
    """A log: each line's words and what was said with them."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def info(self, event: str, **more: Any) -> None:
        """Keep a line."""
        self.said.append(f"{event} {more}")

    warning = error = info


class PanelShift:
    """A worker's work at one panel, for an app, by a clock of its own or a given one."""

    def __init__(self, app: Flask, shop: Panel, url: str, *, clock: Standing | None = None, key: str = KEY) -> None:
        self.app, self.shop, self.clock, self.log = app, shop, clock or Standing(), Lines()
        self.api = ApiV2(url, key, waits=60, within=60)
        self.work = PanelWork(self.api, policy(app), self.clock, self.log)

    def check(self) -> list[Call]:
        """Check the panel, as a worker does at its start; return the calls that it got."""
        return self._calls(self.work.check)

    def turn(self, **passes: float) -> list[Call]:
        """Let so much time pass, and do what is due once; return the calls that the panel got."""
        self.clock.passes(**passes)
        return self._calls(self.work.turn)

    def reads(self, **passes: float) -> list[Call]:
        """Let so much time pass, and work on, a second a turn, until nothing is due; return the calls."""
        calls = made = self.turn(**(passes or {"seconds": 1}))
        for _ in range(WITHOUT_END):
            if not made:
                return calls
            made = self.turn(seconds=1)
            calls = calls + made
        raise AssertionError(f"still at work after {WITHOUT_END} turns")

    def _calls(self, do: Any) -> list[Call]:
        before = len(self.shop.calls)
        with self.app.app_context():
            do()
            db.session.remove()
        return self.shop.calls[before:]


@contextmanager
def at_work(app: Flask, orders: Mapping[str, Any], services: Sequence[dict[str, Any]] = ()) -> Iterator[PanelShift]:
    """Give a worker at a panel that says this of its orders; the services were read, and are not read for a day."""
    shop = Panel({id_: one if isinstance(one, Order) else Order(one) for id_, one in orders.items()}, list(services))
    with served(shop) as url:
        shift = PanelShift(app, shop, url)
        assert shift.turn()[0].get("action") == "services"
        shift.clock.passes(seconds=1)
        shop.calls.clear()
        yield shift


def asked_for(call: Call) -> list[str]:
    """Return the orders that a call asks for."""
    assert call.get("action") == "status", call
    return (call.get("order") or call.get("orders")).split(",")


def due(app: Flask, *order_ids: str, at: datetime | None = None) -> None:
    """Have the panel asked about orders, though nobody filed for them."""
    with app.app_context():
        for order_id in order_ids:
            look_up(order_id, at or now() - AGO)
        db.session.commit()


def record(app: Flask, reading: Reading, at: datetime, *, order: str = ORDER, by: Policy | None = None) -> None:
    """Record that a panel said so then."""
    with app.app_context():
        tickets.record(order, reading, PANEL, by or policy(app), at)


def readings(app: Flask, order: str = ORDER) -> list[OrderReading]:
    """Return what is kept of what panels said of an order, the first first."""
    with app.app_context():
        mine = select(OrderReading).where(OrderReading.order_key == order.lower())
        return list(db.session.scalars(mine.order_by(OrderReading.id)))


def lookup(app: Flask, order: str = ORDER) -> Lookup | None:
    """Return when the panel is to be asked about an order."""
    with app.app_context():
        return db.session.get(Lookup, order.lower(), populate_existing=True)


def found_out(app: Flask) -> Check | None:
    """Return what was found of the panel last."""
    with app.app_context():
        return next((check for check in outbox.checks() if check.name == "panel"), None)


def events(app: Flask, reference: str) -> list[Event]:
    """Return the lines of a ticket's history."""
    with app.app_context():
        return list(ticket(reference).events)


def withdraw(app: Flask, reference: str) -> None:
    """Withdraw a ticket, as its customer does."""
    with app.app_context():
        tickets.withdraw(reference, ticket(reference).version, now())


def answered(app: Flask, reference: str, status: Status | None, at: datetime, verdict: Verdict) -> None:
    """Have staff answer on what they saw just now (`None`: on what the panel said last)."""
    on = tickets.Seen(status=status, at=at) if status else None
    given = tickets.Answer(verdict=verdict, text="Some words.", matched_by="By mail.", on=on)
    by_staff(
        app,
        reference,
        lambda ref, staff, seen: tickets.answer(ref, staff, given, policy(app), seen, at, reads=on is None),
    )


def by_staff(app: Flask, reference: str, do: Callable[[str, Staff, int], Any]) -> None:
    """Have a member of staff do something with a ticket as it is: `do(reference, staff, version)`."""
    work(app, reference, do, account(app))


def canceled(app: Flask, at: datetime, browser: str = "a customer's", **more: Any) -> str:
    """File a ticket that is accepted, and whose order was partly canceled; return its reference."""
    reference = filed(app, browser, **more)
    answered(app, reference, Status.PENDING, at, Verdict.ACCEPT_PART)
    by_staff(app, reference, lambda r, s, seen: tickets.move(r, s, State.PARTLY_CANCELED, "", seen, at))
    return reference


def pay(app: Flask, reference: str, at: datetime, paid: tickets.Paid) -> None:
    """Have staff record a credit."""
    by_staff(app, reference, lambda r, s, seen: tickets.record_credit(r, s, paid, "It is there.", seen, at))


def numbers(how_many: int) -> list[str]:
    """Return the IDs of so many orders."""
    return [str(1000 + number) for number in range(how_many)]
