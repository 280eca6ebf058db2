"""The search through all tickets, and that list and search find their way by indexes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event, text

from portal import outbox, tickets
from portal.clock import now
from portal.extensions import db
from portal.policy import Outcome, State, Status
from tests.colleague import OLENA, Colleague
from tests.page import Page
from tests.reading import words
from tests.stored import filed, shelf, ticket, work

HOSTILE = (
    "100%", "_____", "%%%", "'''", '"""', "\\\\\\", ")))", "(((", "***", "^^^", "NEAR(", "AND OR NOT NEAR",
    "') OR 1=1 --", '" OR "1"="1', "search_text:instagram", "-instagram", "insta*", "{insta}", "+++", "\\%\\_",
    "%_'\"\\ ) OR 1=1 -- NEAR( * \"", "\x00\x00\x00", "�����", "😀😀😀", "a" * 5000, "abc " * 60,
    "#", "   ", "\u202eabc",
)  # fmt: skip


def found(page: Page) -> list[str]:
    """Return the order IDs that a search found, in order."""
    return [words(link) for link in page.all("a.row-link")]


def search(olena: Colleague, query: str) -> list[str]:
    """Search as staff do; return the order IDs found."""
    return found(olena.send("/staff/", {"q": query}))


def withdrawn(app: Flask, reference: str) -> str:
    """Have a customer withdraw a ticket."""
    work(app, reference, lambda r, staff, seen: tickets.withdraw(r, seen, now()), OLENA)
    return reference


def test_an_order_or_a_reference_is_found_exactly_and_first(each_app: Flask) -> None:
    olena = Colleague(each_app)
    reference = filed(each_app, order_id="Ab-77", at=now() - timedelta(hours=9))
    filed(each_app, order_id="12", reason="Nearly the same as order ab-77, but it is another one.")
    assert search(olena, "AB-77") == search(olena, " #ab-77 ") == ["Ab-77", "12"]
    assert search(olena, reference.lower()) == ["Ab-77"]


def test_an_order_of_two_letters_is_found_too(each_app: Flask) -> None:
    olena = Colleague(each_app)
    filed(each_app, order_id="12")
    filed(each_app, order_id="123")
    assert search(olena, "12") == ["12"]
    assert search(olena, "1") == []


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("УЧАСНИКИ", "1"),
        ("учасники каналу", "1"),
        ("каналу telegram", "1"),
        ("їжак", "1"),
        ("ЇЖАК", "1"),
        ("straße", "2"),
        ("STRASSE", "2"),
        ("example.shop/other", "2"),
        ("мене_не_знайти", ""),
        ("учасники tiktok", ""),
        ("50%", "2"),
    ],
)
def test_words_are_found_in_service_link_and_reason_whatever_their_case(
    each_app: Flask, query: str, order: str
) -> None:
    olena = Colleague(each_app)
    filed(each_app, order_id="1", service_name="Telegram – Учасники Каналу", reason="Це Їжак, а не лисиця.")
    filed(each_app, order_id="2", link="https://Example.shop/Other", reason="Only 50% at the Straße came.")
    assert search(olena, query) == ([order] if order else [])


def test_ended_tickets_are_found_too_the_newest_first(each_app: Flask) -> None:
    olena = Colleague(each_app)
    filed(each_app, order_id="1", at=now() - timedelta(hours=3))
    withdrawn(each_app, filed(each_app, order_id="2", at=now() - timedelta(hours=2)))
    filed(each_app, order_id="3", at=now() - timedelta(hours=1))
    assert search(olena, "instagram") == ["3", "2", "1"]


def test_what_was_filed_later_for_the_same_ticket_is_found(each_app: Flask) -> None:
    olena = Colleague(each_app)
    filed(each_app, order_id="1")
    filed(each_app, order_id="1", reason="Meanwhile the crocodile has come.")
    assert search(olena, "crocodile") == search(olena, "account by mistake") == ["1"]


def test_what_is_found_is_paged_and_shown_once(each_app: Flask) -> None:
    olena = Colleague(each_app)
    stored = shelf(each_app, 60)
    pages = [olena.visit("/staff/?q=likes")]
    while pages[-1].all("a[rel=next]"):
        pages.append(olena.visit(pages[-1].link("Next page")))
    assert [len(found(page)) for page in pages] == [25, 25, 10]
    assert [order for page in pages for order in found(page)] == stored[::-1]


def test_hostile_queries_find_nothing_more_than_their_letters(each_app: Flask) -> None:
    olena = Colleague(each_app)
    filed(each_app, order_id="1")
    filed(each_app, order_id="2", reason='Someone wrote %_\'"\\ ) OR 1=1 -- NEAR( * " into the field.')
    for query in HOSTILE:
        page = olena.open("/staff/", query_string={"q": query})
        assert page.status == 200, query
        if words(page.one("h1")).startswith("Search"):
            assert found(page) in ([], ["2"]), query


def test_a_search_that_finds_nothing_says_what_to_try(app: Flask) -> None:
    page = Colleague(app).send("/staff/", {"q": "<b>nothing"})
    assert page.h1 == "Search: <b>nothing"
    assert "Try the whole order ID or reference, or fewer words." in page.text


READS_ALL = r"SCAN (tickets|notices)$|LIST SUBQUERY|Seq Scan on (tickets|notices)"
"""What a plan says that reads all there are, or all that hold a word, whatever is asked for."""
LISTS: dict[str, tuple[Callable[[], Any], str]] = {
    "the list": (lambda: tickets.open_page(tickets.Filters(), None), "ix_tickets_open_oldest"),
    "its next page": (lambda: tickets.open_page(tickets.Filters(), (now(), 9)), "ix_tickets_open_oldest"),
    "a state": (lambda: tickets.open_page(tickets.Filters(state=State.IN_REVIEW), None), "ix_tickets_"),
    "a status": (lambda: tickets.open_page(tickets.Filters(status=Status.PARTIAL), None), "_tickets_open"),
    "an outcome": (lambda: tickets.open_page(tickets.Filters(outcome=Outcome.POSSIBLE), None), "_tickets_open"),
    "mine": (lambda: tickets.open_page(tickets.Filters(holder_id=1), None), "ix_tickets_"),
    "the counts": (lambda: tickets.open_counts(100), "ix_tickets_state_oldest"),
    "an order": (lambda: tickets.search_page("a00007", None), "ix_tickets_order"),
    "a word": (lambda: tickets.search_page("crocodile", None), "ticket_search"),
    "what can be cleared": (lambda: tickets.clearable(now() - timedelta(days=30)), "ix_tickets_uncleared"),
    "how much was not sent": (lambda: outbox.unsent_count(1000), "ix_notices_unsent"),
    "what was not sent": (lambda: outbox.unsent_page(None), "ix_notices_unsent"),
    "what was not sent, by state": (outbox.unsent_by_state, "ix_notices_unsent"),
    "the order's others": (lambda: tickets.of_order_or_filer(ticket("XA00007")), "ix_tickets_filer"),
}


def test_what_grows_is_found_by_an_index(each_app: Flask) -> None:
    shelf(each_app, 2000)
    with each_app.app_context():
        _settle()
        for name, (call, index) in LISTS.items():
            plans = "\n\n".join(_plans(call))
            assert index in plans, f"{name} does not use {index}:\n{plans}"
            assert not re.search(READS_ALL, plans, re.MULTILINE), f"{name}:\n{plans}"


def _settle() -> None:
    """Tell the database how much it holds; PostgreSQL also sorts what its search index put off."""
    db.session.execute(text("ANALYZE"))
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT gin_clean_pending_list('ix_ticket_search')"))
    db.session.commit()


def _plans(call: Callable[[], Any]) -> list[str]:
    """Return the database's plan of each query that a call makes; PostgreSQL's as for a table too large to read."""
    db.session.execute(text("SELECT 1"))
    with _asked() as asked:
        call()
    connection = db.session.connection()
    on_sqlite = db.engine.dialect.name == "sqlite"
    if not on_sqlite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explain = "EXPLAIN QUERY PLAN " if on_sqlite else "EXPLAIN "
    plans = [connection.exec_driver_sql(explain + query, values).all() for query, values in asked]
    db.session.rollback()
    return ["\n".join(str(line[-1]) for line in plan) for plan in plans]


@contextmanager
def _asked() -> Iterator[list[tuple[str, Any]]]:
    """Give the list to which each query is added as it is asked."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: Any, query: str, values: Any, *_more: Any) -> None:
        if query.startswith("SELECT"):
            asked.append((query, values))

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)
