"""The whole way with a panel that is asked and told: filed, read, accepted, sent, taken, canceled, credited, read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from portal.demo.orders import VARIANTS
from portal.demo.panel import Panel
from portal.demo.panel import served as panel_served
from tests.browser.at_panel import MATCH, AtPanel, accept, served
from tests.browser.behind import MARIA
from tests.browser.conftest import PageAt
from tests.browser.steps import file_ticket, new_order

MOST_LOOKS = 600
"""How often the page is loaded again until the worker has done what is due."""


def test_a_request_goes_from_the_order_to_the_credit(page_at: PageAt, tmp_path: Path) -> None:
    order = new_order()
    panel = Panel({order: VARIANTS[0]()})
    with panel_served(panel) as url, served(tmp_path, url) as desk:
        customer, staff = page_at(of=desk.portal), page_at(of=desk.portal)
        link = file_ticket(customer, order_id=order)
        _read(staff, desk, order)
        accept(staff, "accept_part")
        _canceled(staff)
        _follow(customer, link, "The panel was asked to stop the order")
        _stopped(staff)
        _follow(customer, link, "The panel shows your order as partly canceled")
        _credited(staff)
        _follow(customer, link, "An amount was added to your balance")
        expect(customer.locator("#credit-title")).to_have_text("Credited: 0.57 USD")
        expect(customer.locator("section[aria-labelledby=credit-title]")).to_contain_text("640")
        assert [call.get("action") for call in panel.calls].count("cancel") == panel.orders[order].taken == 1
        for page in (customer, staff):
            page.goto("about:blank")


def _follow(page: Page, link: str, headline: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text(headline)


def _until(page: Page, come: Callable[[], object]) -> None:
    """Load the page again until this has come: the worker is at it."""
    for _ in range(MOST_LOOKS):
        if come():
            return
        page.reload()
    raise AssertionError(page.locator("main").inner_text())


def _asked_now(page: Page) -> None:
    """Ask the panel from the page, and see its answer come."""
    page.get_by_role("button", name="Ask the panel now").click()
    _until(page, lambda: page.locator("#panel-reading .told").count() == 0)


def _read(page: Page, desk: AtPanel, order: str) -> None:
    desk.behind.sign_in(page, MARIA)
    page.goto("/staff/")
    page.get_by_role("link", name=order).click()
    _asked_now(page)
    expect(page.locator("#panel-reading")).to_contain_text("In progress")
    expect(page.locator(".facts")).to_contain_text("the panel")


def _canceled(page: Page) -> None:
    expect(page.locator("main > .lead")).to_contain_text("Accepted")
    expect(page.locator("section[aria-labelledby=history]")).to_contain_text(MATCH)
    page.get_by_role("button", name="Send the cancellation to the panel").click()
    _until(page, lambda: "The panel took it." in page.locator("section[aria-labelledby=cancel-title]").inner_text())
    expect(page.locator("main > .lead")).to_contain_text("Cancellation sent to the panel")


def _stopped(page: Page) -> None:
    _asked_now(page)
    _asked_now(page)
    expect(page.locator("section[aria-labelledby=history]")).to_contain_text("the panel shows: Partly canceled")


def _credited(page: Page) -> None:
    page.locator("#amounts-quantity").fill("1 000")
    page.get_by_role("button", name="Record the amounts").click()
    expect(page.locator("#credit-part")).to_contain_text("at most 0.57 USD may be credited")
    expect(page.locator("#credit-part")).to_contain_text("The panel later showed a lower charge, 0.32400 USD")
    page.get_by_role("button", name="Record the credit").click()
    expect(page.locator("main > .lead")).to_contain_text("Credited to the balance")
