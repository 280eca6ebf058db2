"""Personal data taken out of tickets that ended long ago: none of it is left, what statistics need is, on both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import tickets
from portal.clock import now
from portal.events import EventKind
from portal.extensions import db
from portal.filing import Problem
from portal.models import Cancellation, Credited, Event, Notice, Picture, Ticket
from portal.policy import Outcome, State, Status
from tests.clearing import (
    ANIMALS,
    ORDER,
    SERVICE,
    canceled,
    cleared,
    credited,
    declined,
    desk,
    full,
    left,
    row,
    secrets_of,
)
from tests.stored import everything, filed, kinds, shelf, ticket
from tests.test_commands import flask


def credit_of(app: Flask, reference: str) -> tuple[str, str]:
    """Return what was credited, by the events of a ticket."""
    with app.app_context():
        given = [event.data["credit"] for event in ticket(reference).events if "credit" in event.data]
        return given[-1]["amount"], given[-1]["currency"]


def test_nothing_personal_is_left_of_a_ticket_that_ended_without_a_credit(each_app: Flask) -> None:
    staff = desk(each_app)
    reference = full(staff)
    declined(staff, reference)
    hashes = secrets_of(each_app, reference)
    before = left(each_app)
    assert {word for word in ANIMALS if f"events: {word}" in before} >= {"zebu", "axolotl", "okapi", "serval", "tapir"}
    assert cleared(each_app) == "1 are cleared.\n"
    assert left(each_app) == set()
    assert left(each_app, *hashes) == set()


def test_nothing_personal_is_left_of_a_ticket_that_was_credited_but_the_orders_credit(each_app: Flask) -> None:
    staff = desk(each_app)
    reference = full(staff)
    canceled(staff, reference)
    credited(staff, reference)
    assert {"readings: bongo", "cancellations: jerboa", "events: dikdik", "events: tenrec"} <= left(each_app)
    hashes = secrets_of(each_app, reference)
    cleared(each_app)
    assert left(each_app) == {"credits: zebu"}
    assert left(each_app, *hashes) == set()
    with each_app.app_context():
        assert db.session.get_one(Credited, ORDER.lower()).ticket.reference == reference


def test_what_statistics_need_stays(each_app: Flask) -> None:
    staff = desk(each_app)
    reference = full(staff)
    canceled(staff, reference)
    credited(staff, reference)
    before, lines = row(each_app, reference), kinds(each_app, reference)
    with each_app.app_context():
        moments = [(e.at, e.state, e.staff_id, e.policy_hash) for e in ticket(reference).events]
        stated = [(e.facts, e.decision, e.way) for e in ticket(reference).events]
        verdicts = [e.data.get("verdict") for e in ticket(reference).events]
    cleared(each_app)
    after = row(each_app, reference)
    for name in ("id", "reference", "state", "language", "proven", "service_name", "status", "outcome", "holder_id",
                 "filed_at", "ended_at", "version"):  # fmt: skip
        assert getattr(after, name) == getattr(before, name), name
    assert kinds(each_app, reference) == lines
    with each_app.app_context():
        events = ticket(reference).events
        assert [(e.at, e.state, e.staff_id, e.policy_hash) for e in events] == moments
        assert [(e.facts, e.decision, e.way) for e in events] == stated
        assert [e.data.get("verdict") for e in events] == verdicts
        filing = events[0].filing
        assert filing is not None
        assert (filing.problem, filing.service_name, filing.status) == (Problem.WRONG_LINK, SERVICE, Status.PENDING)
        assert filing.told is not None
        assert (filing.told.quantity, str(filing.told.charge), filing.told.currency) == (1000, "0.90", "USD")
    assert credit_of(each_app, reference) == ("0.27", "USD")
    assert after.cleared_at is not None
    assert now() - after.cleared_at < timedelta(minutes=10)


def test_what_did_not_end_or_not_so_long_ago_is_left_alone(each_app: Flask) -> None:
    staff = desk(each_app)
    full(staff)
    staff.passes(days=80)
    declined(staff, full(staff, "1"))
    filed(each_app, order_id="2", at=staff.at)
    before = everything(each_app)
    assert cleared(each_app) == "0 are cleared.\n"
    assert everything(each_app) == before
    assert cleared(each_app, days=19) == "1 are cleared.\n"


def test_a_canceled_ticket_is_left_until_its_credit_is_recorded_unless_it_is_to_go_too(each_app: Flask) -> None:
    staff = desk(each_app)
    one, other = full(staff), full(staff, "Zebu-78")
    for reference in (one, other):
        staff.move(reference, State.CANCELED)
    before = everything(each_app)
    leaves = "canceled ones, whose credit nobody recorded, are left: --uncredited takes them too.\n"
    assert cleared(each_app) == f"0 are cleared.\n2 {leaves}"
    assert everything(each_app) == before
    credited(staff, one)
    assert cleared(each_app, "--dry-run") == f"1 would be cleared.\n1 {leaves}"
    assert cleared(each_app) == f"1 are cleared.\n1 {leaves}"
    assert cleared(each_app, "--uncredited", "--dry-run") == "1 would be cleared.\n"
    assert cleared(each_app, "--uncredited") == "1 are cleared.\n"
    assert row(each_app, other).cleared_at is not None


def test_a_dry_run_changes_nothing(each_app: Flask) -> None:
    staff = desk(each_app)
    declined(staff, full(staff))
    before = everything(each_app)
    assert cleared(each_app, "--dry-run") == "1 would be cleared.\n"
    assert everything(each_app) == before


def test_what_the_panel_said_stays_while_another_ticket_is_about_the_order(each_app: Flask) -> None:
    staff = desk(each_app)
    first = full(staff)
    canceled(staff, first)
    credited(staff, first)
    staff.passes(days=90)
    second = filed(each_app, "another's", at=staff.at, order_id=ORDER.upper())
    assert cleared(each_app) == "1 are cleared.\n"
    assert {"readings: bongo", "cancellations: jerboa", "lookups: zebu", "notices: caracal"} <= left(each_app)
    assert not {"tickets: axolotl", "events: axolotl", "notices: numbat"} & left(each_app)
    with each_app.app_context():
        assert tickets.cancellations_of(ORDER.lower())
        tickets.withdraw(second, 1, staff.at)
    assert cleared(each_app, days=5) == "1 are cleared.\n"
    assert left(each_app) == {"credits: zebu"}


def test_an_order_keeps_its_one_credit_after_its_ticket_was_cleared(each_app: Flask) -> None:
    staff = desk(each_app)
    first = full(staff)
    staff.move(first, State.CANCELED)
    credited(staff, first)
    cleared(each_app)
    again = full(staff)
    staff.move(again, State.CANCELED)
    with pytest.raises(tickets.CreditedBefore) as refused:
        credited(staff, again)
    assert refused.value.reference == first


def test_many_are_cleared_batch_by_batch_and_what_was_interrupted_goes_on(each_app: Flask) -> None:
    shelf(each_app, 230, state=State.DECLINED, ended_at=now() - timedelta(days=31))
    with each_app.app_context():
        first = next(tickets.clear(now() - timedelta(days=30), now(), uncredited=False))
        db.session.rollback()
        db.session.remove()
    assert cleared(each_app, "--dry-run") == f"{230 - first} would be cleared.\n"
    assert cleared(each_app) == f"{230 - first} are cleared.\n"
    assert cleared(each_app) == "0 are cleared.\n"
    with each_app.app_context():
        counted = select(Ticket.outcome, func.count()).where(Ticket.order_id == "").group_by(Ticket.outcome)
        assert db.session.execute(counted).all() == [(Outcome.BEST_CHANCE, 230)]


def test_nothing_is_done_any_more_with_a_cleared_ticket(each_app: Flask) -> None:
    staff = desk(each_app)
    reference = full(staff)
    declined(staff, reference)
    cleared(each_app)
    before = everything(each_app)
    with pytest.raises(tickets.Refused):
        staff.reopen(reference)
    with pytest.raises(tickets.Refused):
        staff.staffs(reference, lambda r, s, v: tickets.add_note(r, s, "More.", v, staff.at))
    assert everything(each_app) == before


def test_rows_that_hold_nothing_else_are_gone(each_app: Flask) -> None:
    staff = desk(each_app)
    declined(staff, full(staff))
    open_too = filed(each_app, "another's", order_id="5", email="elsewhere@example.com")
    cleared(each_app)
    with each_app.app_context():
        assert db.session.scalars(select(Picture)).all() == []
        assert {notice.ticket_id for notice in db.session.scalars(select(Notice))} == {ticket(open_too).id}
        assert [e.kind for e in ticket(open_too).events] == [EventKind.FILED]
        assert not db.session.scalars(
            select(Event.id).where(Event.ticket_id != ticket(open_too).id, Event.submission.is_not(None))
        ).all()
        assert db.session.scalars(select(Cancellation)).all() == []


@pytest.mark.parametrize("days", ["0", "-1", "many", "40000"])
def test_a_number_of_days_that_cannot_be_is_refused(app: Flask, days: str) -> None:
    assert flask(app, "tickets", "clear", "--ended-for", days).exit_code == 2
    assert flask(app, "tickets", "clear").exit_code == 2
