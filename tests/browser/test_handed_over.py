"""Customers handed over, in the browser: from the link to the answer, with scripts and without; every state sound."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.behind import Behind
from tests.browser.conftest import PageAt
from tests.browser.sound import sound
from tests.browser.steps import fill_in, new_order, send
from tests.handing import ALREADY_TOLD, token

TYPED = {**ALREADY_TOLD, "problem": "other"}
FAULTS = ("forged", "expired", "half", "used", "lost")


def come(page: Page, order: str, *, language: str = "en", **changes: Any) -> None:
    """Come from the shop with a link for an order."""
    page.goto(f"/{language}/tickets/new?order={token(order_id=order, **changes)}")


def handed_over(page: Page, order: str, language: str = "en") -> None:
    """Come with a link and file the ticket."""
    come(page, order, language=language)
    fill_in(page, **TYPED)
    send(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_a_customer_is_handed_over_files_and_comes_again(page_at: PageAt, *, javascript: bool) -> None:
    order = new_order()
    page = page_at(360, javascript=javascript)
    come(page, order)
    assert "order=" not in page.url
    facts = page.locator("section[aria-labelledby=group-order]")
    expect(facts).to_contain_text("0.90 USD")
    expect(facts.get_by_role("textbox")).to_have_count(0)
    fill_in(page, **TYPED)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    come(page, order)
    expect(page.get_by_text("You asked about this order on")).to_be_visible()
    page.get_by_role("link", name="Add to your request").click()
    fill_in(page, **TYPED, reason="It has begun in the meantime.")
    send(page)
    expect(page.locator("main .lead")).to_contain_text("was added to it")


def test_the_preview_counts_what_the_shop_told(page_at: PageAt) -> None:
    page = page_at()
    come(page, new_order())
    expect(page.locator("#answer")).to_contain_text("It may not be too late")
    page.locator("[name=link_changed][value=yes]").check()
    expect(page.locator("#answer")).to_contain_text("Usually not possible")
    page.locator("[name=link_changed][value=no]").check()
    expect(page.locator("#answer")).to_contain_text("It may not be too late")


def test_back_after_filing_files_nothing_more(page_at: PageAt, behind: Behind) -> None:
    order = new_order()
    page = page_at()
    handed_over(page, order)
    page.go_back()
    expect(page.locator("#errors-title")).to_contain_text("was already sent with this link")
    assert behind.filings_of(order) == 1


def test_two_orders_in_two_tabs_are_filed_each(page_at: PageAt, behind: Behind) -> None:
    first = page_at()
    second = first.context.new_page()
    orders = [new_order(), new_order()]
    for page, order in zip((first, second), orders, strict=True):
        come(page, order)
    for page in (first, second):
        fill_in(page, **TYPED)
        send(page)
    assert [behind.filings_of(order) for order in orders] == [1, 1]


@pytest.mark.parametrize("language", ["uk", "en"])
def test_the_form_of_a_hand_over_is_sound(page_at: PageAt, language: str) -> None:
    page = page_at()
    come(page, new_order(), language=language)
    sound(page)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_hand_over_that_is_not_taken_is_told_soundly(page_at: PageAt, fault: str) -> None:
    page = page_at()
    page.goto(f"/uk/tickets/new?handed={fault}")
    expect(page.locator("#errors")).to_be_focused()
    sound(page)


def test_where_a_request_stands_is_sound_for_customer_and_staff(page_at: PageAt, behind: Behind) -> None:
    order = new_order()
    page = page_at()
    handed_over(page, order, "uk")
    come(page, order, language="uk")
    page.locator("summary").first.click()
    sound(page)
    reference = page.locator(".over .mono").first.inner_text()
    behind.sign_in(page)
    page.goto(f"/staff/tickets/{reference}")
    sound(page)


def test_an_error_on_a_handed_over_form_is_sound(page_at: PageAt) -> None:
    page = page_at()
    come(page, new_order(), language="uk", link=None)
    send(page)
    expect(page.locator("#link-error")).to_be_visible()
    sound(page)
