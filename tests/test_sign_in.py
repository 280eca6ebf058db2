"""Signing in and out: who gets in, how long they stay, and what a guesser learns (ASVS 2.4.1, 7.2.4, 7.4.1)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal import limits, staff_access
from portal.clock import now
from portal.extensions import db
from portal.keys import digest
from portal.models import Staff
from tests.colleague import OLENA, PASSWORD, TARAS, account, carried, carry
from tests.page import Page
from tests.stored import everything
from tests.visitor import Visitor

SIGN_IN = "/staff/sign-in"
WRONG = {"email": OLENA, "password": "not the password"}
RIGHT = {"email": OLENA, "password": PASSWORD}


def signed_in(browser: Visitor) -> bool:
    """Return whether the list of tickets is open to a browser."""
    return browser.open("/staff/").status == 200


def guessed(app: Flask, email: str, times: int) -> None:
    """Count so many failed sign-ins for an account, as the sign-in itself does."""
    portal = app.extensions["portal"]
    who, limit = portal.keys.mac("sign-in", email), portal.settings.limits.sign_ins_account
    with app.app_context():
        for _ in range(times):
            limits.count([limits.Counted("sign_ins_account", who, *limit)], now())
        db.session.commit()


def without_what_was_typed(page: Page) -> str:
    """Return a page's source but for the address that was typed, and the token of its form."""
    fields = page.form(SIGN_IN).fields
    return page.html.replace(fields["csrf_token"], "").replace(fields["email"], "")


def test_the_right_password_opens_the_list(app: Flask) -> None:
    account(app)
    browser = Visitor(app)
    page = browser.send(SIGN_IN, RIGHT)
    assert (page.status, page.location) == (303, "http://127.0.0.1:8000/staff/")
    assert signed_in(browser)


def test_the_address_is_taken_in_any_case_and_with_spaces_around_it(app: Flask) -> None:
    account(app)
    assert Visitor(app).send(SIGN_IN, {**RIGHT, "email": " Olena@Example.com "}).status == 303


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(app: Flask) -> None:
    account(app)
    wrong = Visitor(app).send(SIGN_IN, WRONG)
    unknown = Visitor(app).send(SIGN_IN, {**WRONG, "email": "nobody@example.com"})
    assert wrong.status == unknown.status == 422
    assert wrong.says("#errors-title") == "E-mail or password is wrong"
    assert without_what_was_typed(wrong) == without_what_was_typed(unknown)
    assert wrong.form(SIGN_IN).fields["email"] == OLENA
    assert PASSWORD not in wrong.html


def test_a_disabled_account_and_one_without_a_password_are_answered_like_a_wrong_password(app: Flask) -> None:
    account(app)
    with app.app_context():
        staff_access.disable(OLENA, now())
        staff_access.add(TARAS, "Taras", "en", now())
    for email in (OLENA, TARAS):
        page = Visitor(app).send(SIGN_IN, {**RIGHT, "email": email})
        assert (page.status, page.says("#errors-title")) == (422, "E-mail or password is wrong")


def test_each_empty_field_is_named(app: Flask) -> None:
    page = Visitor(app).send(SIGN_IN, {"email": "", "password": ""})
    assert page.status == 422
    assert page.errors == {"email": "Enter your e-mail address", "password": "Enter your password"}


def test_a_password_may_be_pasted_and_filled_in_by_a_password_manager(app: Flask) -> None:
    page = Visitor(app).visit(SIGN_IN)
    assert page.one("#password")["autocomplete"] == "current-password"
    assert page.one("#email")["autocomplete"] == "username"
    assert not page.all("[onpaste], [readonly], [maxlength]")


def test_the_password_is_kept_as_argon2id_and_the_session_as_a_hash(app: Flask) -> None:
    with app.app_context():
        token = staff_access.add(OLENA, "Olena", "en", now())
        staff_access.use_link(token, PASSWORD, now())
        kept = db.session.scalars(select(Staff.password_hash)).one()
        assert kept is not None
        assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        cookie = staff_access.sign_in(OLENA, PASSWORD, now())
        assert cookie
        assert len(cookie) == 32
    assert PASSWORD not in str(everything(app))
    assert cookie not in str(everything(app))
    assert digest(cookie) in str(everything(app))


def test_the_session_is_a_new_one_at_each_sign_in(app: Flask) -> None:
    account(app)
    browser = Visitor(app)
    carry(browser, "chosen-by-somebody-else")
    browser.send(SIGN_IN, RIGHT)
    first = carried(browser)
    browser.send(SIGN_IN, RIGHT)
    assert len({first, carried(browser), "chosen-by-somebody-else"}) == 3


def test_a_form_from_before_sign_in_works_no_longer(app: Flask) -> None:
    account(app)
    browser = Visitor(app)
    before = browser.visit(SIGN_IN).form(SIGN_IN).fields["csrf_token"]
    browser.send(SIGN_IN, RIGHT)
    assert browser.post("/staff/sign-out", {"csrf_token": before}).status == 400
    assert signed_in(browser)


def test_the_cookie_is_for_the_server_alone_and_ends_with_the_browser(app: Flask) -> None:
    account(app)
    sent = Visitor(app).send(SIGN_IN, RIGHT).headers.getlist("Set-Cookie")
    staff = next(line for line in sent if line.startswith("staff="))
    assert "HttpOnly" in staff
    assert "SameSite=Lax" in staff
    assert "Max-Age" not in staff
    assert "Expires" not in staff


def test_the_tenth_wrong_password_is_answered_and_the_eleventh_try_is_not(app: Flask) -> None:
    account(app)
    guessed(app, OLENA, 9)
    assert Visitor(app).send(SIGN_IN, WRONG).status == 422
    refused = Visitor(app, address="203.0.113.9").send(SIGN_IN, RIGHT)
    assert refused.status == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 900
    assert refused.says("#errors-title") == "Too many tries for this account"
    assert refused.form(SIGN_IN).fields["email"] == OLENA


def test_the_limit_tells_nobody_whether_an_account_exists(app: Flask) -> None:
    guessed(app, "nobody@example.com", 10)
    assert Visitor(app).send(SIGN_IN, {**WRONG, "email": "Nobody@example.com"}).status == 429


def test_the_limit_of_one_account_is_not_anothers(app: Flask) -> None:
    account(app, TARAS)
    guessed(app, OLENA, 10)
    assert Visitor(app).send(SIGN_IN, {**RIGHT, "email": TARAS}).status == 303


def test_a_success_clears_the_count(app: Flask) -> None:
    account(app)
    guessed(app, OLENA, 9)
    assert Visitor(app).send(SIGN_IN, RIGHT).status == 303
    guessed(app, OLENA, 9)
    assert Visitor(app).send(SIGN_IN, RIGHT).status == 303


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/staff/account", "/staff/account"),
        ("/staff/?q=42", "/staff/?q=42"),
        ("/en/cancellation", "/staff/"),
        ("//evil.example/staff/", "/staff/"),
        ("https://evil.example/staff/", "/staff/"),
        ("/staff/../en/cancellation", "/staff/"),
        ("/staff/%2e%2e/en/cancellation", "/staff/"),
        ("/staff/..//evil.example", "/staff/"),
        ("/staff/\\evil.example", "/staff/"),
        ("/\\evil.example", "/staff/"),
        ("/staff/\r\nSet-Cookie: a=b", "/staff/"),
    ],
)
def test_sign_in_leads_on_to_pages_of_staff_alone(app: Flask, wanted: str, led: str) -> None:
    account(app)
    browser = Visitor(app)
    page = browser.open(SIGN_IN, query_string={"next": wanted})
    assert browser.send_form(page, RIGHT).location == f"http://127.0.0.1:8000{led}"


def test_a_page_that_was_asked_for_is_shown_after_sign_in(app: Flask) -> None:
    account(app)
    browser = Visitor(app)
    sign_in = browser.visit("/staff/account?from=mail")
    assert browser.send_form(sign_in, RIGHT).location == "http://127.0.0.1:8000/staff/account?from=mail"
