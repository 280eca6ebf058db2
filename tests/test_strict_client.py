"""The strict client itself: a good page passes, and each fault of a page or a response is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, Response, request

from tests.page import Page
from tests.page_checks import check
from tests.visitor import Visitor

URL = "http://127.0.0.1:8000/en/tickets/new"
GOOD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Error: File a request – Shop</title>
<link rel="canonical" href="https://shop.example/x"><link rel="stylesheet" href="/static/portal.css"></head>
<body><a href="#main">To the content</a><main id="main"><h1>File a request</h1>
<div class="error-summary" role="alert" tabindex="-1" id="errors" aria-labelledby="errors-title">
<h2 id="errors-title">Look at this</h2><ul><li><a href="#order_id">Enter the order ID</a></li>
<li><a href="#status-0">Choose the status</a></li></ul></div>
<form method="post" id="new"><input type="hidden" name="csrf_token" value="t">
<label for="order_id">Order ID</label><p class="field-error" id="order_id-error">Enter the order ID</p>
<input id="order_id" name="order_id" value="a&amp;b" aria-describedby="order_id-error" aria-invalid="true">
<fieldset id="status" aria-describedby="status-error"><legend>Status</legend>
<p class="field-error" id="status-error">Choose the status</p>
<input type="radio" name="status" value="pending" id="status-0"><label for="status-0">Pending</label></fieldset>
<input type="checkbox" name="understood" value="y" id="understood"><label for="understood">I understand</label>
<label for="reason">Reason</label><textarea name="reason" id="reason">
one
two</textarea>
<button name="check" value="1">Check</button><button>Send the request</button></form>
<section class="answer" data-outcome="possible"><h2 class="answer-headline">It may be</h2>
<ul><li><a href="/en/cancellation#status-pending">Pending</a></li></ul>
<ul class="answer-advice"><li>Write soon</li></ul>
<p class="answer-guarantee">Not guaranteed</p></section>
<img src="/static/a.png" alt=""></main></body></html>"""

BREAKS = {
    "an end tag is missing": ("</section>", ""),
    "two headings": ("<main id=", "<h1>Another</h1><main id="),
    "another title": ("Error: File", "File"),
    "no language": (' lang="en"', ""),
    "the wrong language": ('lang="en"', 'lang="uk"'),
    "an id twice": ('id="reason"', 'id="order_id"'),
    "no label": ('<label for="reason">Reason</label>', ""),
    "no legend": ("<legend>Status</legend>", ""),
    "a description that is not there": ('aria-describedby="order_id-error"', 'aria-describedby="order_id-hint"'),
    "a link to nowhere": ('href="#main"', 'href="#top"'),
    "a picture without alt": (' alt=""', ""),
    "a button without words": ("<button>Send the request</button>", "<button></button>"),
    "an inline style": ("<h1>", '<h1 style="color:red">'),
    "an inline script": ("<main id=", "<script>1</script><main id="),
    "a handler": ("<h1>", '<h1 onclick="1">'),
    "a picture from elsewhere": ("/static/a.png", "https://other.example/a.png"),
    "a style sheet from elsewhere": ("/static/portal.css", "//other.example/portal.css"),
    "no token in a form": ('name="csrf_token"', 'name="token"'),
    "an error with other words beside the field": ('">Enter the order ID</p>', '">Order ID missing</p>'),
    "an error that the summary does not list": ('<li><a href="#status-0">Choose the status</a></li>', ""),
    "a field that does not say it is wrong": (' aria-invalid="true"', ""),
    "no summary": ("error-summary", "summary"),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "Cache-Control": "no-store",
}
HEADER_BREAKS = {name: {name: None} for name in HEADERS} | {
    "an unsafe source": {"Content-Security-Policy": HEADERS["Content-Security-Policy"] + "; style-src 'unsafe-inline'"},
    "a cookie that scripts read": {"Set-Cookie": "a=b; Path=/; SameSite=Lax"},
    "a Secure cookie on http": {"Set-Cookie": "a=b; Path=/; SameSite=Lax; HttpOnly; Secure"},
}
Answering = Callable[..., Visitor]


@pytest.fixture
def answering() -> Answering:
    """Return a visitor of an app that answers everything as said."""

    def build(body: str = GOOD, status: int = 422, **changes: str | None) -> Visitor:
        app = Flask("answering")

        @app.route("/<path:path>", methods=["GET", "POST"])
        def answer(path: str) -> Response:
            headers = {k: v for k, v in {**HEADERS, **changes}.items() if v is not None}
            if request.method == "POST":
                return Response("\n".join(f"{k}={v!r}" for k, v in request.form.items(multi=True)), 303, headers)
            return Response(body, status, headers, mimetype="text/html")

        return Visitor(app)

    return build


def test_a_good_page_passes_and_can_be_read(answering: Answering) -> None:
    page = answering().visit("/en/tickets/new", status=422)
    assert (page.h1, page.lang) == ("File a request", "en")
    assert page.errors == {"order_id": "Enter the order ID", "status": "Choose the status"}
    assert page.error_for("reason") is None
    assert page.link("To the content") == "#main"
    assert page.labelled("Reason")["name"] == "reason"
    assert (page.answer.outcome, page.answer.headline) == ("possible", "It may be")
    assert (page.answer.reasons, page.answer.advice) == (["status-pending"], ["Write soon"])
    assert page.answer.guarantee == "Not guaranteed"


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_a_fault_of_a_page_is_named(change: tuple[str, str]) -> None:
    assert change[0] in GOOD
    with pytest.raises(AssertionError, match=r"en/tickets/new \(422\):"):
        check(GOOD.replace(change[0], change[1], 1), url=URL, status=422)


@pytest.mark.parametrize("changes", HEADER_BREAKS.values(), ids=HEADER_BREAKS)
def test_a_fault_of_a_response_is_named(answering: Answering, changes: dict[str, str | None]) -> None:
    with pytest.raises(AssertionError, match=r"en/tickets/ABC \(422\):"):
        answering(**changes).visit("/en/tickets/ABC", status=None)


def test_a_fragment_is_checked_too(answering: Answering) -> None:
    fragment = '<section class="answer" data-outcome="possible"><p>May be</p></section>'
    assert answering(fragment, 200).visit("/en/tickets/preview").answer.outcome == "possible"
    with pytest.raises(AssertionError, match="not valid HTML"):
        answering(fragment.replace("</section>", "</div>"), 200).visit("/en/tickets/preview")


def test_a_form_sends_what_a_browser_would(answering: Answering) -> None:
    visitor = answering()
    typed = {"order_id": "1", "understood": True, "status": "pending", "reason": None}
    sent = visitor.send("/en/tickets/new", typed, press="check", forged={"extra": "x", "csrf_token": None})
    assert sent.status == 303
    posted = ["order_id='1'", "status='pending'", "understood='y'", "reason='one\\r\\ntwo'", "check='1'", "extra='x'"]
    assert sent.response.get_data(as_text=True).splitlines() == posted


@pytest.mark.parametrize("typed", [{"colour": "red"}, {"status": "lost"}])
def test_what_a_browser_could_not_send_must_be_forged(answering: Answering, typed: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match=r"has no field|offers"):
        answering().send("/en/tickets/new", typed)


def test_a_write_answers_with_303(answering: Answering) -> None:
    app = Flask("moved")
    app.post("/x")(lambda: Response("", 302, {**HEADERS, "Location": "/y"}))
    with pytest.raises(AssertionError, match="303"):
        Visitor(app).post("/x")


def test_a_page_says_what_it_is_when_a_test_fails(answering: Answering) -> None:
    page: Page = answering().visit("/en/tickets/new", status=None)
    assert repr(page) == f"<GET {URL}: 422>"
