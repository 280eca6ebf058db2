"""Where the policy in another site meets its bounds: strangers, refusals, a dead portal, no script, a sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser import server
from tests.browser.conftest import PageAt, ShopPage
from tests.browser.embedded import HEARD, Embedded
from tests.browser.site import Lines, Site
from tests.postgresql import free_port

SAY = "said => said.forEach(one => parent.postMessage(one, '*'))"
TO_SELF = "said => said.forEach(one => postMessage(one, '*'))"
TO_FIRST = "said => said.forEach(one => parent[0].postMessage(one, '*'))"
NAME = "cancellation-policy"
RIGHT = {NAME: {"height": 77, "title": "Stranger", "status": "pending", "top": 4000}}
LINK = "Cancellation policy"
A_LINE = 60
"""Pixels that the link alone may take."""

NAN, ENDLESS = float("nan"), float("inf")
WRONG: list[Any] = [
    *("text", None, 7, [], {}, {NAME: "text"}, {NAME: None}, {NAME: 7}, {NAME: []}, {"policy": RIGHT[NAME]}),
    *({NAME: RIGHT[NAME] | {"top": -1, "height": height}} for height in (0, -1, 1e5, NAN, ENDLESS, "77", [77], None)),
    *({NAME: {"top": top}} for top in (-1, 1e5, NAN, ENDLESS, "400", [400], None)),
    *({NAME: {"height": 77} | more} for more in ({}, {"title": "T"}, {"title": 1, "status": ""})),
]
WRONG_WISHES: list[Any] = [
    *("text", None, 7, [], {NAME: None}, {NAME: "dark"}),
    *({NAME: {"theme": theme}} for theme in ("blue", "", None, 1, ["dark"])),
    *({NAME: {"id": id_}} for id_ in ("", "nothing", None, 1, ["answer"], NAN)),
]
WISH = {NAME: {"theme": "dark", "id": "status-pending"}}


def _untouched(page: Page, policy: Embedded) -> None:
    page.evaluate("heard")
    policy.fits()
    expect(policy.outside).to_have_attribute("title", f"{LINK} – SMM-PANEL.PRO")
    assert page.evaluate("scrollY") == 0


def test_the_element_heeds_no_stranger(shop_page: ShopPage, lines: Lines, site: Site, portal: server.Portal) -> None:
    stranger = f'<iframe title="Stranger" src="{site.refused}{site.page("", portal.url)}"></iframe>'
    page = shop_page(lines.whole("en") + lines.frame() + stranger)
    policy = Embedded(page).shown()
    expect(page.locator("main > iframe").first.content_frame.locator("h1")).to_be_visible()
    by_url = {frame.url: frame for frame in page.frames if frame != policy.frame()}
    others = [frame for url, frame in by_url.items() if frame != page.main_frame]
    assert len(others) == 2
    page.evaluate(HEARD, len(others) + 1)
    for frame in others:
        frame.evaluate(SAY, [RIGHT])
    page.evaluate(TO_SELF, [RIGHT])
    _untouched(page, policy)


def test_the_element_heeds_nothing_of_another_shape(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("en"))
    policy = Embedded(page).shown()
    policy.fits()
    page.evaluate(HEARD, len(WRONG))
    policy.frame().evaluate(SAY, WRONG)
    _untouched(page, policy)


def test_the_element_heeds_its_own_frame(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.whole("en"))
    policy = Embedded(page).shown()
    policy.frame().evaluate(SAY, [RIGHT])
    expect(policy.outside).to_have_css("height", "77px")
    expect(policy.outside).to_have_attribute("title", "Stranger")


def test_the_frame_heeds_its_page_alone(shop_page: ShopPage, lines: Lines, site: Site, portal: server.Portal) -> None:
    stranger = f'<iframe title="Stranger" src="{site.refused}{site.page("", portal.url)}"></iframe>'
    page = shop_page(lines.frame() + stranger)
    expect(page.locator("iframe").first.content_frame.locator("h1")).to_be_visible()
    framed, other = page.frames[1:]
    framed.evaluate(HEARD, 2 + len(WRONG_WISHES))
    other.evaluate(TO_FIRST, [WISH])
    framed.evaluate(TO_SELF, [WISH])
    page.evaluate(f"said => said.forEach(one => window[0].postMessage(one, '{portal.url}'))", WRONG_WISHES)
    framed.evaluate("heard")
    assert framed.evaluate("() => [location.hash, document.documentElement.dataset.theme]") == ["", None]
    page.evaluate(f"said => window[0].postMessage(said, '{portal.url}')", WISH)
    expect(page.locator("iframe").first.content_frame.locator("html")).to_have_attribute("data-theme", "dark")
    framed.wait_for_url("**#status-pending")


def _is_a_plain_link(page: Page, url: str, portal: server.Portal) -> None:
    policy = Embedded(page)
    expect(policy.link).to_be_in_viewport()
    expect(policy.link).to_have_attribute("href", f"{url}/uk/cancellation")
    expect(policy.outside).to_be_hidden()
    expect(page.locator("#below")).to_be_in_viewport()
    box = policy.element.bounding_box()
    assert box is not None
    assert 0 < box["height"] < A_LINE


def test_a_site_that_is_not_named_gets_a_plain_link(
    shop_page: ShopPage, lines: Lines, site: Site, portal: server.Portal
) -> None:
    page = shop_page(lines.whole(), at=site.refused, expected=["frame-ancestors"])
    _is_a_plain_link(page, portal.url, portal)
    Embedded(page).link.click()
    expect(page).to_have_url(f"{portal.url}/uk/cancellation")


def test_without_a_link_of_the_pages_own_its_address_stands_there(
    shop_page: ShopPage, lines: Lines, site: Site, portal: server.Portal
) -> None:
    bare = f'{lines.script}<{NAME} lang="uk"></{NAME}>'
    page = shop_page(bare, at=site.refused, expected=["frame-ancestors"])
    _is_a_plain_link(page, portal.url, portal)
    expect(Embedded(page).link).to_have_text(f"{portal.url}/uk/cancellation".removeprefix("http://"))


def test_a_portal_that_went_down_leaves_a_plain_link(page_at: PageAt, site: Site, tmp_path: Path) -> None:
    with server.running(tmp_path, sites=site.url) as fresh:
        page = page_at(of=fresh, beside=(site.url,), expected=["ERR_CONNECTION_REFUSED"])
        page.goto(site.url + site.page(Lines(fresh.url).whole(), fresh.url))
        Embedded(page).shown()
    Embedded(page).set("lang", "en")
    _is_a_plain_link(page, fresh.url, fresh)


def test_a_portal_that_is_down_from_the_start_leaves_the_link(page_at: PageAt, site: Site) -> None:
    down = f"http://127.0.0.1:{free_port()}"
    page = page_at(beside=(site.url, down), expected=["ERR_CONNECTION_REFUSED"])
    page.goto(site.url + site.page(Lines(down).whole(), down))
    expect(Embedded(page).link).to_be_in_viewport()
    expect(Embedded(page).link).to_have_attribute("href", f"{down}/uk/cancellation")


def test_without_script_the_link_is_there(shop_page: ShopPage, lines: Lines, portal: server.Portal) -> None:
    page = shop_page(lines.whole(), javascript=False)
    expect(Embedded(page).link).to_be_in_viewport()
    Embedded(page).link.click()
    expect(page).to_have_url(f"{portal.url}/uk/cancellation")


SANDBOXED = ["Blocked script execution", "from origin 'null'", "ERR_FAILED"]


def test_a_sandbox_shows_the_policy_and_its_address(shop_page: ShopPage, lines: Lines, portal: server.Portal) -> None:
    page = shop_page(lines.frame("sandbox"), expected=SANDBOXED)
    inside = page.locator("iframe").content_frame
    expect(inside.locator(".card")).to_have_css("background-color", "rgb(245, 247, 249)")
    expect(inside.locator(".sections > .hint").last).to_contain_text(f"{portal.url}/en/cancellation")
    expect(inside.get_by_role("button", name="Show the answer")).to_be_visible()


def test_a_sandbox_with_forms_answers(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.frame('sandbox="allow-forms"', "?theme=dark"), expected=SANDBOXED)
    inside = page.locator("iframe").content_frame
    inside.get_by_label("Pending").check()
    inside.get_by_role("button", name="Show the answer").click()
    expect(inside.locator("#answer .answer-headline")).to_have_text("The best chance of a review")
    expect(inside.get_by_label("Pending")).to_be_checked()
    expect(inside.locator("body")).to_have_css("background-color", "rgb(20, 24, 29)")


def test_a_plain_frame_opens_at_a_fact(shop_page: ShopPage, lines: Lines) -> None:
    page = shop_page(lines.frame(query="?theme=light#status-pending"), scheme="dark")
    fact = page.locator("iframe").content_frame.locator("#status-pending:target")
    expect(fact).to_have_css("background-color", "rgb(255, 243, 196)")
