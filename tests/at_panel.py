"""What the panel said of an order, and how long somebody waits for it: put there as a worker puts it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import update

from portal import outbox, tickets
from portal.clock import now
from portal.demo.orders import Order
from portal.demo.panel import KEY, Panel, served
from portal.extensions import db
from portal.models import Cancellation, Lookup
from portal.panel import ApiV2
from portal.policy import Status
from portal.readings import CancelAnswer, Failure, Reading
from portal.tickets.cancel import PAUSES
from portal.worker import PanelWork
from tests.carrying import Clock, Log
from tests.stored import RIGHT, policy

ORDER: str = RIGHT["order_id"]
PANEL = "panel.example"
OLD = timedelta(minutes=10)
"""Older than what an answer may rest on."""
OVER = timedelta(seconds=11)
"""Longer than staff wait for the panel."""
STILL = -timedelta(minutes=10)
"""Since when staff wait who go on waiting until the test says otherwise: since a moment to come."""
HELD = timedelta(minutes=2)
"""Longer than a cancellation counts as being sent."""
AMOUNTS: dict[str, Any] = {"charge": Decimal("0.90"), "currency": "USD", "remains": 640}


def shows(app: Flask, status: Status = Status.PENDING, *, ago: timedelta = timedelta(), **more: Any) -> None:
    """Have the panel have shown this status of the order, so long ago."""
    order, reading = more.pop("order", ORDER), {"shown": status.value.title(), **more}
    with app.app_context():
        tickets.record(order, Reading(status=status, **reading), PANEL, policy(app), now() - ago)


def refuses(app: Flask, words: str, *, ago: timedelta = timedelta(), order: str = ORDER) -> None:
    """Have the panel have refused to say anything of the order, so long ago."""
    with app.app_context():
        tickets.record(order, Reading(refused=words), PANEL, policy(app), now() - ago)


def asked_at(app: Flask, order: str = ORDER) -> datetime | None:
    """Return since when somebody waits for what the panel says of the order."""
    with app.app_context():
        return tickets.waiting_since(order)


def waits(app: Flask, since: timedelta, order: str = ORDER) -> None:
    """Have staff wait for the panel since so long ago."""
    with app.app_context():
        db.session.execute(update(Lookup).where(Lookup.order_id == order).values(asked_at=now() - since))
        db.session.commit()


def reads(app: Flask, said: Any, *, order: str = ORDER) -> None:
    """Have a worker read a real panel that says this of the order: its services first, then what is due."""
    with served(Panel({order: Order(said)}, services=[])) as url:
        clock = Clock(now())
        work = PanelWork(ApiV2(url, KEY), policy(app), clock, Log())
        with app.app_context():
            for _ in range(3):
                work.turn()
                clock.passes(seconds=1)


def sent(app: Flask, failure: Failure | None = None, said: str = "") -> None:
    """Have a worker take the cancellation that waits, and the panel do this with it."""
    with app.app_context():
        sending = tickets.take_cancellation(now())
        assert sending is not None
        tickets.finish_cancellation(sending, CancelAnswer(failure=failure, said=said, raw='{"raw":1}'), now())


def being_sent(app: Flask) -> None:
    """Have a worker begin to send the cancellation that waits."""
    with app.app_context():
        assert tickets.take_cancellation(now()) is not None


def given_up(app: Flask) -> None:
    """Have a worker end while it sends, and another find what it left."""
    being_sent(app)
    with app.app_context():
        assert tickets.give_up_unfinished(now() + HELD) == 1


def never_reached(app: Flask) -> None:
    """Have worker after worker not reach the panel, until the cancellation is given up."""
    at, answer = now(), CancelAnswer(failure=Failure.UNREACHABLE, said="ConnectionRefusedError")
    with app.app_context():
        for pause in (*PAUSES, timedelta()):
            sending = tickets.take_cancellation(at)
            assert sending is not None
            state = tickets.finish_cancellation(sending, answer, at)
            at += pause
        assert state == "unsent"


def cancellations(app: Flask) -> list[Cancellation]:
    """Return every cancellation, the first first."""
    with app.app_context():
        return list(tickets.cancellations_of(ORDER))


def found(app: Flask, failure: Failure | None, detail: str = "") -> None:
    """Have a worker have found this of the panel, just now."""
    with app.app_context():
        outbox.record_check("worker", "worker", now(), None)
        outbox.record_check("panel", PANEL, now(), failure, detail)
