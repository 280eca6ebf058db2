"""A filled database is one that the portal could have filled itself: read back through its own pages."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench.chance_words import COMMON
from bench.filled import Filling, Plan, number_of, order_id, payment, reference
from bench.moulds import Moulds, moulds
from portal import outbox
from portal.clock import now
from portal.extensions import db
from portal.models import Event, Notice, OrderReading, Ticket
from portal.outbox.after import KEPT
from portal.policy import OPEN, State
from portal.tickets.file import ALPHABET
from tests.colleague import Colleague
from tests.filing import file, reference_of, rows, stored_tickets
from tests.page import Page
from tests.reading import words
from tests.stored import secret_link
from tests.visitor import Visitor

pytestmark = pytest.mark.long
TICKETS = 50
AT = now()


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Moulds:
    """Moulds of every kind."""
    return moulds(tmp_path_factory.mktemp("moulds"))


@pytest.fixture
def filling(each_app: Flask, cast: Moulds) -> Filling:
    """A database of each kind with fifty tickets, which can grow."""
    filling = Filling(each_app, cast, Plan(most=4 * TICKETS, at=AT))
    filling.up_to(TICKETS)
    return filling


def found(page: Page) -> list[str]:
    """Return the order IDs on a page of the list, in order."""
    return [words(link) for link in page.all("a.row-link")]


def orders(numbers: Iterable[int]) -> list[str]:
    """Return the orders of the tickets of these numbers."""
    return [order_id(number) for number in numbers]


@pytest.mark.usefixtures("filling")
def test_staff_open_each_ticket_and_find_it_by_its_order_and_its_words(each_app: Flask) -> None:
    colleague = Colleague(each_app)
    for number in range(0, TICKETS, 3):
        assert order_id(number) in colleague.ticket(reference(number)).text
        for asked in (order_id(number), payment(number)):
            assert found(colleague.visit("/staff/", query_string={"q": asked})) == orders([number])


@pytest.mark.usefixtures("filling")
def test_the_list_and_the_common_word_show_those_that_are_open_and_those_that_hold_it(each_app: Flask) -> None:
    colleague = Colleague(each_app)
    every = stored_tickets(each_app)
    assert found(colleague.visit("/staff/")) == [ticket.order_id for ticket in every if ticket.state in OPEN]
    holding = [t.order_id for t in every if COMMON in f"{t.filing.service_name} {t.filing.link}".casefold()]
    assert 0 < len(holding) < TICKETS
    assert sorted(found(colleague.visit("/staff/", query_string={"q": COMMON}))) == sorted(holding)


@pytest.mark.usefixtures("filling")
def test_each_customer_opens_their_ticket_by_its_secret_link(each_app: Flask) -> None:
    for number in range(TICKETS):
        assert reference(number) in Visitor(each_app).visit(secret_link(each_app, reference(number))).text


@pytest.mark.usefixtures("filling")
def test_customers_file_and_staff_work_on_beside_what_was_filled(each_app: Flask) -> None:
    mine = reference_of(file(Visitor(each_app), order_id="1048576"))
    Colleague(each_app).act(mine, "take")
    assert rows(each_app, Ticket) == [TICKETS + 1]


def test_a_database_grows_step_by_step_and_is_the_same_each_time(each_app: Flask, filling: Filling) -> None:
    first = stored_tickets(each_app)
    filling.up_to(TICKETS)
    assert stored_tickets(each_app) == first
    filling.up_to(3 * TICKETS)
    every = stored_tickets(each_app)
    assert every[:TICKETS] == first
    assert [number_of(ticket.order_id) for ticket in every] == list(range(3 * TICKETS))
    assert len({ticket.reference for ticket in every}) == 3 * TICKETS


def test_it_holds_histories_notices_that_were_sent_and_readings_of_every_state(
    each_app: Flask, filling: Filling
) -> None:
    filling.up_to(4 * TICKETS)
    number = 4 * TICKETS
    assert {ticket.state for ticket in stored_tickets(each_app)} >= set(State) - set(OPEN) - {State.NOT_CANCELED}
    events, notices, readings = rows(each_app, Event, Notice, OrderReading)
    assert 2 * number <= events <= 7 * number
    assert number <= notices <= 5 * number
    assert readings == number
    with each_app.app_context():
        assert outbox.take(now()) is None
        moments = select(func.min(Ticket.filed_at), func.max(Event.at)).join(Event)
        first, last = db.session.execute(moments).one()
        db.session.rollback()
    assert first > AT - KEPT
    assert last < AT


def test_three_in_a_hundred_are_open(app: Flask, cast: Moulds) -> None:
    Filling(app, cast, Plan(most=2000, at=AT)).up_to(2000)
    with app.app_context():
        still_open = db.session.scalars(select(Ticket.id).where(Ticket.ended_at.is_(None))).all()
    assert 40 <= len(still_open) <= 80


def test_no_two_numbers_give_the_same_reference() -> None:
    chosen = Random(1).sample(range(2_000_000), 100_000)
    assert len(set(map(reference, chosen))) == len(chosen)


def test_no_reference_is_one_that_the_portal_may_draw_meanwhile() -> None:
    assert not any(set(reference(number).replace("-", "")) <= set(ALPHABET) for number in range(1000))
