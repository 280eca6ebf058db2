"""Everyone can use the panel's parts of a page: axe finds nothing in any state, light and dark, on phone and desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page

from portal.cancellation import CancelState
from portal.clock import now
from portal.filing import Told
from portal.policy import Status
from tests import at_panel
from tests.at_panel import AMOUNTS, OLD, OVER, STILL
from tests.browser.at_panel import AtPanel, accept, send
from tests.browser.behind import OLENA
from tests.browser.conftest import PageAt
from tests.browser.sound import sound

FOLLOWS = 20_000.0
LOWERED = {**AMOUNTS, "charge": Decimal("0.324")}
WORDS = "Order-cannot-be-canceled-" * 6 + "says the panel"

Reach = Callable[[Page, AtPanel], object]


class Shown(NamedTuple):
    """A state of a page: its name, how to reach it, and what shows that it was reached."""

    name: str
    reach: Reach
    sign: str


def file(desk: AtPanel, *, pending: timedelta | None = None) -> None:
    """File a request for an order of which the main site told."""
    paid: dict[str, Any] = {"charge": Decimal("0.90"), "currency": "USD", "quantity": 1000}
    told = Told(at=now() - timedelta(hours=1), order_id="told", status=Status.PROCESSING, **paid)
    desk.file(pending=pending, told=told)


def _fresh(page: Page, desk: AtPanel) -> None:
    file(desk, pending=OLD)
    desk.shows(Status.UNKNOWN, shown=WORDS, **AMOUNTS, start_count=3572)
    desk.open(page, OLENA)


def _waiting(page: Page, desk: AtPanel) -> None:
    file(desk, pending=OLD)
    desk.open(page, OLENA)
    desk.waits(STILL)
    accept(page)


def _fields(page: Page, desk: AtPanel) -> None:
    _waiting(page, desk)
    desk.waits(OVER)
    page.locator("#answer [name=seen_at]").wait_for(timeout=FOLLOWS)
    page.locator("#answer [name=seen_at]").fill("")
    send(page)


def _moved(page: Page, desk: AtPanel) -> None:
    _waiting(page, desk)
    desk.shows(Status.IN_PROGRESS)


def _refused(page: Page, desk: AtPanel) -> None:
    file(desk)
    at_panel.refuses(desk.app, WORDS, order=desk.order)
    desk.open(page, OLENA)


def _canceling(page: Page, desk: AtPanel) -> None:
    file(desk)
    desk.accept()
    for state in (CancelState.TAKEN, CancelState.REFUSED, CancelState.UNKNOWN, CancelState.UNSENT):
        desk.canceled_before(state, WORDS)
    desk.open(page, OLENA)
    page.locator("#cancel .button").click()


def _crediting(page: Page, desk: AtPanel) -> None:
    file(desk)
    desk.shows(Status.PENDING, **AMOUNTS)
    desk.accept()
    desk.shows(Status.PARTIAL, **LOWERED)
    desk.open(page, OLENA)
    page.locator("#credit-amount").fill("2")
    page.locator("#credit-currency").fill("")
    page.locator("#credit .button").click()


def _amounts(page: Page, desk: AtPanel) -> None:
    _crediting(page, desk)
    page.locator("#credit-part details summary").click()
    page.locator("#amounts-quantity").fill("many")
    page.locator("#amounts .button").click()


def _credited(page: Page, desk: AtPanel) -> None:
    file(desk)
    desk.accept()
    desk.shows(Status.PARTIAL, **AMOUNTS)
    desk.credit("0.57")
    desk.open(page, OLENA)


def _customers(page: Page, desk: AtPanel) -> None:
    _credited(page, desk)
    desk.customers(page)


def _customer_waits(page: Page, desk: AtPanel) -> None:
    file(desk)
    desk.accept()
    desk.shows(Status.CANCELED, remains=1000)
    desk.customers(page)


SHOWN = [
    Shown("fresh", _fresh, "#answer-ground .hint"),
    Shown("waiting", _waiting, "#answer-ground[data-waits] button"),
    Shown("fields with errors", _fields, "#answer-seen_status-error"),
    Shown("moved meanwhile", _moved, "#panel-reading .told a"),
    Shown("an order that the panel does not know", _refused, "#answer-seen_at"),
    Shown("cancellations, one to be ticked", _canceling, "#cancel-again-error"),
    Shown("a credit with errors", _crediting, "#credit-currency-error"),
    Shown("amounts with errors", _amounts, "#amounts-quantity-error"),
    Shown("credited", _credited, "#credit-part .told"),
    Shown("the customer reads the credit", _customers, "#credit-title"),
    Shown("the customer reads that it may be credited", _customer_waits, "blockquote"),
]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.name)
def test_everyone_can_use_what_concerns_the_panel(page_at: PageAt, desk: AtPanel, shown: Shown) -> None:
    page = page_at(of=desk.portal, language="uk")
    shown.reach(page, desk)
    page.locator(shown.sign).first.wait_for(timeout=FOLLOWS)
    sound(page)
