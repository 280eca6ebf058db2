"""The staff's page about the policy in other sites: its live look, and lines that can be copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.behind import MARIA, Behind
from tests.browser.conftest import PageAt
from tests.browser.embedded import Embedded
from tests.browser.server import Portal
from tests.browser.site import Lines, Site
from tests.browser.sound import sound

PAGE = "/staff/embedding?language=en&theme=dark"


def test_the_page_shows_what_its_lines_make(page_at: PageAt, behind: Behind) -> None:
    page = page_at()
    behind.sign_in(page, MARIA)
    page.goto(PAGE)
    look = Embedded(page).shown()
    look.colour("rgb(20, 24, 29)")
    look.choose("pending")
    look.fits()
    sound(page, "html", look.frame())


def test_choosing_fills_in_the_lines_and_the_look(page_at: PageAt, behind: Behind, portal: Portal, site: Site) -> None:
    page = page_at()
    behind.sign_in(page, MARIA)
    page.goto("/staff/embedding")
    page.get_by_label("Українська").check()
    page.get_by_role("button", name="Fill in the lines").click()
    expect(Embedded(page).inside.locator("h1")).to_have_text("Правила скасування")
    expect(page.locator("#element")).to_have_value(Lines(portal.url).whole())
    expect(page.locator("main li", has_text=site.url)).to_be_visible()


@pytest.mark.parametrize("field", ["element", "space", "frame", "policy"])
def test_each_of_the_lines_can_be_copied(page_at: PageAt, behind: Behind, field: str) -> None:
    page = page_at()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    behind.sign_in(page, MARIA)
    page.goto(PAGE)
    page.locator(f"[data-copy={field}]").click()
    expect(page.locator("#copied")).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == page.locator(f"#{field}").input_value()
