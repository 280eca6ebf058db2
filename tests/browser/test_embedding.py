"""The policy in a page of another site, as the document's lines make it: how it stands there, and what it follows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import PageAt, ShopPage
from tests.browser.embedded import SHIFTS, Embedded
from tests.browser.server import Portal
from tests.browser.site import Lines, Site
from tests.browser.sound import sound

LANGUAGES = ("uk", "en")
TITLES = {"uk": "Правила скасування", "en": "Cancellation policy"}
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 24, 29)"
WINDOWS = [(360, 800), (1280, 800), (1280, 1600)]
MOST_REQUESTS, MOST_BYTES = 6, 30_000
NAMES = "() => Object.getOwnPropertyNames(window).sort()"
AWAY = "element => { const place = element.parentNode; element.remove(); place.append(element) }"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documents_lines_show_the_policy_as_high_as_it_is(shop_page: ShopPage, lines: Lines, language: str) -> None:
    page = shop_page(lines.whole(language))
    policy = Embedded(page).shown()
    expect(policy.inside.locator("html")).to_have_attribute("lang", language)
    expect(policy.inside.locator("h1")).to_have_text(TITLES[language])
    expect(policy.outside).to_have_attribute("title", f"{TITLES[language]} – SMM-PANEL.PRO")
    expect(policy.link).to_have_count(0)
    wide = policy.fits()
    policy.choose("in_progress")
    assert policy.fits() > wide
    page.set_viewport_size({"width": 360, "height": 800})
    narrow = policy.fits()
    page.set_viewport_size({"width": 1280, "height": 800})
    assert wide < policy.fits() < narrow


def test_the_policy_is_there_before_one_scrolls_to_it(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page("<p>The shop sells.</p>" * 300 + lines.whole("en"))
    policy = Embedded(page)
    expect(policy.outside).to_have_class("ready")
    policy.fits()
    expect(policy.outside).not_to_be_in_viewport()


def test_the_colours_follow_the_attribute_at_once(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("en"), scheme="dark")
    policy = Embedded(page).shown()
    policy.colour(DARK)
    policy.choose("pending")
    frame, before = policy.frame(), page.evaluate("history.length")
    for theme, colour in (("light", LIGHT), ("dark", DARK), ("light", LIGHT), ("auto", DARK), ("blue", DARK)):
        policy.set("theme", theme)
        policy.colour(colour)
    page.emulate_media(color_scheme="light")
    policy.colour(LIGHT)
    assert policy.frame() == frame
    expect(policy.status("pending")).to_be_checked()
    assert page.evaluate("history.length") == before


def test_the_language_follows_the_attribute_and_keeps_status_and_theme(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("uk"))
    policy = Embedded(page).shown()
    policy.choose("pending")
    policy.set("theme", "dark")
    before = page.evaluate("history.length")
    policy.set("lang", "en")
    expect(policy.inside.locator("h1")).to_have_text(TITLES["en"])
    expect(policy.status("pending")).to_be_checked()
    expect(policy.answer).to_contain_text("The best chance of a review")
    policy.colour(DARK)
    policy.fits()
    assert page.evaluate("history.length") == before
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("language", ["uk", "uk-UA", "en-GB"])
def test_the_language_is_the_pages_unless_set(shop_page: ShopPage, lines: Lines, language: str) -> None:
    page = shop_page(lines.whole().replace(' lang="uk"', ""), language=language)
    policy = Embedded(page).shown()
    expect(policy.inside.locator("h1")).to_have_text(TITLES[language[:2]])


def test_two_on_a_page_mind_their_own_business(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("uk", "dark") + lines.element("en", "light"))
    first, second = Embedded(page).shown(), Embedded(page, 1).shown()
    second.choose("pending")
    first.choose("in_progress")
    for policy, colour, title in ((first, DARK, "uk"), (second, LIGHT, "en")):
        policy.colour(colour)
        expect(policy.inside.locator("h1")).to_have_text(TITLES[title])
    assert first.fits() != second.fits()
    expect(second.status("pending")).to_be_checked()


def test_it_can_be_taken_away_and_put_back(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("en"))
    policy = Embedded(page).shown()
    policy.choose("pending")
    policy.element.evaluate(AWAY)
    expect(policy.shown().status("pending")).to_be_checked()
    policy.set("lang", "uk")
    expect(policy.inside.locator("h1")).to_have_text(TITLES["uk"])
    policy.fits()


def _arrives_late(page: Page, address: str, policy: Embedded) -> None:
    """Go to a page and let it be painted before the script arrives, and again before the policy does."""
    held: list[Route] = []
    page.route("**/embed.js", lambda route: held.append(route))
    page.route("**/cancellation/embed", lambda route: held.append(route))
    with page.expect_request("**/embed.js"):
        page.goto(address, wait_until="commit")
    page.evaluate(SHIFTS)
    with page.expect_request("**/cancellation/embed"):
        held.pop().continue_()
    page.evaluate(SHIFTS)
    expect(policy.link).to_be_in_viewport()
    held.pop().continue_()
    policy.shown()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_nothing_moves_while_the_page_loads(
    shop_page: ShopPage, lines: Lines, width: int, height: int, language: str
) -> None:
    page = shop_page(lines.whole(language), width=width, height=height)
    policy = Embedded(page).shown()
    policy.fits()
    assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_nothing_moves_within_the_frame(page_at: PageAt, width: int, height: int) -> None:
    page = page_at(width=width, height=height)
    page.goto("/uk/cancellation/embed")
    expect(page.locator("[data-without-script]")).to_be_hidden()
    assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_nothing_moves_where_script_and_policy_arrive_late(
    page_at: PageAt, site: Site, portal: Portal, lines: Lines, width: int, height: int
) -> None:
    page = page_at(width=width, height=height, beside=(site.url,))
    _arrives_late(page, site.url + site.page(lines.whole("en"), portal.url), Embedded(page))
    assert page.evaluate(SHIFTS) == 0


def test_without_the_rule_it_would_move(page_at: PageAt, site: Site, portal: Portal, lines: Lines) -> None:
    page = page_at(beside=(site.url,))
    address = site.url + site.page(lines.whole("en"), portal.url, style="/plain.css")
    _arrives_late(page, address, Embedded(page))
    assert page.evaluate(SHIFTS) > 0


def test_no_global_is_added(shop_page: ShopPage, lines: Lines) -> None:
    without, page = shop_page(""), shop_page(lines.whole("en"))
    Embedded(page).shown()
    assert page.evaluate(NAMES) == without.evaluate(NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_costs_little_and_keeps_nothing(
    page_at: PageAt, site: Site, portal: Portal, lines: Lines, language: str
) -> None:
    page, asked = page_at(width=360, beside=(site.url,)), list[Request]()
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(site.url + site.page(lines.whole(language), portal.url), wait_until="networkidle")
    Embedded(page).shown()
    sizes = {r.url: r.sizes() for r in asked if r.url.startswith(portal.url)}
    assert len(sizes) == len([r for r in asked if not r.url.startswith(site.url)]) <= MOST_REQUESTS
    assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values()) <= MOST_BYTES
    assert page.context.cookies() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_everyone_can_use_the_page_and_the_policy_in_it(shop_page: ShopPage, lines: Lines, language: str) -> None:
    page = shop_page(lines.whole(language), language=language)
    policy = Embedded(page).shown()
    sound(page, "html", policy.frame())
    policy.choose("partial")
    sound(page, "html", policy.frame())


def test_the_keyboard_alone_is_enough_and_the_answer_is_announced(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("en"))
    policy = Embedded(page).shown()
    page.keyboard.press("Tab")
    expect(policy.status("pending")).to_be_focused()
    page.keyboard.press("Space")
    announced = policy.inside.get_by_role("status")
    expect(announced).to_contain_text("The best chance of a review")
    page.keyboard.press("ArrowDown")
    expect(announced).to_contain_text("Usually difficult")
    expect(policy.status("processing")).to_be_focused()
    page.keyboard.press("Tab")
    expect(announced.locator("a").first).to_be_focused()
    expect(announced.locator("a").first).to_have_css("outline-width", "3px")
    page.keyboard.press("Enter")
    expect(policy.inside.locator(":target")).to_be_in_viewport()


@pytest.mark.parametrize("link", [".answer .button", ".again .button", ".hint a"])
def test_links_out_of_it_take_the_whole_window(shop_page: ShopPage, lines: Lines, portal: Portal, link: str) -> None:
    page = shop_page(lines.whole("en"))
    policy = Embedded(page).shown()
    policy.choose("pending")
    policy.inside.locator(link).press("Enter")
    page.wait_for_url(f"{portal.url}/en/**")
    assert len(page.frames) == 1
