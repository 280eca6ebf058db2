"""The ticket form under a person's hands: keyboard, Enter, errors, sizes, languages, impatience, no JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser import server
from tests.browser.behind import Behind
from tests.browser.conftest import PageAt
from tests.browser.steps import fill_in, new_order, screenshot, secret_link, send
from tests.browser.tab import Watch, wait_a_minute

FORM = "/en/tickets/new"
SEND = "Send the request"
FOCUSED = "() => document.activeElement.name + '=' + document.activeElement.value"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector finds, and see that the focus shows."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_a_ticket_is_filed_by_keyboard_alone(page_at: PageAt, behind: Behind) -> None:
    page, order = page_at(width=360), new_order()
    page.goto(FORM)
    wait_a_minute(page)
    for name, text in {"order_id": order, "service_name": "Likes", "link": "@shop"}.items():
        tab_to(page, f"[name={name}]")
        page.keyboard.type(text)
    for name in ("status", "problem"):
        tab_to(page, f"[name={name}]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    tab_to(page, "[name=reason]")
    page.keyboard.type("I chose the wrong service.")
    for name in ("understood", "keep_target"):
        tab_to(page, f"[name={name}]")
        page.keyboard.press("Space")
    tab_to(page, "main .button")
    page.keyboard.press("Enter")
    page.locator("#secret-link").wait_for()
    assert behind.tickets_of(order) == 1


def test_enter_in_a_text_field_sends_the_form(page_at: PageAt) -> None:
    page = page_at()
    page.goto(FORM)
    fill_in(page, order_id=new_order())
    wait_a_minute(page)
    page.locator("[name=service_name]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")


def test_errors_take_the_focus_and_lead_to_their_fields(page_at: PageAt) -> None:
    page = page_at(width=360)
    page.goto(FORM)
    send(page)
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors")).to_be_in_viewport()
    expect(page).to_have_title("Error: Request a cancellation – SMM-PANEL.PRO")
    links = page.locator("#errors a")
    assert links.count() == 8
    for link in links.all():
        link.click()
        field = page.locator((link.get_attribute("href") or "") + ":focus")
        expect(field).to_be_in_viewport()
        said = field.locator("xpath=ancestor::*[contains(@class, 'field')][1]").locator(".field-error")
        expect(said).to_have_text(link.inner_text())


def test_the_language_switch_keeps_what_was_typed_and_the_picture(page_at: PageAt) -> None:
    page, order = page_at(), new_order()
    page.goto(FORM)
    fill_in(page, order_id=order)
    page.locator("[name=screenshots]").set_input_files(screenshot())
    wait_a_minute(page)
    page.get_by_role("button", name="Українська").click()
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    expect(page.locator("[name=order_id]")).to_have_value(order)
    expect(page.locator("[name=understood]")).to_be_checked()
    expect(page.locator("[name=kept]")).to_be_checked()
    send(page)
    expect(page.locator("#secret-link")).to_be_visible()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([screenshot(size=6_000_000)], "larger than 5 MB"),
        ([screenshot(f"{number}.png") for number in range(4)], "at most 3"),
    ],
    ids=["too large", "too many"],
)
def test_pictures_are_checked_before_they_travel(page_at: PageAt, files: list[FilePayload], told: str) -> None:
    page = page_at()
    page.goto(FORM)
    page.locator("[name=screenshots]").set_input_files(files)
    expect(page.get_by_role("status").filter(has_text=told)).to_be_visible()
    assert page.locator("[name=screenshots]").evaluate("field => field.files.length") == 0


def test_a_double_click_makes_one_ticket(page_at: PageAt, behind: Behind) -> None:
    page, order = page_at(), new_order()
    page.goto(FORM)
    fill_in(page, order_id=order)
    wait_a_minute(page)
    page.get_by_role("button", name=SEND).dblclick()
    page.locator("#secret-link").wait_for()
    assert (behind.tickets_of(order), behind.filings_of(order)) == (1, 1)


def test_going_back_and_sending_again_makes_no_second_ticket(page_at: PageAt, behind: Behind) -> None:
    page, order = page_at(), new_order()
    page.goto(FORM)
    fill_in(page, order_id=order)
    send(page)
    first = secret_link(page)
    page.go_back()
    fill_in(page, order_id=order)
    send(page)
    assert secret_link(page) == first
    assert behind.tickets_of(order) == 1


def test_a_reload_of_the_confirmation_files_nothing(page_at: PageAt, behind: Behind) -> None:
    page, order = page_at(), new_order()
    page.goto(FORM)
    fill_in(page, order_id=order)
    send(page)
    page.reload()
    assert behind.filings_of(order) == 1


def test_the_form_is_sent_though_the_preview_fails(chromium: Browser, portal: server.Portal) -> None:
    with chromium.new_context(base_url=portal.url, locale="en") as context:
        watch, page = Watch(context, portal.url), context.new_page()
        page.route("**/cancellation/answer?*", lambda route: route.abort())
        page.goto(FORM)
        fill_in(page, order_id=new_order())
        expect(page.locator("#answer")).to_contain_text("You can send the request all the same")
        wait_a_minute(page)
        page.get_by_role("button", name=SEND).click()
        page.locator("#secret-link").wait_for()
    assert all("ERR_FAILED" in fault for fault in watch.faults)


def test_a_body_that_is_too_large_is_told_and_the_words_are_there_on_the_way_back(
    page_at: PageAt, tmp_path: Path
) -> None:
    page, order, large = page_at(javascript=False), new_order(), tmp_path / "large.png"
    large.write_bytes(bytes(17_000_000))
    page.goto(FORM)
    fill_in(page, order_id=order)
    page.locator("[name=screenshots]").set_input_files(large)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you sent is too large")
    page.go_back()
    expect(page.locator("[name=order_id]")).to_have_value(order)
    expect(page.locator("[name=reason]")).not_to_have_value("")


def test_without_cookies_the_form_says_so_in_words(page_at: PageAt) -> None:
    page, order = page_at(), new_order()
    page.goto(FORM)
    fill_in(page, order_id=order)
    page.context.clear_cookies()
    send(page)
    expect(page.locator("#errors")).to_contain_text("did not send the cookie")
    expect(page.locator("[name=order_id]")).to_have_value(order)


def test_the_form_grows_old_without_losing_a_word(page_at: PageAt, behind: Behind) -> None:
    page, order = page_at(), new_order()
    page.goto(FORM)
    fill_in(page, order_id=order)
    page.locator("main [name=csrf_token]").evaluate("field => { field.value = 'stale' }")
    send(page)
    page.locator("#errors").wait_for()
    wait_a_minute(page)
    page.get_by_role("button", name=SEND).click()
    page.locator("#secret-link").wait_for()
    assert behind.tickets_of(order) == 1
