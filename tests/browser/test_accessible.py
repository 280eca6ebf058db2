"""Every page and every error state: axe finds nothing, light and dark, on phone and desk; nothing is out of reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Page

from portal.policy import State, Status
from tests.browser import server
from tests.browser.behind import OLENA, Behind
from tests.browser.conftest import PageAt
from tests.browser.sound import sound
from tests.browser.steps import file_ticket, fill_in, new_order, screenshot, send

Reach = Callable[[Page, Behind], object]
FORM = "/uk/tickets/new"
STALE = "field => { field.value = 'stale' }"
MADE = [state for state in State if state not in (State.PARTLY_CANCELED, State.NOT_CANCELED)]
"""The states of the demonstration's tickets."""

STAFF_PAGES = (State.RECEIVED, State.IN_REVIEW, State.ACCEPTED, State.DECLINED, State.CREDITED)
"""The states between which the staff's page differs: in what can be done."""

HUGE = "field => { field.value = 'h'.repeat(600_000) }"


class Shown(NamedTuple):
    """A state of a page: its name, how to reach it, and the heading that shows it was reached."""

    name: str
    reach: Reach
    says: str = ""
    within: str = "html"


def at(path: str) -> Reach:
    """Return the way to an address."""
    return lambda page, _: page.goto(path)


def as_staff(path: str) -> Reach:
    """Return the way to an address of staff."""

    def reach(page: Page, behind: Behind) -> None:
        behind.sign_in(page)
        page.goto(path)

    return reach


def ticket_in(state: State) -> Reach:
    """Return the way to the customer's page of a ticket in a state."""
    return lambda page, behind: page.goto(behind.link(behind.in_state[state]))


def staff_ticket_in(state: State) -> Reach:
    """Return the way to the staff's page of a ticket in a state."""
    return lambda page, behind: as_staff(f"/staff/tickets/{behind.in_state[state]}")(page, behind)


def then(reach: Reach, *pressed: str) -> Reach:
    """Return the way to a page and, from there, by pressing what these selectors find."""

    def both(page: Page, behind: Behind) -> None:
        reach(page, behind)
        for selector in pressed:
            page.locator(selector).last.click()

    return both


def _looked_up(page: Page, behind: Behind) -> None:
    as_staff(f"/staff/tickets/{behind.looked_up()}")(page, behind)


def _previewed(page: Page, _: Behind) -> None:
    page.goto(FORM)
    page.locator("[name=status][value=in_progress]").check()
    page.locator("#answer .answer").wait_for()


def _refused(page: Page, _: Behind) -> None:
    page.goto(FORM)
    page.locator("[name=screenshots]").set_input_files(screenshot())
    send(page)


def _stale(page: Page, _: Behind) -> None:
    page.goto(FORM)
    fill_in(page)
    page.locator("main [name=csrf_token]").evaluate(STALE)
    send(page)


def _too_quick(page: Page, _: Behind) -> None:
    page.goto(FORM)
    fill_in(page)
    send(page, minutes=-1)


def _too_large(page: Page, _: Behind) -> None:
    page.goto(FORM)
    page.locator("main [name=csrf_token]").evaluate(HUGE)
    send(page)


def _filed(page: Page, _: Behind) -> None:
    file_ticket(page, "uk", order_id=new_order())


def _filed_again(page: Page, _: Behind) -> None:
    order = new_order()
    file_ticket(page, "uk", order_id=order)
    file_ticket(page, "uk", order_id=order)


def _answered_again(page: Page, behind: Behind) -> None:
    order = new_order()
    file_ticket(page, "uk", order_id=order)
    file_ticket(page, "uk", order_id=order)
    page.locator("main .button:not(.quiet)").last.click()
    page.locator("summary").first.click()


def _wrong_password(page: Page, _: Behind) -> None:
    page.goto("/staff/sign-in")
    page.locator("[name=email]").fill(OLENA)
    page.locator("[name=password]").fill("wrong wrong wrong")
    page.locator("main .button").click()


def _invited(page: Page, behind: Behind) -> None:
    page.goto(behind.invite(f"iryna{new_order()}@example.com"))


def _conflict(page: Page, behind: Behind) -> None:
    reference = behind.in_state[State.RECEIVED]
    staff_ticket_in(State.RECEIVED)(page, behind)
    behind.note(reference, "Питаю постачальника.")
    page.locator("#note-note").fill("Моє")
    page.locator("#note .button").click()


def _signed_out(page: Page, behind: Behind) -> None:
    staff_ticket_in(State.RECEIVED)(page, behind)
    page.context.clear_cookies(name="staff")
    page.locator("#note .button").click()


FOLDED = tuple(f"{details} > summary" for details in ("details:has(> #facts)", "details:has(> #link)", "#credit-part"))
"""What stands folded on a ticket's page for staff."""
SHOWN = [
    Shown("the policy", at("/uk/cancellation"), "Правила скасування"),
    Shown("the policy in English", at("/en/cancellation"), "Cancellation policy"),
    *(Shown(f"the policy for {s}", at(f"/uk/cancellation?status={s}#answer"), within="#chooser") for s in Status),
    Shown("the policy for no status", at("/uk/cancellation?status=lost"), "Правила скасування"),
    Shown("the form", at(FORM), "Запит на скасування"),
    Shown("the form in English", at("/en/tickets/new?status=pending"), "Request a cancellation"),
    Shown("the form with a preview", _previewed, "Запит на скасування"),
    Shown("the form with every error", then(at(FORM), "main .button"), "Запит на скасування"),
    Shown("the form with errors and a kept picture", _refused, "Запит на скасування"),
    Shown("the form with a stale token", _stale, "Запит на скасування"),
    Shown("the form sent too soon", _too_quick, "Запит на скасування"),
    Shown("too large", _too_large, "забагато даних"),
    Shown("filed", _filed, "Ми отримали ваш запит"),
    Shown("filed again", _filed_again, "Ми отримали ваш запит"),
    Shown("a ticket with two filings", _answered_again, "Ми отримали ваш запит"),
    *(Shown(f"a ticket {state}", then(ticket_in(state), "summary")) for state in MADE),
    Shown("a ticket, withdrawal refused", then(ticket_in(State.RECEIVED), "summary", "main form .button")),
    Shown("a closed ticket", at("/uk/tickets/AAA-AAAA"), "Відкрийте своє таємне посилання"),
    Shown("no such page", at("/uk/nothing"), "Такої сторінки немає"),
    Shown("sign-in", at("/staff/sign-in"), "Увійти"),
    Shown("sign-in, nothing typed", then(at("/staff/sign-in"), "main .button"), "Увійти"),
    Shown("sign-in, wrong password", _wrong_password, "Увійти"),
    Shown("setup", _invited, "Налаштуйте"),
    Shown("setup, no password", then(_invited, "main .button"), "Налаштуйте"),
    Shown("setup, link ended", at("/staff/setup/ended"), "Це посилання"),
    Shown("account", as_staff("/staff/account"), "Ваш обліковий запис"),
    Shown("account, nothing typed", then(as_staff("/staff/account"), "main .button"), "Ваш обліковий запис"),
    Shown("inbox", then(as_staff("/staff/"), "summary"), "Відкриті запити"),
    Shown("inbox, filtered to nothing", as_staff("/staff/?status=pending&outcome=normally_over"), "Відкриті запити"),
    Shown("inbox, found", as_staff("/staff/?q=instagram&times=exact"), "Пошук"),
    Shown("inbox, nothing found", as_staff("/staff/?q=nothing+like+it"), "Пошук"),
    *(Shown(f"staff: a ticket {state}", staff_ticket_in(state), "Замовлення") for state in STAFF_PAGES),
    Shown("staff: facts", then(_looked_up, *FOLDED), "Замовлення"),
    Shown("staff: answer refused", then(staff_ticket_in(State.RECEIVED), "#answer .button:not(.quiet)"), "Замовлення"),
    Shown("staff: note refused", then(staff_ticket_in(State.DECLINED), "#note .button"), "Замовлення"),
    Shown("staff: conflict", _conflict, "Замовлення"),
    Shown("staff: the policy in your own site", as_staff("/staff/embedding"), "Правила на вашому сайті"),
    Shown("staff: the policy in your own site, dark", as_staff("/staff/embedding?theme=dark"), "Правила на вашому"),
    Shown("staff: signed out meanwhile", _signed_out, "Ваш сеанс завершився"),
]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.name)
def test_everyone_can_use(page_at: PageAt, behind: Behind, shown: Shown) -> None:
    page = page_at(language="uk")
    shown.reach(page, behind)
    page.locator("h1", has_text=shown.says).wait_for()
    sound(page, shown.within)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Portal]:
    """A portal without staff that lets a browser file once, and an account try once."""
    limits = "filings_browser=1/3600 sign_ins_account=1/900"
    with server.running(tmp_path_factory.mktemp("strict"), limits) as portal:
        yield portal


def test_everyone_can_use_the_form_after_too_many_requests(page_at: PageAt, strict: server.Portal) -> None:
    page = page_at(language="uk", of=strict)
    file_ticket(page, "uk", order_id=new_order())
    page.goto(FORM)
    fill_in(page, order_id=new_order())
    send(page)
    page.locator("#errors-title", has_text="Забагато").wait_for()
    sound(page)


def test_everyone_can_use_sign_in_after_too_many_tries(page_at: PageAt, strict: server.Portal) -> None:
    page = page_at(language="uk", of=strict)
    for _ in range(2):
        page.goto("/staff/sign-in")
        page.locator("[name=email]").fill(OLENA)
        page.locator("[name=password]").fill("wrong wrong wrong")
        page.locator("main .button").click()
    page.locator("#errors-title", has_text="Забагато").wait_for()
    sound(page)


def test_everyone_can_use_the_setup_of_the_first_account(page_at: PageAt, strict: server.Portal) -> None:
    page = page_at(language="uk", of=strict)
    page.goto(strict.first_link())
    sound(page)
    page.locator("main .button").click()
    page.locator("#errors").wait_for()
    sound(page)
