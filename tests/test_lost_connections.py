"""A connection to the database that is lost while an answer is made, and after it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from portal.extensions import db
from tests.colleague import Colleague
from tests.conftest import AppWith, Kind
from tests.filing import file, page_of, stored_tickets
from tests.visitor import Visitor

pytestmark = pytest.mark.postgresql


@pytest.fixture
def app(app_with: AppWith, on_postgresql: Kind) -> Iterator[Flask]:
    """The portal on a PostgreSQL database of its own."""
    with on_postgresql[0].migrated() as url:
        yield app_with(database_url=url)


def cut(app: Flask) -> None:
    """Have the server end every connection to the database but the one that says so, as it does when it stops."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    other = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
    other.dispose()


def test_an_answer_that_is_made_stands_though_the_connection_is_lost(app: Flask) -> None:
    @app.get("/en/made")
    def made() -> str:
        db.session.execute(text("SELECT 1"))
        cut(app)
        return "made"

    customer = Visitor(app)
    assert customer.client.get("/en/made", base_url="http://127.0.0.1:8000").text == "made"
    file(customer)
    assert len(stored_tickets(app)) == 1


def test_connections_that_were_lost_meanwhile_are_made_anew_unseen(app: Flask) -> None:
    customer, desk = Visitor(app), Colleague(app)
    confirmation = file(customer)
    cut(app)
    customer.visit(page_of(confirmation))
    cut(app)
    desk.visit("/staff/")
    cut(app)
    file(customer, order_id="7")
    assert len(stored_tickets(app)) == 2


def test_a_connection_that_is_lost_before_the_answer_is_told_plainly(app: Flask) -> None:
    @app.get("/en/lost")
    def lost() -> str:
        db.session.execute(text("SELECT 1"))
        cut(app)
        return str(db.session.scalar(text("SELECT 1")))

    page = Visitor(app).visit("/en/lost", status=503)
    assert page.h1 == "The portal cannot store anything at the moment"
