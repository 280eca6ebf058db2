"""How long staff stay signed in, and what ends that (ASVS 7.4.1); changing the password."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from portal import staff_access
from portal.clock import now
from portal.extensions import db
from portal.keys import digest
from portal.models import StaffSession
from tests.colleague import HOST, OLENA, PASSWORD, TARAS, Colleague, account, carried, carry, session
from tests.stored import everything, filed
from tests.visitor import Visitor

SIGN_IN = "/staff/sign-in"
WRONG = {"email": OLENA, "password": "not the password"}
RIGHT = {"email": OLENA, "password": PASSWORD}


def signed_in(browser: Visitor) -> bool:
    """Return whether the list of tickets is open to a browser."""
    return browser.open("/staff/").status == 200


def last_seen(app: Flask, token: str) -> datetime:
    """Return when a session was last seen."""
    with app.app_context():
        found = db.session.get(StaffSession, digest(token))
        assert found is not None
        return found.seen_at


def test_a_cookie_kept_from_before_sign_out_is_refused(app: Flask) -> None:
    olena = Colleague(app)
    kept = carried(olena)
    page = olena.send("/staff/sign-out", at="/staff/")
    assert (page.status, page.location) == (303, "http://127.0.0.1:8000/staff/sign-in")
    assert carried(olena) == ""
    carry(olena, kept)
    assert not signed_in(olena)


def test_signing_out_ends_this_session_alone(app: Flask) -> None:
    here, there = Colleague(app), Colleague(app)
    here.send("/staff/sign-out", at="/staff/")
    assert signed_in(there)


def test_disabling_an_account_ends_its_sessions_at_once(app: Flask) -> None:
    olena, taras = Colleague(app), Colleague(app, TARAS)
    with app.app_context():
        staff_access.disable(OLENA, now())
    assert not signed_in(olena)
    assert signed_in(taras)


def test_resetting_an_account_ends_its_sessions_and_its_password(app: Flask) -> None:
    olena = Colleague(app)
    with app.app_context():
        staff_access.reset(OLENA, now())
    assert not signed_in(olena)
    assert Visitor(app).send(SIGN_IN, RIGHT).status == 422


@pytest.mark.parametrize(
    ("started", "seen", "lasts"),
    [
        (timedelta(hours=1), timedelta(minutes=29), True),
        (timedelta(hours=1), timedelta(minutes=30), False),
        (timedelta(hours=11, minutes=59), timedelta(), True),
        (timedelta(hours=12), timedelta(), False),
    ],
)
def test_a_session_ends_after_half_an_hour_unused_and_after_twelve_hours(
    app: Flask, started: timedelta, seen: timedelta, lasts: bool
) -> None:
    account(app)
    browser = Visitor(app)
    carry(browser, session(app, started=started, seen=seen))
    assert signed_in(browser) is lasts


def test_when_a_session_was_last_seen_moves_at_most_every_five_minutes(app: Flask) -> None:
    account(app)
    token = session(app)
    begun = last_seen(app, token)
    with app.app_context():
        assert staff_access.signed_in(token, begun + timedelta(minutes=4, seconds=59))
    assert last_seen(app, token) == begun
    with app.app_context():
        assert staff_access.signed_in(token, begun + timedelta(minutes=5))
    assert last_seen(app, token) == begun + timedelta(minutes=5)


def test_a_changed_password_counts_and_ends_the_other_sessions(app: Flask) -> None:
    here, there = Colleague(app), Colleague(app)
    done = here.send("/staff/account", {"old": PASSWORD, "password": "другий довгий пароль"})
    assert done.status == 303
    assert "The password is changed" in here.visit("/staff/account").text
    assert not signed_in(there)
    assert Visitor(app).send(SIGN_IN, RIGHT).status == 422
    assert Visitor(app).send(SIGN_IN, {**RIGHT, "password": "другий довгий пароль"}).status == 303


@pytest.mark.parametrize(
    ("old", "new", "errors"),
    [
        ("not the password", "another long one", {"old": "This is not your present password. Type it again"}),
        (PASSWORD, "eleven lett", {"password": "Choose a password of at least 12 characters"}),
        (PASSWORD, "x" * 201, {"password": "Choose a password of at most 200 characters"}),
        ("", "another long one", {"old": "Enter your present password"}),
    ],
)
def test_a_password_is_changed_only_with_the_present_one_and_to_a_long_one(
    app: Flask, old: str, new: str, errors: dict[str, str]
) -> None:
    olena = Colleague(app)
    before = everything(app)
    page = olena.send("/staff/account", {"old": old, "password": new})
    assert (page.status, page.errors) == (422, errors)
    assert everything(app) == before


def test_pages_are_in_the_language_of_the_account(app: Flask) -> None:
    olena = Colleague(app, language="uk")
    assert olena.visit("/staff/").lang == olena.visit("/staff/account").lang == "uk"


def test_what_was_written_before_the_session_ended_is_shown_to_be_copied(app: Flask) -> None:
    desk = Colleague(app)
    page = desk.ticket(filed(app))
    desk.client.delete_cookie("staff", domain=HOST)
    answer = desk.send_form(page, {"verdict": "ask", "text": "Which account did you pay from?"}, form="answer")
    assert (answer.status, answer.h1) == (403, "You are signed out; nothing was stored")
    assert answer.says("p.typed") == "Which account did you pay from?"
