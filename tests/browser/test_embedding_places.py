"""The facts of the policy by their addresses, in a page of another site: its `#status-pending` leads to that fact."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ShopPage
from tests.browser.embedded import Embedded
from tests.browser.site import Lines

FAR = "clause-refund"
TOP = "() => scrollTo(0, 0)"
TABLE = '<p><a id="to" href="#status-pending">Pending</a> <a id="own" href="#below">Below</a></p>'


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("id_", ["status-pending", FAR])
def test_the_pages_address_leads_to_the_fact(shop_page: ShopPage, lines: Lines, width: int, id_: str) -> None:
    page = shop_page(lines.whole("en"), f"#{id_}", width=width)
    Embedded(page).shown().leads_to(id_)
    assert page.evaluate("scrollY") > 0


def test_the_address_may_change_and_may_be_asked_for_again(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(TABLE + lines.whole("en"))
    policy = Embedded(page).shown()
    for _ in range(2):
        page.locator("#to").press("Enter")
        policy.leads_to("status-pending")
    page.evaluate("id => { location.hash = id }", FAR)
    policy.leads_to(FAR)
    page.go_back()
    policy.leads_to("status-pending")


def test_a_place_of_the_page_itself_is_left_to_it(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(TABLE + '<p id="answer">Ours.</p>' + lines.whole("en"))
    policy = Embedded(page).shown()
    for own in ("#answer", "#nothing", "#below"):
        page.evaluate("id => { location.hash = id }", own)
    expect(page.locator("#below")).to_be_in_viewport()
    policy.set("theme", "dark")
    policy.colour("rgb(20, 24, 29)")
    assert policy.frame().url.endswith("/en/cancellation/embed")


def test_a_link_inside_brings_its_fact_into_view_each_time(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("en"), width=360)
    policy = Embedded(page).shown()
    policy.choose("in_progress")
    reason = policy.answer.locator(".reasons-against a").first
    id_ = str(reason.get_attribute("href")).removeprefix("#")
    for _ in range(2):
        reason.press("Enter")
        policy.leads_to(id_)
    anchor = policy.inside.locator(f"#{FAR} .anchor")
    for _ in range(2):
        anchor.press("Enter")
        policy.leads_to(FAR)
        page.evaluate(TOP)
        expect(policy.inside.locator("h1")).to_be_in_viewport()


def test_the_first_of_two_takes_the_place(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("uk") + lines.element("en"), "#status-pending")
    first, second = Embedded(page).shown(), Embedded(page, 1).shown()
    first.leads_to("status-pending")
    second.inside.locator(f"#{FAR} .anchor").press("Enter")
    second.leads_to(FAR)
    expect(first.inside.locator("#status-pending:target")).to_have_count(1)
    expect(second.inside.locator("#status-pending:target")).to_have_count(0)


def test_another_language_leaves_the_reader_where_they_are(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("uk"), "#status-pending")
    policy = Embedded(page).shown()
    policy.leads_to("status-pending")
    page.evaluate(TOP)
    policy.set("lang", "en")
    expect(policy.inside.locator("h1")).to_have_text("Cancellation policy")
    policy.fits()
    expect(page.locator("#above")).to_be_in_viewport()
