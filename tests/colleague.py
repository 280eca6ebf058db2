"""A member of staff: an account in the database, and a browser that is signed in to it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from portal.clock import now
from portal.extensions import begin_writing, db
from portal.keys import digest, random_token
from portal.models import Staff, StaffSession
from tests.build import PUBLIC_URL
from tests.page import Page
from tests.visitor import Visitor

PASSWORD = "a few words together"
OLENA = "olena@example.com"
TARAS = "taras@example.com"
HOST = urlsplit(PUBLIC_URL).hostname or ""


class Colleague(Visitor):
    """A browser in which somebody of the staff is signed in; the account is made where it does not exist."""

    def __init__(self, app: Flask, email: str = OLENA, *, language: str = "en", **more: Any) -> None:
        super().__init__(app, **more)
        account(app, email, language=language)
        self.token = session(app, email)
        carry(self, self.token)

    def ticket(self, reference: str) -> Page:
        """Open a ticket."""
        return self.visit(f"/staff/tickets/{reference}")

    def act(self, reference: str, action: str, *, code: int = 303, press: str | None = None, **typed: Any) -> Page:
        """Open a ticket, fill the form of this action in and send it; it must be answered so."""
        return self.on(self.ticket(reference), action, code=code, press=press, **typed)

    def on(self, page: Page, action: str, *, code: int = 303, press: str | None = None, **typed: Any) -> Page:
        """Fill in and send the form of this action on a page that was opened before."""
        answer = self.send_form(page, typed, form=action, press=press)
        assert answer.status == code, f"{answer!r}: not {code}; it says: {answer.text if answer.is_html else ''}"
        return answer


def carry(browser: Visitor, token: str) -> None:
    """Have a browser carry the cookie of a session."""
    browser.client.set_cookie("staff", token, domain=HOST)


def carried(browser: Visitor) -> str:
    """Return the token of the session whose cookie a browser carries; "" for none."""
    kept = browser.client.get_cookie("staff", domain=HOST)
    return kept.value if kept else ""


def account(app: Flask, email: str = OLENA, *, language: str = "en") -> str:
    """Have an account with `PASSWORD`, named after its address; return the address."""
    with app.app_context():
        begin_writing()
        if db.session.scalar(select(Staff).where(Staff.email == email)) is None:
            name = email.partition("@")[0].title()
            db.session.add(Staff(email=email, name=name, language=language, password_hash=_hash(), added_at=now()))
            db.session.commit()
    return email


def session(app: Flask, email: str = OLENA, *, started: timedelta = timedelta(), seen: timedelta = timedelta()) -> str:
    """Begin a session so long ago, last seen so long ago; return the token of its cookie."""
    token = random_token()
    with app.app_context():
        begin_writing()
        staff = db.session.scalars(select(Staff).where(Staff.email == email)).one()
        row = StaffSession(hash=digest(token), staff_id=staff.id, started_at=now() - started, seen_at=now() - seen)
        db.session.add(row)
        db.session.commit()
    return token


@cache
def _hash() -> str:
    """Return the password's hash: argon2id as the portal checks it, but made with little work."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
