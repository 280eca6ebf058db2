"""The policy page in the browser: what it costs to load, how it answers, prints, follows theme and language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import server
from tests.browser.conftest import PageAt
from tests.browser.tab import Watch

MOST_REQUESTS = 4
MOST_BYTES = 30_000
LANGUAGES = ("uk", "en")
ONE_PAGE = re.compile(rb"/Type\s*/Page\b")
FOCUSED = "() => document.activeElement.value"
ANSWER = "**/cancellation/answer?*"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_load_is_small(page_at: PageAt, language: str) -> None:
    page, sizes = page_at(width=360), list[int]()
    wire = page.context.new_cdp_session(page)

    def finished(event: Mapping[str, Any]) -> None:
        sizes.append(int(event["encodedDataLength"]))

    wire.on("Network.loadingFinished", finished)
    wire.send("Network.enable")
    page.goto(f"/{language}/cancellation", wait_until="networkidle")
    assert len(sizes) <= MOST_REQUESTS
    assert sum(sizes) <= MOST_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_on_two_pages(page_at: PageAt, language: str) -> None:
    page = page_at()
    page.goto(f"/{language}/cancellation")
    assert 1 <= len(ONE_PAGE.findall(page.pdf(format="A4"))) <= 2
    page.emulate_media(media="print")
    for selector in ("nav", ".chooser", ".anchor", ".bottom"):
        expect(page.locator(selector).first).to_be_hidden()


def test_the_dark_theme_follows_the_system(page_at: PageAt) -> None:
    page = page_at(scheme="dark")
    page.goto("/en/cancellation")
    expect(page.locator("body")).to_have_css("background-color", "rgb(20, 24, 29)")
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_the_answer_is_announced_and_the_focus_stays(page_at: PageAt) -> None:
    page = page_at()
    page.goto("/en/cancellation")
    page.locator("[name=status][value=pending]").focus()
    page.keyboard.press("Space")
    announced = page.get_by_role("status")
    expect(announced).to_contain_text("The best chance of a review")
    page.keyboard.press("ArrowDown")
    expect(announced).to_contain_text("Usually difficult")
    assert page.evaluate(FOCUSED) == "processing"
    expect(page).to_have_url("/en/cancellation?status=processing")


def test_the_language_switch_keeps_the_status_chosen_last_and_the_place(page_at: PageAt) -> None:
    page = page_at()
    page.goto("/en/cancellation?status=pending#clause-refund")
    page.locator("[name=status][value=canceled]").check()
    expect(page).to_have_url("/en/cancellation?status=canceled#clause-refund")
    page.get_by_role("link", name="Українська").click()
    expect(page).to_have_url("/uk/cancellation?status=canceled#clause-refund")
    expect(page.locator("[name=status][value=canceled]")).to_be_checked()


def test_a_cited_clause_is_marked_when_one_arrives_from_the_answer(page_at: PageAt) -> None:
    page = page_at(width=360)
    page.goto("/en/cancellation?status=in_progress#answer")
    page.locator("#answer .reasons-against a").first.click()
    expect(page.locator(":target")).to_be_in_viewport()
    expect(page.locator(":target")).to_have_css("background-color", "rgb(255, 243, 196)")


def test_a_failing_preview_says_so_and_leaves_a_way(chromium: Browser, portal: server.Portal) -> None:
    with chromium.new_context(base_url=portal.url, locale="en") as context:
        watch, page = Watch(context, portal.url), context.new_page()
        page.route(ANSWER, lambda route: route.abort())
        page.goto("/en/cancellation")
        page.locator("[name=status][value=pending]").check()
        expect(page.get_by_role("status")).to_contain_text("could not be fetched")
        page.get_by_role("button", name="Show the answer").click()
        expect(page.locator("#answer .answer-headline")).to_be_visible()
    assert all("ERR_FAILED" in fault for fault in watch.faults)


def test_a_slow_preview_says_so(page_at: PageAt) -> None:
    page, held = page_at(), list[Route]()
    page.route(ANSWER, lambda route: held.append(route))
    page.goto("/en/tickets/new")
    page.locator("[name=status][value=pending]").check()
    expect(page.get_by_role("status").filter(has_text="Still looking")).to_be_visible()
    held[0].continue_()
    expect(page.locator("#answer .answer-headline")).to_be_visible()


def test_every_page_can_be_left_by_its_skip_link(page_at: PageAt) -> None:
    page = page_at()
    page.goto("/en/cancellation")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    _outlined(page)


def _outlined(page: Page) -> None:
    """Assert that the next thing that the keyboard reaches wears a ring of 3 px."""
    page.keyboard.press("Tab")
    expect(page.locator(":focus-visible").first).to_have_css("outline-width", "3px")
