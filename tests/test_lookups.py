"""How often the panel is asked about an order: by the age of its tickets, until they ended."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.demo.orders import INCORRECT
from portal.extensions import db
from portal.models import Lookup
from portal.policy import Status, Verdict
from portal.readings import Reading
from portal.tickets.lookups import FORGOTTEN
from tests.filing import rows
from tests.panel_shift import AGO, ORDER, answered, by_staff, due, lookup, readings, record, withdraw
from tests.stored import filed

READ = Reading(status=Status.IN_PROGRESS, shown="In progress")
OFTEN = {
    "at once": (timedelta(), timedelta(minutes=1)),
    "after ten minutes": (timedelta(minutes=10), timedelta(minutes=5)),
    "for an hour": (timedelta(minutes=59), timedelta(minutes=5)),
    "after an hour": (timedelta(hours=1), timedelta(minutes=30)),
    "for a day": (timedelta(hours=23, minutes=59), timedelta(minutes=30)),
    "after a day": (timedelta(days=1), timedelta(hours=4)),
    "for a week": (timedelta(days=6, hours=23), timedelta(hours=4)),
    "after a week": (timedelta(days=7), timedelta(days=1)),
    "after months": (timedelta(days=100), timedelta(days=1)),
}


def next_at(app: Flask) -> datetime:
    waits = lookup(app)
    assert waits
    assert (waits.held_until, waits.asked_at) == (None, None)
    return waits.next_at


@pytest.mark.parametrize(("age", "pause"), OFTEN.values(), ids=OFTEN)
def test_an_order_is_read_less_often_as_its_ticket_ages(app: Flask, age: timedelta, pause: timedelta) -> None:
    at = now()
    filed(app, at=at - age)
    record(app, READ, at)
    assert next_at(app) == at + pause


def test_the_youngest_of_the_tickets_says_how_often_an_order_is_read(each_app: Flask) -> None:
    at = now()
    filed(each_app, at=at - timedelta(days=30))
    young = filed(each_app, "another", at=at - timedelta(hours=2))
    record(each_app, READ, at)
    assert next_at(each_app) == at + timedelta(minutes=30)
    withdraw(each_app, young)
    record(each_app, READ, at)
    assert next_at(each_app) == at + timedelta(days=1)


def test_an_order_that_is_refused_is_read_again_and_nobody_waits_any_more(each_app: Flask) -> None:
    at = now()
    filed(each_app, at=at - AGO)
    with each_app.app_context():
        tickets.ask(ORDER, at)
    record(each_app, Reading(refused=INCORRECT), at)
    assert next_at(each_app) == at + timedelta(minutes=30)


def test_an_order_is_forgotten_once_its_tickets_ended_and_its_readings_are_not(each_app: Flask) -> None:
    reference = filed(each_app)
    record(each_app, READ, now())
    withdraw(each_app, reference)
    assert lookup(each_app)
    record(each_app, READ, now())
    assert lookup(each_app) is None
    assert len(readings(each_app)) == 1


def test_an_order_is_read_again_once_its_ticket_is_reviewed_again(each_app: Flask) -> None:
    at, reference = now(), filed(each_app)
    answered(each_app, reference, Status.PENDING, at, Verdict.DECLINE)
    record(each_app, READ, at)
    assert lookup(each_app) is None
    by_staff(each_app, reference, lambda r, s, seen: tickets.reopen(r, s, "It changed.", seen, at))
    assert next_at(each_app) == at


def test_orders_that_no_panel_was_asked_about_are_swept_when_they_are_done_with(each_app: Flask) -> None:
    at = now()
    ended, _still_open = filed(each_app, order_id="ended", at=at - AGO), filed(each_app, order_id="open", at=at - AGO)
    withdraw(each_app, ended)
    due(each_app, "fresh", at=at)

    def sweep(at: datetime) -> None:
        with each_app.app_context():
            tickets.sweep_lookups(at)
            db.session.commit()

    sweep(at - AGO + FORGOTTEN)
    assert rows(each_app, Lookup) == [3]
    sweep(at - AGO + FORGOTTEN + timedelta(seconds=1))
    assert [bool(lookup(each_app, order)) for order in ("ended", "open", "fresh")] == [False, True, True]
