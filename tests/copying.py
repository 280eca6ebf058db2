"""Portals to be copied in tests: one in which all that there is has happened, and empty ones to copy it into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count, takewhile
from pathlib import Path
from threading import Barrier, Thread
from threading import Event as Flag
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from portal import create_app
from portal.clock import now
from portal.extensions import db
from portal.models import Notice, Staff, Ticket
from tests.build import settings_for, upload
from tests.colleague import OLENA, TARAS, account
from tests.databases import Databases, running
from tests.filing import filed_with
from tests.stored import filed, ticket, work
from tests.test_commands import flask
from tests.visitor import Visitor
from tests.whole_life import steps

FILERS = 3
"""Threads that file tickets on end."""
HOSTILE = "Їжак — «лапки»\n\tand 😀 of \\N and \\. and %s, {} and ';--"
"""A reason that a careless copy would break."""


def address(app: Flask) -> str:
    """Return the address of an app's database."""
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def path(app: Flask) -> Path:
    """Return the file of an app's SQLite database."""
    return Path(address(app).removeprefix("sqlite:///"))


@contextmanager
def empty(databases: Databases, **changes: Any) -> Iterator[Flask]:
    """Give a portal on a database without tables."""
    with databases.empty() as url, running(create_app(settings_for(url, **changes))) as app:
        yield app


def lived(app: Flask) -> str:
    """Have a ticket that went through all that there is, and what a portal has beside; return its reference."""
    for email in (OLENA, TARAS):
        account(app, email)
    reference = filed(app, email="anna@example.com")
    for email, _what, _kinds, do in steps(app):
        if email:
            work(app, reference, partial(_at_once, do), email)
        else:
            with app.app_context():
                do(reference, None, ticket(reference).version, now())
    filed_with(Visitor(app), upload(), order_id="77", reason=HOSTILE)
    flask(app, "key", "make", "The shop", "--scope", "tickets:read")
    flask(app, "webhook", "add", "https://shop.example.com/hooks")
    return reference


@contextmanager
def filed_on(app: Flask) -> Iterator[None]:
    """Have threads file tickets on end meanwhile; each has filed one before."""
    stop, begun = Flag(), Barrier(FILERS + 1)

    def file(who: int) -> None:
        filed(app, f"{who}", order_id=f"{who}")
        begun.wait(60)
        for number in takewhile(lambda _: not stop.is_set(), count(1)):
            filed(app, f"{who}", order_id=f"{who}-{number}", email="anna@example.com")

    threads = [Thread(target=file, args=(who,)) for who in range(FILERS)]
    for thread in threads:
        thread.start()
    try:
        begun.wait(60)
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def whole(app: Flask) -> int:
    """Return how many tickets there are; each has its events, each filing its notices."""
    with app.app_context():
        filings = list(db.session.scalars(select(Ticket)))
        for one in filings:
            assert [event.number for event in one.events] == list(range(1, one.version + 1))
            told = select(Notice.kind).where(Notice.ticket_id == one.id).order_by(Notice.id)
            assert list(db.session.scalars(told)) == ["received", "new"][not one.email :]
        return len(filings)


def _at_once(do: Callable[..., Any], reference: str, staff: Staff, version: int) -> Any:
    return do(reference, staff, version, now())


def done(app: Flask, *statements: str) -> None:
    """Have an app's database do this."""
    with app.app_context():
        for statement in statements:
            db.session.execute(text(statement))
        db.session.commit()
