"""The panel on the staff's page in the browser: its answer comes while staff write, with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from portal.policy import Status
from tests.at_panel import OLD, OVER, STILL
from tests.browser.at_panel import MATCH, TEXT, AtPanel, accept, send, tab_to
from tests.browser.conftest import PageAt

FOLLOWS = 20_000.0
"""Milliseconds within which a page that waits shows what came."""
UNDER_WAY = re.compile("It (waits to be|is being) sent")


@pytest.fixture
def page(page_at: PageAt, desk: AtPanel) -> Page:
    """A page of a request whose order was read too long ago."""
    page = page_at(of=desk.portal)
    desk.file(pending=OLD)
    desk.open(page)
    desk.waits(STILL)
    return page


def holds_what_was_typed(page: Page, text: str = TEXT) -> None:
    """Assert that the answer's form holds what was typed."""
    expect(page.locator("#answer [value=accept_full]")).to_be_checked()
    expect(page.locator("#answer-text")).to_have_value(text)
    expect(page.locator("#answer-matched_by")).to_have_value(MATCH)


def test_the_answer_comes_while_staff_write_on(page: Page, desk: AtPanel) -> None:
    accept(page)
    expect(page.locator("main > [role=status]")).to_contain_text("Your answer was not sent yet")
    expect(page.locator("#answer-ground")).to_contain_text("is being asked what it shows now")
    page.evaluate("() => { window.same = true }")
    page.locator("#answer-text").focus()
    page.keyboard.press("End")
    page.keyboard.type(" Soon")
    desk.shows(Status.PENDING)
    expect(page.locator("#answer-ground")).to_contain_text("You can answer on that.", timeout=FOLLOWS)
    expect(page.locator("#panel-reading .told")).to_have_count(0)
    expect(page.locator("[data-waits]")).to_have_count(0)
    expect(page.locator("#answer-text")).to_be_focused()
    page.keyboard.type(".")
    holds_what_was_typed(page, f"{TEXT} Soon.")
    assert page.evaluate("() => window.same")
    send(page)
    expect(page.locator("main > .lead")).to_contain_text("Accepted")
    assert desk.state == "accepted"


def test_a_page_whose_reader_signed_out_asks_no_more(page: Page, desk: AtPanel) -> None:
    accept(page)
    expect(page.locator("[data-waits]")).not_to_have_count(0)
    page.context.clear_cookies(name="staff")
    expect(page.locator("[data-waits]")).to_have_count(0, timeout=FOLLOWS)


def test_after_ten_seconds_the_fields_come_by_themselves(page: Page, desk: AtPanel) -> None:
    accept(page)
    expect(page.locator("#answer-ground button")).to_have_text("See whether it has come")
    page.locator("#answer-ground button").focus()
    desk.waits(OVER)
    expect(page.locator("#answer [name=seen_at]")).to_be_visible(timeout=FOLLOWS)
    expect(page.locator("#answer-ground")).to_be_focused()
    holds_what_was_typed(page)
    page.locator("#answer-ground").get_by_label("Processing", exact=True).check()
    send(page)
    expect(page.locator("main > .lead")).to_contain_text("Accepted")
    expect(page.locator(".facts")).to_contain_text("staff: Maria")


def test_a_status_that_moved_is_shown_before_the_answer_is_sent_again(page: Page, desk: AtPanel) -> None:
    accept(page)
    desk.shows(Status.IN_PROGRESS)
    expect(page.locator("#answer-ground")).to_contain_text("The request changed meanwhile.", timeout=FOLLOWS)
    expect(page.locator("#panel-reading")).to_contain_text("In progress")
    holds_what_was_typed(page)
    send(page)
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("section[aria-labelledby=since]")).to_contain_text("Order status: In progress")
    holds_what_was_typed(page)
    send(page)
    expect(page.locator("main > .lead")).to_contain_text("Accepted")


def test_while_nothing_came_nothing_is_read_out(page: Page, desk: AtPanel) -> None:
    accept(page)
    asks = "**/panel?seen=*"
    with page.expect_response(asks):
        pass
    page.evaluate("""() => { window.changes = 0;
        const watch = new MutationObserver(found => { window.changes += found.length });
        const parts = {childList: true, subtree: true};
        document.querySelectorAll("[aria-live]").forEach(part => watch.observe(part, parts));
    }""")
    for _ in range(2):
        with page.expect_response(asks):
            pass
    assert page.evaluate("() => window.changes") == 0


def test_the_panel_is_asked_from_the_page_and_its_answer_comes(page: Page, desk: AtPanel) -> None:
    page.get_by_role("button", name="Ask the panel now").click()
    expect(page.locator("#panel-reading")).to_contain_text("The panel is being asked.")
    desk.shows(Status.PENDING)
    expect(page.locator("#panel-reading .told")).to_have_count(0, timeout=FOLLOWS)
    expect(page.locator("#answer-ground")).to_contain_text("You can answer on that.")


def test_without_scripts_a_button_looks_again(page_at: PageAt, desk: AtPanel) -> None:
    page = page_at(of=desk.portal, javascript=False)
    desk.file(pending=OLD)
    desk.open(page)
    desk.waits(STILL)
    accept(page)
    page.get_by_role("link", name="To your answer").click()
    look = page.get_by_role("button", name="See whether it has come")
    look.click()
    expect(page.locator("#answer-ground")).to_contain_text("is being asked what it shows now")
    desk.waits(OVER)
    look.click()
    expect(page.locator("#answer-ground")).to_contain_text("has not answered in ten seconds")
    holds_what_was_typed(page)
    page.locator("#answer-ground").get_by_label("Pending", exact=True).check()
    send(page)
    expect(page.locator("main > .lead")).to_contain_text("Accepted")
    page.get_by_role("button", name="Send the cancellation to the panel").click()
    expect(page.locator("section[aria-labelledby=cancel-title]")).to_contain_text(UNDER_WAY)


def test_all_of_it_goes_by_keyboard(page: Page, desk: AtPanel) -> None:
    tab_to(page, page.locator("#answer [value=accept_full]"))
    page.keyboard.press("Space")
    tab_to(page, page.locator("#answer-text"))
    page.keyboard.type(TEXT)
    tab_to(page, page.locator("#answer-matched_by"))
    page.keyboard.type(MATCH)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="To your answer"))
    page.keyboard.press("Enter")
    desk.waits(OVER)
    status = page.locator("#answer-ground [value=pending]")
    status.wait_for(timeout=FOLLOWS)
    tab_to(page, status)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#answer-ground [value=processing]")).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Send the answer"))
    page.keyboard.press("Enter")
    expect(page.locator("main > .lead")).to_contain_text("Accepted")
    tab_to(page, page.get_by_role("button", name="Send the cancellation to the panel"))
    page.keyboard.press("Enter")
    expect(page.locator("section[aria-labelledby=cancel-title]")).to_contain_text(UNDER_WAY)
