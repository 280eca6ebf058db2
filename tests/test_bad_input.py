"""Requests that no page of ours makes: each gets a plain page, in the right language, with the way on."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.build import typed
from tests.filing import FORM, NEW, file, nothing_stored, page_of
from tests.page import Page
from tests.visitor import Visit, Visitor

NO_SUCH_PAGE = {"en": "There is no such page", "uk": "Такої сторінки немає"}


def plain(page: Page, status: int) -> bool:
    """Return whether the page says what is wrong, how to go on, and nothing of the inside."""
    way_on = any(link.href.endswith("/cancellation") for link in page.links)
    return page.status == status and way_on and "Traceback" not in page.html and "werkzeug" not in page.html.lower()


@pytest.mark.parametrize("path", ["/en/nothing", "/en/tickets/", "/en/", "/en/cancellation/", "/en/%FF%FE", "/en/%00"])
def test_an_address_that_is_not_there_is_answered_in_its_language(visit: Visit, path: str) -> None:
    for language, words in NO_SUCH_PAGE.items():
        page = visit(path.replace("/en", f"/{language}", 1), status=404, headers={"Accept-Language": "de"})
        assert plain(page, 404)
        assert (page.h1, page.lang) == (words, language)


@pytest.mark.parametrize(
    "path", ["/de/cancellation", "/de/tickets/new", "/EN/cancellation", "/nothing", "/../etc/passwd"]
)
def test_an_unknown_language_is_no_page_and_the_browsers_language_says_so(app: Flask, path: str) -> None:
    for language, words in NO_SUCH_PAGE.items():
        page = Visitor(app, language=language).visit(path, status=404)
        assert (page.h1, page.lang) == (words, language)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("TRACE", "/en/cancellation"),
        ("TRACE", NEW),
        ("TRACE", "/"),
        ("PUT", NEW),
        ("DELETE", "/en/cancellation?status=pending"),
        ("PATCH", "/en/cancellation/answer"),
        ("POST", "/en/cancellation"),
        ("GET", "/en/tickets/AAA-AAAA/withdraw"),
    ],
)
def test_a_method_that_an_address_does_not_take_is_refused_with_those_that_it_does(
    visitor: Visitor, method: str, path: str
) -> None:
    page = visitor.open(path, method=method, data={"a": "b"} if method == "POST" else None)
    assert plain(page, 405)
    allowed = page.headers["Allow"]
    assert allowed
    assert method not in allowed


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", ""])
def test_only_forms_are_taken(app: Flask, visitor: Visitor, kind: str) -> None:
    visitor.visit(NEW)
    assert plain(visitor.open(NEW, method="POST", data=b'{"order_id": "1"}', headers={"Content-Type": kind}), 415)
    assert nothing_stored(app)


@pytest.mark.parametrize(("language", "words"), [("en", "What you sent is too large"), ("uk", "забагато даних")])
def test_a_form_over_16_mb_is_refused_and_the_page_says_how_to_go_back(app: Flask, language: str, words: str) -> None:
    visitor = Visitor(app)
    body, kind = bytes(16_000_001), "multipart/form-data; boundary=x"
    page = visitor.open(f"/{language}/tickets/new", method="POST", data=body, content_type=kind)
    assert plain(page, 413)
    assert words in page.h1
    assert "5" in page.says("p.lead")
    assert nothing_stored(app)


def test_every_other_address_takes_64_kb_and_the_form_more(app: Flask, visitor: Visitor) -> None:
    path = page_of(file(visitor))
    for address in (f"{path}/withdraw", "/staff/sign-in"):
        assert plain(visitor.post(address, {"seen": "1" * 64_001}), 413)
        assert visitor.post(address, {"seen": "1" * 63_000}).status != 413
    assert visitor.send(NEW, typed(order_id="2", reason="r" * 100_000)).status == 422


def test_a_text_of_half_a_million_letters_is_answered_at_once(visitor: Visitor) -> None:
    page = visitor.send(
        NEW, typed(link="http://" + "a" * 200_000 + " b", order_id="1 " * 50_000, reference="a." * 50_000)
    )
    assert page.status in (413, 422)


def test_a_host_that_is_not_ours_is_refused(app: Flask, visitor: Visitor) -> None:
    for path in (NEW, "/", "/en/nothing", "/t/x"):
        page = visitor.open(f"http://evil.example{path}")
        assert page.status == 400
        assert not page.is_html
        assert "evil.example" not in page.response.get_data(as_text=True)
        assert page.location is None
    for host in ("localhost", "127.0.0.1:9999"):
        assert visitor.open(f"http://{host}{NEW}").status == 200


@pytest.mark.parametrize(
    "query", ["%", "%FF", "a=%00", "&&&==", "status=pending&status=lost", "status[]=x", "x" * 3000]
)
def test_a_broken_query_breaks_nothing(visit: Visit, query: str) -> None:
    assert visit(f"{NEW}?{query}").form(FORM)
    assert visit(f"/en/cancellation?{query}", status=None).status in (200, 422)


@pytest.mark.parametrize("name", ["endpoint", "_external", "_scheme", "_method", "_anchor", "language", "self", "like"])
def test_a_name_in_the_query_is_only_a_name(app: Flask, name: str) -> None:
    visitor = Visitor(app)
    path = page_of(file(visitor))
    for address in (path, NEW, "/en/cancellation"):
        page = visitor.visit(f"{address}?{name}=x")
        others = [link.href for link in page.links if link.text == "Українська"]
        assert all(href.startswith("/uk/") for href in others)
