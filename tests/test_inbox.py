"""The list of what waits: its order, filters, counts and pages, and what a row says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.filing import Problem
from portal.policy import Outcome, State, Status, Verdict
from tests.answering import MATCH, answers, just_seen
from tests.colleague import OLENA, TARAS, Colleague, account
from tests.page import Page
from tests.reading import words
from tests.stored import filed, shelf, work

HOUR = timedelta(hours=1)


def orders(page: Page) -> list[str]:
    """Return the order IDs of a list's rows, in order."""
    return [words(link) for link in page.all("a.row-link")]


def row(page: Page, order: str) -> dict[str, str]:
    """Return the words of each cell of an order's row, by the heads of their columns."""
    found = [tag for tag in page.all("table.inbox tbody tr") if words(tag.select_one("a.row-link")) == order]
    assert len(found) == 1
    heads = map(words, page.all("table.inbox thead th"))
    return dict(zip(heads, map(words, found[0].select("th, td")), strict=True))


def count(page: Page, state: str) -> str:
    """Return the number that stands behind a state's name."""
    found = [words(link.b) for link in page.all("nav.filters > ul a") if words(link).startswith(f"{state} ")]
    assert len(found) == 1
    return found[0]


def decline(app: Flask, reference: str) -> None:
    """Have Olena decline a ticket."""
    given = tickets.Answer(verdict=Verdict.DECLINE, text="It runs already.", clause="unlikely-in-progress")
    answers(app, reference, given)


def test_the_oldest_ticket_stands_first_and_ended_ones_do_not_stand_there(app: Flask) -> None:
    olena = Colleague(app)
    filed(app, order_id="20", at=now() - 2 * HOUR)
    filed(app, order_id="30", at=now() - 3 * HOUR)
    filed(app, order_id="10", at=now() - 1 * HOUR)
    decline(app, filed(app, order_id="40", at=now() - 4 * HOUR))
    assert orders(olena.visit("/staff/")) == ["30", "20", "10"]


def test_an_empty_list_says_that_nothing_waits(app: Flask) -> None:
    page = Colleague(app).visit("/staff/")
    assert "Nothing waits here." in page.text
    assert not page.all("table")


def test_a_row_says_what_is_needed_to_choose_it(app: Flask) -> None:
    olena = Colleague(app)
    account(app, TARAS)
    first = filed(app, "one", order_id="A-1", service_name="TikTok likes", status=Status.PROCESSING)
    filed(app, "another", order_id="a-1")
    filed(app, order_id="B-2")
    work(app, first, lambda r, staff, seen: tickets.take(r, staff, seen, now()), TARAS)
    page = olena.visit("/staff/")
    headline = app.extensions["portal"].content.words["en"].headline
    assert row(page, "A-1") == {
        "Filed": "3 hours ago",
        "Order": "A-1 2 requests",
        "Service": "TikTok likes",
        "Status": "Processing",
        "Who asks": "not proven",
        "Policy’s answer": headline(Outcome.UNLIKELY),
        "State": "In review",
        "Who has it": "Taras",
    }
    assert row(page, "B-2")["Order"] == "B-2"
    assert row(page, "B-2")["Who has it"] == "–"


def test_a_ticket_that_was_matched_with_its_owner_is_called_proven(app: Flask) -> None:
    olena = Colleague(app)
    given = tickets.Answer(verdict=Verdict.ACCEPT_FULL, text="", matched_by=MATCH, on=just_seen())
    answers(app, filed(app, order_id="A-1"), given)
    assert row(olena.visit("/staff/"), "A-1")["Who asks"] == "proven"


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("state=in_review", ["2"]),
        ("state=received", ["1", "3"]),
        ("status=processing", ["3"]),
        ("outcome=difficult", ["3"]),
        ("mine=1", ["2"]),
        ("mine=1&status=processing", []),
        ("state=received&status=pending", ["1"]),
        ("state=declined", []),
        ("state=nonsense&status=&outcome=1%27", ["1", "2", "3"]),
    ],
)
def test_the_filters_narrow_the_list_down(app: Flask, query: str, listed: list[str]) -> None:
    olena = Colleague(app)
    filed(app, order_id="1", at=now() - 3 * HOUR)
    taken = filed(app, order_id="2", at=now() - 2 * HOUR)
    filed(app, order_id="3", at=now() - 1 * HOUR, status=Status.PROCESSING, problem=Problem.OTHER)
    work(app, taken, lambda r, staff, seen: tickets.take(r, staff, seen, now()), OLENA)
    assert orders(olena.visit(f"/staff/?{query}")) == listed


def test_a_filter_is_a_link_that_sets_it_and_takes_it_back_and_keeps_the_others(app: Flask) -> None:
    olena = Colleague(app)
    filed(app)
    page = olena.visit("/staff/?status=pending")
    page = olena.visit(page.link("Received 1"))
    assert page.url.endswith("/staff/?state=received&status=pending")
    chosen = [words(link) for link in page.all("nav.filters a[aria-current=true]")]
    assert chosen == ["Received 1", "Pending"]
    assert page.link("Received 1") == "/staff/?status=pending"


@pytest.mark.parametrize("query", ["endpoint=x", "_external=1", "_scheme=javascript", "_anchor=x", "x=1"])
def test_what_else_an_address_asks_reaches_no_link(app: Flask, query: str) -> None:
    page = Colleague(app).visit(f"/staff/?{query}")
    links = [link.href for link in page.links if "/staff" in link.href]
    assert len(links) > 10
    assert not [href for href in links if query in href or not href.startswith("/staff/")]


def test_the_open_states_are_counted_up_to_99(each_app: Flask) -> None:
    olena = Colleague(each_app)
    shelf(each_app, 99)
    assert count(olena.visit("/staff/"), "Received") == "99"
    filed(each_app)
    page = olena.visit("/staff/")
    assert count(page, "Received") == "99+"
    assert [count(page, state) for state in ("In review", "Waiting for the customer", "Accepted")] == ["0", "0", "0"]


def test_pages_follow_each_other_by_key_and_show_every_ticket_once(each_app: Flask) -> None:
    olena = Colleague(each_app)
    stored = shelf(each_app, 60)
    first = olena.visit("/staff/")
    filed(each_app, at=now() - timedelta(days=30))  # comes before what was read, and moves nothing
    second = olena.visit(first.link("Next page"))
    third = olena.visit(second.link("Next page"))
    assert [len(orders(page)) for page in (first, second, third)] == [25, 25, 10]
    assert orders(first) + orders(second) + orders(third) == stored
    assert not third.all("a[rel=next]")


def test_the_next_page_keeps_the_filters_and_a_new_filter_begins_anew(app: Flask) -> None:
    olena = Colleague(app)
    shelf(app, 35)
    second = olena.visit(olena.visit("/staff/?state=received&times=exact").link("Next page"))
    assert len(orders(second)) == 10
    assert "after" not in second.link("Pending")
    assert second.link("Show ages").startswith("/staff/?state=received&after=2")


def test_tickets_filed_in_the_same_instant_are_paged_whole(each_app: Flask) -> None:
    olena = Colleague(each_app)
    stored = shelf(each_app, 35, filed_at=now())
    first = olena.visit("/staff/")
    assert orders(first) + orders(olena.visit(first.link("Next page"))) == stored


@pytest.mark.parametrize(
    "after",
    ["x", "~", "2026-01-01", "2026-01-01T00:00:00~x", "0001-01-01T00:00:00+23:59~1", "9999-12-31T23:59:59-23:59~1",
     "2026-01-01T00:00:00~" + "9" * 5000, "2026-01-01T00:00:00+00:00~99999999999999999999", "2026-01-01T00:00:00~-1"],
)  # fmt: skip
def test_a_made_up_place_in_the_list_is_no_fault(each_app: Flask, after: str) -> None:
    olena = Colleague(each_app)
    filed(each_app)
    assert olena.open("/staff/", query_string={"after": after}).status == 200


def test_exact_times_stand_in_the_place_of_ages_where_asked_for(app: Flask) -> None:
    olena = Colleague(app)
    filed(app, order_id="1")
    page = olena.visit(olena.visit("/staff/").link("Show exact times"))
    assert "ago" not in row(page, "1")["Filed"]
    assert page.one("td time")["datetime"]


def test_states_of_the_list_are_the_open_ones(app: Flask) -> None:
    page = Colleague(app).visit("/staff/")
    assert len(page.all("nav.filters > ul a")) == 5
    assert State.DECLINED not in page.html
