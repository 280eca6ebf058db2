"""The history of a ticket: every step is a line with who and when, numbered without a gap, and never changed."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import tickets
from portal.events import EventKind
from portal.extensions import db
from portal.models import Event, Staff
from portal.policy import State, Status, Verdict
from tests.code_reading import dotted, parsed, python_files
from tests.colleague import OLENA, TARAS, account
from tests.stored import filed, policy, ticket, work
from tests.whole_life import DECLINE, MATCH, steps

BEGUN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SEEN = tickets.Seen(status=Status.PENDING, at=BEGUN)
SEEN_LONG_AGO = tickets.Seen(status=Status.PENDING, at=BEGUN - timedelta(minutes=6))
ACCEPT = tickets.Answer(verdict=Verdict.ACCEPT_PART, text="", matched_by=MATCH, on=SEEN)
PAID = tickets.Paid(amount=Decimal("0.27"), currency="USD")


def told(app: Flask) -> list[tuple[Any, ...]]:
    """Return every event as it is stored."""
    with app.app_context():
        return [tuple(row) for row in db.session.execute(select(Event.__table__).order_by(Event.id))]


def test_every_step_adds_a_line_with_who_and_when_and_changes_no_earlier_one(each_app: Flask) -> None:
    account(each_app, OLENA)
    account(each_app, TARAS)
    reference, before = filed(each_app, at=BEGUN), told(each_app)
    for number, (email, what, kinds, call) in enumerate(steps(each_app), 1):
        at = BEGUN + timedelta(minutes=number)
        work(each_app, reference, partial(_at, at, call), email or OLENA)
        after = told(each_app)
        assert after[: len(before)] == before, f"{what}: a line was changed"
        with each_app.app_context():
            new = ticket(reference).events[len(before) :]
            assert [event.kind for event in new] == kinds, what
            assert {event.at for event in new} == {at}, what
            assert {event.staff.email if event.staff else "" for event in new} == {email}, what
            assert new[-1].state is ticket(reference).state
            assert ticket(reference).version == len(after)
        before = after


def test_lines_are_numbered_from_one_without_a_gap(app: Flask) -> None:
    account(app, OLENA)
    account(app, TARAS)
    reference = filed(app, at=BEGUN)
    for email, _, _, call in steps(app):
        work(app, reference, partial(_at, BEGUN, call), email or OLENA)
    with app.app_context():
        numbers = [event.number for event in ticket(reference).events]
        assert numbers == list(range(1, len(numbers) + 1))
        assert EventKind.WITHDRAWN not in {event.kind for event in ticket(reference).events}


def test_a_customer_who_withdraws_is_a_line_without_staff(app: Flask) -> None:
    reference = filed(app, at=BEGUN)
    with app.app_context():
        tickets.withdraw(reference, 1, BEGUN + timedelta(days=1))
        last = ticket(reference).events[-1]
        assert (last.kind, last.staff, last.number) == (EventKind.WITHDRAWN, None, 2)
        assert ticket(reference).ended_at == BEGUN + timedelta(days=1)


def test_every_kind_of_line_is_made_by_some_step(app: Flask) -> None:
    made = {kind for _, _, kinds, _ in steps(app) for kind in kinds} | {EventKind.FILED, EventKind.WITHDRAWN}
    assert made == set(EventKind), "add the step to `steps`"


def test_a_refused_step_leaves_no_line(app: Flask) -> None:
    account(app, OLENA)
    reference = filed(app, at=BEGUN)
    before = told(app)
    with app.app_context():
        olena = db.session.scalars(select(Staff)).one()
        for call in (
            lambda: tickets.give_back(reference, olena, 1, BEGUN),
            lambda: tickets.move(reference, olena, State.CANCELED, "", 1, BEGUN),
            lambda: tickets.move(reference, olena, State.CREDITED, "", 1, BEGUN),
            lambda: tickets.record_credit(reference, olena, PAID, "", 1, BEGUN),
            lambda: tickets.ask_cancel(reference, olena, 1, BEGUN, again=True),
            lambda: tickets.call_back(reference, olena, 1, BEGUN),
            lambda: _answer(app, reference, olena, DECLINE, 2),
            lambda: _answer(app, reference, olena, replace(ACCEPT, matched_by=""), 1),
            lambda: _answer(app, reference, olena, replace(ACCEPT, on=None), 1),
            lambda: _answer(app, reference, olena, replace(ACCEPT, on=SEEN_LONG_AGO), 1),
        ):
            assert _refused(call)
    assert told(app) == before


def _answer(app: Flask, reference: str, staff: Staff, given: tickets.Answer, version: int) -> object:
    return tickets.answer(reference, staff, given, policy(app), version, BEGUN, reads=False)


def _at(at: datetime, call: Callable[..., Any], reference: str, staff: Staff, seen: int) -> object:
    return call(reference, staff, seen, at)


def _refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except (tickets.Refused, tickets.Conflict, tickets.NotMatched, tickets.Stale, tickets.TooOld):
        return True
    return False


def test_no_code_changes_or_deletes_an_event() -> None:
    changing = [
        f"{path.name}:{node.lineno}"
        for path in python_files("portal")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and dotted(node.func).rpartition(".")[2] in ("update", "delete")
        and any(dotted(argument) == "Event" for argument in node.args)
    ]
    assert not changing
