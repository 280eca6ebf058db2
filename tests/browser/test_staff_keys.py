"""The staff's list by keyboard: `/` searches, `j` and `k` move, Enter opens, `?` shows them; off while typing."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.behind import MARIA, Behind
from tests.browser.conftest import PageAt


def test_the_list_is_worked_by_keys(page_at: PageAt, behind: Behind) -> None:
    page = page_at()
    behind.sign_in(page, MARIA)
    page.goto("/staff/")
    rows = page.locator(".row-link")
    for key, row in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        expect(rows.nth(row)).to_be_focused()
    order = rows.first.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")


def test_the_whole_row_leads_to_the_ticket(page_at: PageAt, behind: Behind) -> None:
    page = page_at()
    behind.sign_in(page, MARIA)
    page.goto("/staff/")
    box = page.locator("tbody tr").first.locator("td").last.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 4, box["y"] + 4)
    expect(page).to_have_url(re.compile("/staff/tickets/"))


def test_keys_are_off_while_typing(page_at: PageAt, behind: Behind) -> None:
    page = page_at()
    behind.sign_in(page, MARIA)
    page.goto("/staff/")
    page.keyboard.press("/")
    page.keyboard.type("jk/?")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("jk/?")
    expect(page.locator(".keys")).not_to_have_class(re.compile("shown"))


def test_a_question_mark_shows_the_keys(page_at: PageAt, behind: Behind) -> None:
    page = page_at()
    behind.sign_in(page, MARIA)
    page.goto("/staff/")
    page.keyboard.press("?")
    expect(page.locator(".keys.shown")).to_be_in_viewport()
