"""The whole way of a customer and of staff, from the policy to the credit; once with JavaScript, once without."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import server
from tests.browser.conftest import PageAt
from tests.browser.steps import fill_in, new_order, screenshot, send

EMAIL, PASSWORD = "iryna@example.com", "correct horse battery"
QUESTION = "Which account is the right one?"
MATCH = "Wrote from the e-mail of the account."
LAST_WORD = "The undelivered 640 were credited."


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_request_goes_all_the_way(page_at: PageAt, tmp_path: Path, javascript: bool) -> None:
    with server.running(tmp_path) as fresh:
        customer, at_home, staff = (page_at(javascript=javascript, of=fresh) for _ in range(3))
        order = new_order()
        link = _file(customer, order, javascript=javascript)
        _follow(at_home, link, "We have your request")
        _set_up(staff, fresh.first_link())
        _look_up(staff, order)
        _ask(staff)
        _follow(customer, link, "We are waiting for your answer", QUESTION)
        _add(customer)
        _accept(staff)
        _follow(at_home, link, "Your request was accepted")
        _record(staff, "partly_canceled")
        _credit(staff, LAST_WORD)
        _follow(at_home, link, "An amount was added to your balance", LAST_WORD)
        for page in (customer, at_home, staff):
            page.goto("about:blank")


def _file(page: Page, order: str, *, javascript: bool) -> str:
    """Read the policy, choose a status, go to the form, file; return the link as the customer copies it."""
    page.goto("/")
    expect(page).to_have_url("/en/cancellation")
    page.get_by_label("Processing", exact=True).check()
    if not javascript:
        page.get_by_role("button", name="Show the answer").click()
    expect(page.locator("#answer .answer-headline")).to_have_text("Usually difficult")
    page.locator("#answer").get_by_role("link", name="File a request").click()
    expect(page.get_by_label("Processing", exact=True)).to_be_checked()
    fill_in(page, order_id=order, status=None)
    if not javascript:
        page.get_by_role("button", name="Check").click()
    expect(page.locator("#answer .answer-headline")).to_have_text("Usually not possible")
    page.get_by_label("Screenshots (optional)").set_input_files(screenshot())
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    return _copied(page) if javascript else page.get_by_label("Your secret link").input_value()


def _copied(page: Page) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator("#copied")).to_have_text("Copied")
    copied: str = page.evaluate("() => navigator.clipboard.readText()")
    return copied


def _follow(page: Page, link: str, headline: str, *said: str) -> None:
    page.goto(link)
    assert "/t/" not in page.url
    expect(page.get_by_role("heading", level=1)).to_have_text(headline)
    for words in said:
        expect(page.locator(".reply", has_text=words)).to_be_visible()


def _set_up(page: Page, link: str) -> None:
    """Set the first account up by its one-time link, sign out, sign in."""
    page.goto(link)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Name", exact=True).fill("Iryna")
    page.get_by_label("English").check()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password and sign in").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open requests")


def _look_up(page: Page, order: str) -> None:
    """Open the ticket from the list, look at the picture, record what the panel shows."""
    page.get_by_role("link", name=order).click()
    picture = page.get_by_role("img", name="Screenshot 1")
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") == 40
    page.get_by_text("Record what the panel shows").click()
    facts = page.locator("#facts")
    facts.get_by_label("In progress", exact=True).check()
    facts.get_by_role("group", name="The provider allows stopping").get_by_label("Yes", exact=True).check()
    facts.get_by_role("button").click()
    expect(page.get_by_text("recorded what the panel shows")).to_be_visible()


def _ask(page: Page) -> None:
    page.locator("#answer").get_by_label("Ask for more").check()
    page.get_by_label("What the customer reads").fill(QUESTION)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("main > .lead")).to_contain_text("Waiting for the customer")


def _add(page: Page) -> None:
    page.get_by_role("link", name="Add to your request").click()
    fill_in(page, order_id=None, reason="The right account is @example.shop.two.")
    send(page)
    expect(page.locator(".lead")).to_contain_text("was added to it")


def _accept(page: Page) -> None:
    page.reload()
    expect(page.get_by_text("@example.shop.two").first).to_be_visible()
    page.locator("#answer").get_by_label("Accept in full").check()
    page.get_by_label("How was the filer matched").fill(MATCH)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("main > .lead")).to_contain_text("Accepted")


def _record(page: Page, state: str) -> None:
    page.locator(f"#move [value={state}]").check()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("saw on the panel").last).to_be_visible()


def _credit(page: Page, text: str) -> None:
    credit = page.locator("#credit")
    credit.get_by_label("Amount credited").fill("0.57")
    credit.get_by_label("Currency").fill("USD")
    credit.get_by_label("What the customer reads").fill(text)
    credit.get_by_role("button", name="Record the credit").click()
    expect(page.get_by_text("credited 0.57 USD").last).to_be_visible()
