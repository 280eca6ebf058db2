"""An order has one credit, whichever of its tickets it stands on, and however many record it at the same moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from portal import tickets, webhooks
from portal.clock import now
from portal.concerns import NoticeKind
from portal.extensions import db
from portal.models import Credited, Notice
from portal.policy import State, Status, Verdict
from portal.tickets import Paid
from tests.colleague import account
from tests.filing import at_once, rows
from tests.panel_shift import ORDER, answered, by_staff, canceled, events, pay
from tests.stored import everything, filed, kinds, last_event, state, ticket

HOUR = timedelta(hours=1)
PAID = Paid(amount=Decimal("0.57"), currency="USD")
OTHER = Paid(amount=Decimal("0.30"), currency="EUR")
THEN = {
    "cancel sent": (State.CANCEL_SENT,),
    "not canceled": (State.NOT_CANCELED,),
    "accepted": (),
}


def tried(app: Flask, reference: str, at: datetime, paid: Paid = PAID) -> str:
    """Have staff record a credit; return "done", or the reference of the ticket that was credited before."""
    try:
        pay(app, reference, at, paid)
    except tickets.CreditedBefore as before:
        return before.reference
    return "done"


def moved(app: Flask, reference: str, then: State, at: datetime) -> None:
    """Have staff record a state."""
    by_staff(app, reference, lambda r, s, seen: tickets.move(r, s, then, "", seen, at))


def given(app: Flask) -> list[tuple[str, str, str, str | None]]:
    """Return the credits: the order's key, the ticket's reference, the amount and the currency."""
    with app.app_context():
        found = db.session.scalars(select(Credited))
        return [(row.order_key, row.ticket.reference, str(row.amount), row.currency) for row in found]


@pytest.mark.parametrize("became", [State.CANCELED, State.PARTLY_CANCELED])
def test_a_credit_is_recorded_for_an_order_that_was_canceled_or_partly(each_app: Flask, became: State) -> None:
    at, reference = now(), filed(each_app)
    answered(each_app, reference, Status.PENDING, at, Verdict.ACCEPT_FULL)
    moved(each_app, reference, became, at)
    assert tried(each_app, reference, at) == "done"
    assert (state(each_app, reference), given(each_app)) == ("credited", [(ORDER, reference, "0.57", "USD")])


def test_a_second_ticket_of_the_order_is_told_which_one_was_credited(each_app: Flask) -> None:
    at = now()
    first, second = (canceled(each_app, at, browser, order_id=id_) for browser, id_ in (("a", "AbC"), ("b", "aBC")))
    assert tried(each_app, first, at) == "done"
    before = everything(each_app)
    assert tried(each_app, second, at + HOUR, OTHER) == first
    assert everything(each_app) == before
    assert given(each_app) == [("abc", first, "0.57", "USD")]


def test_a_ticket_is_told_so_of_itself_too(each_app: Flask) -> None:
    reference = canceled(each_app, now())
    assert [tried(each_app, reference, now(), paid) for paid in (PAID, OTHER)] == ["done", reference]
    assert kinds(each_app, reference).count("moved") == 2


def test_two_orders_have_a_credit_each(each_app: Flask) -> None:
    at = now()
    references = [canceled(each_app, at, order_id=order) for order in ("1", "2")]
    assert [tried(each_app, reference, at) for reference in references] == ["done", "done"]


def test_of_two_tickets_credited_at_the_same_moment_one_is(each_app: Flask) -> None:
    at = now()
    for order in map(str, range(4)):
        pair = [canceled(each_app, at, browser, order_id=order) for browser in ("a", "b")]
        done = at_once([partial(tried, each_app, reference, at) for reference in pair])
        assert done.count("done") == 1
        (told,) = (answer for answer in done if answer != "done")
        assert [reference for _, reference, *_ in given(each_app)][-1] == told
        states = {reference: state(each_app, reference) for reference in pair}
        assert states.pop(told) == "credited"
        assert list(states.values()) == ["partly_canceled"]


def test_of_two_clicks_at_the_same_moment_one_counts(each_app: Flask) -> None:
    at, reference = now(), canceled(each_app, now())

    def click() -> str:
        try:
            return tried(each_app, reference, at)
        except tickets.Conflict:
            return reference

    assert sorted(at_once([click] * 4)) == sorted(["done", *[reference] * 3])
    assert rows(each_app, Credited) == [1]


@pytest.mark.parametrize("states", THEN.values(), ids=THEN)
def test_no_credit_is_recorded_for_an_order_that_was_not_canceled(app: Flask, states: tuple[State, ...]) -> None:
    at, reference = now(), filed(app)
    answered(app, reference, Status.PENDING, at, Verdict.ACCEPT_FULL)
    for then in states:
        moved(app, reference, then, at)
    refused(app, reference)


def test_no_credit_is_recorded_before_an_answer_or_after_a_no(app: Flask) -> None:
    references = [filed(app, browser) for browser in "abc"]
    answered(app, references[1], None, now(), Verdict.ASK)
    answered(app, references[2], None, now(), Verdict.DECLINE)
    for reference in references:
        refused(app, reference)


def refused(app: Flask, reference: str) -> None:
    """Record a credit where the ticket's state allows none: it is refused, and nothing stored."""
    account(app)
    before = everything(app)
    with pytest.raises(tickets.Refused):
        pay(app, reference, now(), PAID)
    assert everything(app) == before


def test_a_credit_on_a_ticket_that_moved_on_is_a_conflict(each_app: Flask) -> None:
    at, reference = now(), canceled(each_app, now())
    with pytest.raises(tickets.Conflict):
        by_staff(
            each_app,
            reference,
            lambda r, s, seen: tickets.record_credit(r, s, PAID, "", seen - 1, at),
        )
    assert given(each_app) == []


def test_a_credit_has_an_amount_and_is_no_move(app: Flask) -> None:
    reference = canceled(app, now())
    with pytest.raises(tickets.Refused):
        moved(app, reference, State.CREDITED, now())


def test_a_credit_of_before_amounts_were_kept_is_the_orders_one_credit(each_app: Flask) -> None:
    at = now()
    first, second = (canceled(each_app, at, browser) for browser in "ab")
    with each_app.app_context():
        db.session.add(Credited(order_key=ORDER, ticket_id=ticket(first).id, at=at, amount=None, currency=None))
        db.session.commit()
        found = tickets.working_of(ticket(second)).given
    assert found
    assert (found.amount, found.ticket_id) == (None, events(each_app, first)[0].ticket_id)
    assert tried(each_app, second, at) == first


def test_a_credit_is_told_to_the_customer_and_to_programs(each_app: Flask) -> None:
    with each_app.app_context():
        webhooks.add("https://shop.example/hooks", each_app.extensions["portal"].keys, now())
    reference = canceled(each_app, now(), email="anna@example.com")
    assert tried(each_app, reference, now()) == "done"
    event = last_event(each_app, reference)
    with each_app.app_context():
        told = {notice.kind for notice in db.session.scalars(select(Notice).where(Notice.event_id == event.id))}
    assert told == {NoticeKind.CREDITED, NoticeKind.STATE_CHANGED}
