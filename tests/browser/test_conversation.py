"""The conversation in the browser: from question to answer and mail, with scripts and without; every state sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.policy import State
from tests.browser import server
from tests.browser.behind import Behind
from tests.browser.conftest import PageAt
from tests.browser.sound import sound
from tests.browser.steps import file_ticket, new_order, screenshot

NOTICES = "/staff/notices"


def asked(page: Page, behind: Behind, language: str = "uk") -> str:
    """File a ticket that gives an address, have staff ask in another browser, and open it; return its reference."""
    link = file_ticket(page, language, order_id=new_order(), email=f"{new_order()}@example.com")
    page.goto(link)
    reference = page.url.rpartition("/")[2]
    behind.ask(reference, "Яке посилання правильне?")
    page.reload()
    return reference


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_a_question_is_answered_with_a_picture(page_at: PageAt, behind: Behind, *, javascript: bool) -> None:
    page, staff = page_at(360, language="uk", javascript=javascript), page_at(language="uk", javascript=javascript)
    reference = asked(page, behind)
    page.get_by_role("link", name="Відповісти на запитання").click()
    page.get_by_role("button", name="Надіслати повідомлення").click()
    expect(page.locator("#text-error")).to_have_text("Напишіть повідомлення")
    page.locator("#screenshots").set_input_files(screenshot())
    page.get_by_label("Ваше повідомлення працівникам").fill("Ось це.")
    page.get_by_role("button", name="Надіслати повідомлення").click()
    expect(page.locator(".told")).to_have_text("Ваше повідомлення надіслано працівникам.")
    expect(page.locator(".own img")).to_have_count(1)
    behind.sign_in(staff)
    staff.goto(f"/staff/tickets/{reference}")
    expect(staff.locator("section[aria-labelledby=history]")).to_contain_text("Ось це.")
    staff.locator("#answer-prepared").select_option("delivery-begun")
    staff.locator("#answer").get_by_role("button", name="Вставити").click()
    expect(staff.locator("#answer-text")).to_have_value(re.compile("^Виконання замовлення "))
    staff.locator("#answer-verdict-2").check()
    staff.locator("#answer-clause").select_option("unlikely-in-progress")
    staff.locator("#answer").get_by_role("button", name="Подивитися очима клієнта").click()
    expect(staff.locator("#answer .reply h3")).to_have_text("Наша відповідь: Замовлення лишається без змін")
    staff.get_by_role("button", name="Надіслати відповідь").click()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ваш запит відхилено")


def test_the_page_can_be_answered_by_keyboard_alone(page_at: PageAt, behind: Behind) -> None:
    page = page_at(language="uk")
    asked(page, behind)
    page.get_by_role("link", name="Відповісти на запитання").focus()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "text":
            break
    page.keyboard.type("Лише клавіатурою.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".own")).to_contain_text("Лише клавіатурою.")


def test_mails_lie_in_the_folder_and_staff_are_told(page_at: PageAt, behind: Behind, portal: server.Portal) -> None:
    page = page_at(language="uk")
    reference = asked(page, behind)
    question = Path(portal.environment["PORTAL_MAIL_FOLDER"]) / f"{reference}.3.eml"
    for _ in range(120):
        if question.exists():
            break
        page.evaluate("() => new Promise(done => setTimeout(done, 250))")
    assert question.exists(), "the worker that runs beside the portal wrote no mail"
    behind.sign_in(page)
    page.goto(NOTICES)
    expect(page.locator(".warned")).to_contain_text("Листи не надсилаються")


def _open_mails(page: Page) -> None:
    page.locator("#mails summary").click()


def test_every_state_of_the_conversation_is_sound(page_at: PageAt, behind: Behind) -> None:
    page = page_at(language="uk")
    reference = asked(page, behind)
    page.get_by_label("Ваше повідомлення працівникам").fill("Ось це.")
    page.locator("#screenshots").set_input_files(screenshot())
    page.get_by_role("button", name="Надіслати повідомлення").click()
    _open_mails(page)
    sound(page)
    page.locator("#screenshots").set_input_files(screenshot())
    page.get_by_role("button", name="Надіслати повідомлення").click()
    expect(page.locator("[name=kept]")).to_have_count(1)
    sound(page)
    _open_mails(page)
    page.locator("#email").fill("nobody")
    page.get_by_role("button", name="Зберегти адресу").click()
    expect(page.locator("#email-error")).to_be_visible()
    sound(page)
    behind.refuse_mail(reference)
    page.goto(f"/uk/tickets/{reference}")
    expect(page.locator("#mails")).to_contain_text("не прийняли")
    sound(page)
    page.get_by_role("button", name="Вимкнути листи").click()
    expect(page.locator(".told")).to_have_text("Листи про цей запит вимкнено.")
    behind.replace_link(reference)
    page.get_by_label("Ваше повідомлення працівникам").fill("Довга історія.")
    page.get_by_role("button", name="Надіслати повідомлення").click()
    expect(page.locator(".typed")).to_have_text("Довга історія.")
    sound(page)


def test_the_ways_back_by_mail_are_sound(page_at: PageAt, behind: Behind) -> None:
    page = page_at(language="uk")
    page.goto("/uk/tickets/link")
    sound(page)
    page.locator("main .button").click()
    expect(page.locator("#errors")).to_be_visible()
    sound(page)
    page.locator("#order_id").fill("1048576")
    page.locator("#email").fill("customer@example.com")
    page.locator("main .button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Перевірте пошту")
    sound(page)
    page.goto(behind.mails_link(behind.in_state[State.ACCEPTED]))
    sound(page)
    page.get_by_role("button", name="Вимкнути листи").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Листи про ваш запит вимкнено")
    sound(page)
    page.get_by_role("button", name="Знову ввімкнути листи").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Листи про ваш запит")


def test_the_pages_of_staff_are_sound(page_at: PageAt, behind: Behind) -> None:
    page = page_at(language="uk")
    reference = behind.in_state[State.RECEIVED]
    behind.refuse_mail(reference)
    behind.sign_in(page)
    page.goto(NOTICES)
    expect(page.locator("ul.unsent")).to_contain_text("550 5.1.1 no such user")
    sound(page)
    page.goto(f"/staff/tickets/{reference}")
    expect(page.locator("section[aria-labelledby=unsent]")).to_contain_text("550 5.1.1 no such user")
    page.locator("#write-text").fill("Пишемо вам.")
    page.locator("#write").get_by_role("button", name="Подивитися очима клієнта").click()
    expect(page.locator("#write .reply")).to_contain_text("Пишемо вам.")
    sound(page)
    page.goto(NOTICES)
    page.get_by_role("button", name="Відкинути").first.click()
    expect(page.locator(".told").first).to_be_visible()
    sound(page)
