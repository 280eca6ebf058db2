"""The demonstration: some forty tickets of every kind in an empty database, and nothing in another."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, Picture, Staff, Ticket
from portal.policy import State, Verdict
from tests.colleague import account
from tests.stored import everything, filed
from tests.visitor import Visitor


@pytest.fixture
def shown(app: Flask) -> Flask:
    """A portal with the tickets of the demonstration."""
    done = app.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 0, done.output
    assert "olena@example.com with the password “demo demo demo”" in done.output
    return app


def test_it_has_some_forty_tickets_of_every_kind_and_a_second_time_leaves_them_as_they_are(shown: Flask) -> None:
    with shown.app_context():
        states = db.session.scalars(select(Ticket.state)).all()
        verdicts = {event.data.get("verdict") for event in db.session.scalars(select(Event))} - {None}
        assert 36 <= len(states) <= 46
        assert set(states) == set(State)
        assert verdicts == {verdict.value for verdict in Verdict}
        assert len(db.session.scalars(select(Picture.id)).all()) > 5
        orders = db.session.scalars(select(Ticket.order_key)).all()
        assert len(set(orders)) < len(orders), "some orders have several tickets"
    before = everything(shown)
    shown.test_cli_runner().invoke(args=["demo"])
    assert everything(shown) == before


def test_staff_of_the_demonstration_sign_in_and_open_a_ticket_of_each_state(shown: Flask) -> None:
    browser = Visitor(shown)
    typed = {"email": "maria@example.com", "password": "demo demo demo"}
    assert browser.send("/staff/sign-in", typed).status == 303
    with shown.app_context():
        references = {row.state: row.reference for row in db.session.execute(select(Ticket.state, Ticket.reference))}
    for reference in references.values():
        browser.visit(f"/staff/tickets/{reference}")


def test_a_database_with_tickets_or_staff_is_left_alone(app: Flask) -> None:
    account(app)
    before = everything(app)
    app.test_cli_runner().invoke(args=["demo"])
    assert everything(app) == before
    with app.app_context():
        db.session.execute(db.delete(Staff))
        db.session.commit()
    filed(app)
    before = everything(app)
    app.test_cli_runner().invoke(args=["demo"])
    assert everything(app) == before
