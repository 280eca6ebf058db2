"""When the portal itself fails: nothing half-written, nothing told of the inside, and the way on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from portal import sqlite
from portal.extensions import db
from portal.models import Counter, Event, Picture, PolicyVersion, Ticket
from tests.build import picture, typed, upload
from tests.conftest import AppWith
from tests.filing import FORM, NEW, file, page_of, rows, stored_tickets
from tests.lines import written
from tests.visitor import Visitor

EVERYTHING = (Ticket, Event, Picture, PolicyVersion, Counter)


def each_connection(app: Flask, pragma: str) -> None:
    """Have each connection to the database opened from now on with this pragma."""
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma}")

    engine.dispose()


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Have another program write to the database for a while.

    It uses our driver: two drivers in one process do not see each other's locks.
    """
    each_connection(app, "busy_timeout=20")
    with app.app_context():
        path = Path(str(db.engine.url.database))
    with closing(sqlite.module().connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize(("language", "words"), [("en", "Nothing was stored"), ("uk", "Нічого не збережено")])
def test_a_locked_database_is_told_with_what_was_typed_and_the_next_try_is_taken(
    app_with: AppWith, language: str, words: str
) -> None:
    app = app_with()
    visitor = Visitor(app)
    with locked(app):
        page = visitor.send(f"/{language}/tickets/new", typed(), forged={"screenshots": [upload()]})
        assert (page.status, page.headers["Retry-After"]) == (503, "30")
        assert words in page.says(".error-summary")
        assert page.form(FORM).fields["reason"] == typed()["reason"]
        assert rows(app, *EVERYTHING) == [0] * len(EVERYTHING)
    assert visitor.send_form(page, form=FORM).status == 303
    assert len(stored_tickets(app)) == 1


def test_reading_goes_on_while_the_database_is_locked(app_with: AppWith) -> None:
    app = app_with()
    visitor = Visitor(app)
    path = page_of(file(visitor))
    with locked(app):
        visitor.visit(path)
        visitor.visit("/en/cancellation?status=pending&x=1")
        page = visitor.send(f"{path}/withdraw", {"sure": True}, at=path)
        assert (page.status, page.h1) == (503, "The portal cannot store anything at the moment")
        assert page.headers["Retry-After"] == "30"
    visitor.visit(path)


def test_a_full_disk_leaves_nothing_half_written(app_with: AppWith) -> None:
    app = app_with()
    with app.app_context():
        pages = db.session.scalar(text("PRAGMA page_count"))
    each_connection(app, f"max_page_count={pages + 2}")
    visitor = Visitor(app)
    large = picture("JPEG", (900, 900))
    page = visitor.send(NEW, typed(reason="ї" * 2000), forged={"screenshots": [upload(content=large)]})
    before = len(stored_tickets(app))
    while page.status == 303 and before < 9:
        page = visitor.send(NEW, typed(order_id=str(before), reason="ї" * 2000), forged={"website": ""})
        before = len(stored_tickets(app))
    assert page.status == 503
    assert page.form(FORM).fields["reason"] == "ї" * 2000
    assert rows(app, Ticket, Event) == [before, before]


def test_a_fault_after_the_ticket_was_inserted_leaves_no_half_of_it_and_the_picture_waiting(app_with: AppWith) -> None:
    app = app_with()
    with app.app_context():
        refuse = "CREATE TRIGGER no BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'a secret of the inside'); END"
        db.session.execute(text(refuse))
        db.session.commit()
    page = Visitor(app).send(NEW, typed(), forged={"screenshots": [upload()]})
    assert page.status == 500
    assert "a secret of the inside" not in page.html
    assert rows(app, Ticket, Event, PolicyVersion) == [0, 0, 0]
    with app.app_context():
        waiting = db.session.scalars(select(Picture)).one()
        assert (waiting.event_id, len(db.session.scalars(select(Counter)).all())) == (None, 1)


def test_a_fault_shows_a_reference_that_the_log_has_and_no_trace(
    app_with: AppWith, capsys: pytest.CaptureFixture[str]
) -> None:
    app = app_with()

    def broken() -> str:
        raise LookupError("a secret of the inside")

    app.add_url_rule("/en/broken/<token>", "broken", broken)
    app.add_url_rule("/uk/broken", "broken_too", broken)
    page = Visitor(app).visit("/uk/broken", status=500)
    assert page.lang == "uk"
    assert "пішло не так" in page.h1
    reference = page.says("p.lead code")
    assert len(reference) == 8
    (line,) = written(capsys)
    assert (line["reference"], line["route"], line["error"]) == (reference, "/uk/broken", "LookupError")
    assert "a secret of the inside" not in page.html
    assert "Traceback" not in page.html
