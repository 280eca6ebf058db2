"""The history of a ticket: every step is a line with who and when, numbered without a gap, and never changed."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import tickets
from portal.events import EventKind
from portal.extensions import db
from portal.keys import digest
from portal.models import Event, Staff
from portal.policy import Facts, State, Status, Verdict
from tests.code_reading import dotted, parsed, python_files
from tests.colleague import OLENA, TARAS, account
from tests.stored import filed, policy, ticket, work

BEGUN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ASK = tickets.Answer(verdict=Verdict.ASK, text="Send a picture of the order, please.")
DECLINE = tickets.Answer(verdict=Verdict.DECLINE, text="It runs already.", clause="unlikely-in-progress")
ACCEPT = tickets.Answer(verdict=Verdict.ACCEPT_FULL, text="", matched_by="Wrote from the account's e-mail.")

Step = tuple[str, str, list[EventKind], Callable[..., Any]]


def steps(app: Flask) -> list[Step]:
    """Return a ticket's whole life: who does what, what lines that adds, and the call, given reference, staff, version
    and moment.
    """
    spoken, keys = policy(app), app.extensions["portal"].keys
    facts = Facts(status=Status.PROCESSING, provider_allows=True)
    kind = EventKind
    return [
        (OLENA, "takes it", [kind.TAKEN], tickets.take),
        (OLENA, "gives it back", [kind.GIVEN_BACK], tickets.give_back),
        (OLENA, "takes it again", [kind.TAKEN], tickets.take),
        (TARAS, "takes it over", [kind.TAKEN_OVER], tickets.take),
        (TARAS, "notes", [kind.NOTE], lambda r, s, v, at: tickets.add_note(r, s, "A note.", v, at)),
        (TARAS, "looks", [kind.FACTS_RECORDED], lambda r, s, v, at: tickets.record_facts(r, s, facts, spoken, v, at)),
        (TARAS, "asks", [kind.ANSWERED], lambda r, s, v, at: tickets.answer(r, s, ASK, spoken, v, at)),
        (TARAS, "writes", [kind.STAFF_WROTE], lambda r, s, v, at: tickets.write_to_customer(r, s, "Soon.", v, at)),
        ("", "says where", [kind.EMAIL_SET], lambda r, s, v, at: tickets.set_email(r, "customer@example.com", at)),
        ("", "wants no mails", [kind.MAILS_OFF], lambda r, s, v, at: tickets.turn_mails(r, at, on=False)),
        ("", "wants mails", [kind.MAILS_ON], lambda r, s, v, at: tickets.turn_mails(r, at, on=True)),
        ("", "answers", [kind.CUSTOMER_WROTE], lambda r, s, v, at: wrote(r, "Here it is.", at)),
        (TARAS, "asks again", [kind.ANSWERED], lambda r, s, v, at: tickets.answer(r, s, ASK, spoken, v, at)),
        ("", "adds", [kind.FILED_AGAIN], lambda r, s, v, at: filed(app, at=at, reason="Here is more.")),
        (OLENA, "declines", [kind.TAKEN_OVER, kind.ANSWERED],
         lambda r, s, v, at: tickets.answer(r, s, DECLINE, spoken, v, at)),
        (TARAS, "reopens", [kind.REOPENED], lambda r, s, v, at: tickets.reopen(r, s, "It stands still.", v, at)),
        (TARAS, "replaces the link", [kind.LINK_REPLACED], lambda r, s, v, at: tickets.replace_link(r, s, keys, v, at)),
        (TARAS, "accepts", [kind.ANSWERED], lambda r, s, v, at: tickets.answer(r, s, ACCEPT, spoken, v, at)),
        (OLENA, "sends", [kind.MOVED], lambda r, s, v, at: tickets.move(r, s, State.CANCEL_SENT, "", v, at)),
        (OLENA, "sees", [kind.MOVED], lambda r, s, v, at: tickets.move(r, s, State.PARTLY_CANCELED, "Half.", v, at)),
        (OLENA, "credits", [kind.MOVED], lambda r, s, v, at: tickets.move(r, s, State.CREDITED, "", v, at)),
    ]  # fmt: skip


def wrote(reference: str, text: str, at: datetime) -> None:
    """Have the customer write to staff."""
    submission = digest(f"{reference}{text}")
    tickets.write_to_staff(reference, text, pictures=(), browser="a", submission=submission, at=at)


def told(app: Flask) -> list[tuple[Any, ...]]:
    """Return every event as it is stored."""
    with app.app_context():
        return [tuple(row) for row in db.session.execute(select(Event.__table__).order_by(Event.id))]


def test_every_step_adds_a_line_with_who_and_when_and_changes_no_earlier_one(each_app: Flask) -> None:
    account(each_app, OLENA)
    account(each_app, TARAS)
    reference, before = filed(each_app, at=BEGUN), told(each_app)
    for number, (email, what, kinds, call) in enumerate(steps(each_app), 1):
        at = BEGUN + timedelta(hours=number)
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
            lambda: tickets.answer(reference, olena, DECLINE, policy(app), 2, BEGUN),
            lambda: tickets.answer(
                reference, olena, tickets.Answer(verdict=Verdict.ACCEPT_PART, text=""), policy(app), 1, BEGUN
            ),
        ):
            assert _refused(call)
    assert told(app) == before


def _at(at: datetime, call: Callable[..., Any], reference: str, staff: Staff, seen: int) -> object:
    return call(reference, staff, seen, at)


def _refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except (tickets.Refused, tickets.Conflict, tickets.NotMatched):
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
