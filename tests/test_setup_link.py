"""The one-time link that sets up an account: an hour, once, and only its hash is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import staff_access
from portal.clock import now
from portal.extensions import db
from portal.keys import digest
from portal.models import Staff, StaffLink
from tests.colleague import OLENA, PASSWORD, TARAS, Colleague, account, carried
from tests.stored import everything
from tests.visitor import Visitor

TYPED = {"email": "Olena@Example.com", "name": "Олена", "language": "uk", "password": PASSWORD}
HOUR = timedelta(hours=1)


def first_link(app: Flask, ago: timedelta = timedelta()) -> str:
    """Make the link of the first account so long ago; return its path."""
    with app.app_context():
        return f"/staff/setup/{staff_access.first_link(now() - ago)}"


def link_of(app: Flask, email: str, made: Callable[..., str] = staff_access.reset) -> str:
    """Make the link of an account; return its path."""
    with app.app_context():
        return f"/staff/setup/{made(email, at=now())}"


def emails(app: Flask) -> list[str]:
    """Return the addresses of all accounts."""
    with app.app_context():
        return [staff.email for staff in staff_access.listed()]


def test_the_first_account_is_set_up_and_signed_in_by_the_link(app: Flask) -> None:
    browser = Visitor(app)
    page = browser.send(first_link(app), TYPED)
    assert (page.status, page.location) == (303, "http://127.0.0.1:8000/staff/")
    assert browser.visit("/staff/").lang == "uk"
    assert emails(app) == [OLENA]


def test_the_link_works_once(app: Flask) -> None:
    link = first_link(app)
    Visitor(app).send(link, TYPED)
    page = Visitor(app).visit(link, status=410)
    assert page.h1 == "This link does not work any more"
    assert not page.all("input[type=password]")


def test_looking_at_the_link_does_not_use_it(app: Flask) -> None:
    link = first_link(app)
    for _ in range(3):
        Visitor(app).visit(link)
    assert Visitor(app).send(link, TYPED).status == 303


@pytest.mark.parametrize(
    ("age", "status"), [(HOUR - timedelta(minutes=1), 200), (HOUR, 410)], ids=["within the hour", "after it"]
)
def test_the_link_works_for_an_hour(app: Flask, age: timedelta, status: int) -> None:
    Visitor(app).visit(first_link(app, age), status=status)


def test_a_form_opened_within_the_hour_and_sent_after_it_makes_no_account(app: Flask) -> None:
    link = first_link(app)
    browser = Visitor(app)
    page = browser.visit(link)
    with app.app_context():
        db.session.execute(db.update(StaffLink).values(expires_at=now()))
        db.session.commit()
    assert browser.send_form(page, TYPED).status == 410
    assert emails(app) == []


def test_only_the_hash_of_the_link_is_kept(app: Flask) -> None:
    token = first_link(app).rpartition("/")[2]
    assert len(token) == 32
    assert token not in str(everything(app))
    assert digest(token) in str(everything(app))


def test_a_link_made_up_is_answered_like_one_that_ended(app: Flask) -> None:
    page = Visitor(app).visit("/staff/setup/made-up", status=410)
    assert page.h1 == "This link does not work any more"


def test_a_new_first_link_ends_the_one_before(app: Flask) -> None:
    earlier, later = first_link(app), first_link(app)
    Visitor(app).visit(earlier, status=410)
    Visitor(app).visit(later)


def test_the_first_link_dies_when_an_account_exists(app: Flask) -> None:
    link = first_link(app)
    browser = Visitor(app)
    page = browser.visit(link)
    account(app, TARAS)
    assert browser.send_form(page, TYPED).status == 410
    assert Visitor(app).visit(link, status=410)
    assert emails(app) == [TARAS]


def test_two_browsers_at_once_make_one_account(each_app: Flask) -> None:
    link = first_link(each_app)
    browsers = [Visitor(each_app) for _ in range(2)]
    pages = [browser.visit(link) for browser in browsers]
    typed = [{**TYPED, "email": f"{number}@example.com"} for number in range(2)]
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(Visitor.send_form, browsers, pages, typed))
    assert sorted(answer.status for answer in answers) == [303, 410]
    winner = [answer.status for answer in answers].index(303)
    assert emails(each_app) == [f"{winner}@example.com"]
    assert [bool(carried(browser)) for browser in browsers].count(True) == 1


def test_the_link_of_an_account_asks_for_a_password_alone_and_ends_what_was_before(app: Flask) -> None:
    olena = Colleague(app)
    link = link_of(app, OLENA)
    browser = Visitor(app)
    page = browser.visit(link)
    assert "Choose a password for olena@example.com." in page.text
    assert page.form(link).names == ["csrf_token", "username", "password"]
    assert browser.send_form(page, {"password": "quite another one"}).status == 303
    assert olena.open("/staff/").status == 303
    assert browser.open("/staff/").status == 200


def test_disabling_an_account_ends_its_link(app: Flask) -> None:
    account(app)
    link = link_of(app, OLENA)
    with app.app_context():
        staff_access.disable(OLENA, now())
    Visitor(app).visit(link, status=410)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"email": "olena"}, {"email": "Enter an e-mail address, for example name@example.com"}),
        ({"email": "a@example.com, b@example.com"}, {"email": "Enter an e-mail address, for example name@example.com"}),
        ({"name": " \u200b"}, {"name": "Enter the name that colleagues see"}),
        ({"password": "short"}, {"password": "Choose a password of at least 12 characters"}),
    ],
)
def test_what_is_wrong_is_named_and_the_link_still_works(
    app: Flask, typed: dict[str, str], errors: dict[str, str]
) -> None:
    link = first_link(app)
    browser = Visitor(app)
    page = browser.send(link, {**TYPED, **typed})
    assert (page.status, page.errors) == (422, errors)
    assert page.form(link).fields["language"] == "uk"
    assert browser.send_form(page, TYPED).status == 303


def test_an_expired_link_is_swept_when_the_next_is_made(app: Flask) -> None:
    account(app)
    with app.app_context():
        staff_access.reset(OLENA, now() - HOUR)
        staff_access.add(TARAS, "Taras", "en", now())
        owners = db.session.execute(select(StaffLink.staff_id, Staff.email).join(Staff)).all()
        assert [email for _, email in owners] == [TARAS]
