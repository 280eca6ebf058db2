"""The headers of every answer, and cookies, on http and on https."""

from __future__ import annotations

import pytest
from flask import Flask, abort

from tests.build import typed
from tests.conftest import AppWith
from tests.filing import FORM, NEW, file, page_of, secret_path, stored_tickets
from tests.page import Page
from tests.visitor import Visitor

HTTPS = "https://help.shop.example"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture
def https(app_with: AppWith) -> Flask:
    """The portal on https, with no proxy in front."""
    return app_with(public_url=HTTPS, proxies=0)


def answers(app: Flask, base_url: str) -> dict[str, Page]:
    """Return an answer of each kind."""
    app.add_url_rule("/en/broken", "broken", lambda: str(1 // 0))
    visitor = Visitor(app, base_url=base_url)
    form = visitor.visit(NEW)
    return {
        "page": form,
        "kept page": visitor.visit("/en/cancellation"),
        "chooser": visitor.visit("/en/cancellation?status=pending&x=1"),
        "static": visitor.visit(str(form.one("link[rel=stylesheet]")["href"])),
        "redirect": visitor.open("/"),
        "400": visitor.send_form(form, typed(), form=FORM, forged={"csrf_token": "x"}),
        "403": visitor.visit("/en/tickets/AAA-AAAA", status=403),
        "404": visitor.visit("/en/nothing", status=404),
        "405": visitor.open(NEW, method="TRACE"),
        "413": visitor.post("/staff/sign-in", {"email": "x" * 65_000}),
        "415": visitor.post(NEW, headers={"Content-Type": "text/plain"}),
        "422": visitor.send(NEW),
        "500": visitor.open("/en/broken"),
        "staff": visitor.visit("/staff/sign-in"),
    }


def test_every_answer_carries_the_same_protection(app_with: AppWith) -> None:
    for name, answer in answers(app_with(), "http://127.0.0.1:8000").items():
        assert {header: answer.headers.get(header) for header in ALWAYS} == ALWAYS, name
        assert "Strict-Transport-Security" not in answer.headers
        assert name in (str(answer.status), *["page", "kept page", "chooser", "static", "redirect", "staff"])


def test_on_https_every_answer_asks_for_https_for_a_year(https: Flask) -> None:
    for name, answer in answers(https, HTTPS).items():
        assert {header: answer.headers.get(header) for header in ALWAYS} == ALWAYS, name
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000", name


def test_on_https_each_cookie_is_bound_to_the_host(https: Flask) -> None:
    visitor = Visitor(https, base_url=HTTPS)
    cookies = visitor.visit(NEW).headers.getlist("Set-Cookie")
    confirmation = file(visitor)
    cookies += confirmation.headers.getlist("Set-Cookie")
    cookies += visitor.open(secret_path(confirmation)).headers.getlist("Set-Cookie")
    assert len(cookies) == 3
    for cookie in cookies:
        name, *said = cookie.split("; ")
        assert name.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(said)
        assert not [part for part in said if part.startswith("Domain")]


def test_on_http_the_same_cookies_have_no_prefix(app: Flask, visitor: Visitor) -> None:
    names = {c.partition("=")[0].partition("-")[0] for c in visitor.visit(NEW).headers.getlist("Set-Cookie")}
    names |= {c.partition("=")[0].partition("-")[0] for c in file(visitor).headers.getlist("Set-Cookie")}
    assert names == {"session", "ticket"}


def test_each_form_is_posted_on_https_with_what_a_browser_sends(https: Flask) -> None:
    visitor = Visitor(https, base_url=HTTPS)
    confirmation = file(visitor)
    path = page_of(confirmation)
    assert visitor.send(NEW, typed(order_id="2"), press="Check").status == 200
    assert visitor.send(NEW, typed(order_id="2"), press="Українська").status == 200
    assert visitor.send(f"{path}/withdraw", {"sure": True}, at=path).status == 303
    signing_in = {"email": "nobody@example.com", "password": "a wrong password"}
    assert visitor.send("/staff/sign-in", signing_in).status == 422


@pytest.mark.parametrize("referer", ["", "https://evil.example/en/tickets/new", "http://help.shop.example/"])
def test_on_https_a_form_from_another_site_is_refused(https: Flask, referer: str) -> None:
    visitor = Visitor(https, base_url=HTTPS)
    assert visitor.send(NEW, typed(), headers={"Referer": referer}).status == 400
    assert stored_tickets(https) == []


def test_behind_a_proxy_that_speaks_https_for_us_forms_are_posted_and_cookies_are_bound(app_with: AppWith) -> None:
    app = app_with(public_url=HTTPS, proxies=1)
    visitor = Visitor(app, base_url=HTTPS)
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    assert visitor.send(NEW, typed(), headers=told).status == 303


def test_the_cookie_of_the_session_is_set_once(app: Flask, visitor: Visitor) -> None:
    assert "Set-Cookie" in visitor.visit(NEW).headers
    for path in (NEW, "/en/cancellation?status=pending&x=1", "/en/nothing", "/staff/sign-in"):
        cookies = visitor.visit(path, status=None).headers.getlist("Set-Cookie")
        assert cookies == [] or path == "/staff/sign-in"


def test_a_forbidden_address_is_told_plainly(app_with: AppWith) -> None:
    app = app_with()
    app.add_url_rule("/en/closed", "closed", lambda: abort(403))
    assert Visitor(app).visit("/en/closed", status=403).h1 == "The request could not be answered"
