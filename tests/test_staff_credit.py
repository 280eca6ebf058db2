"""The credit on the staff's page: its working with who said what and when, what is missing, typed, and recorded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.clock import now
from portal.extensions import db
from portal.filing import Told
from portal.models import Credited
from portal.policy import Status
from tests.at_panel import AMOUNTS, OLD, ORDER, shows
from tests.colleague import TARAS, Colleague
from tests.page import Page
from tests.reading import words
from tests.stored import everything, filed, kinds, last_event, state

ACCEPT: dict[str, Any] = {"verdict": "accept_full", "matched_by": "Wrote from the account's e-mail."}
CREDIT: dict[str, Any] = {"amount": "0.57", "currency": "USD", "text": "It is on\r\nyour balance."}
NAMES = ("Charge", "Currency", "Quantity", "Remains")


def told(**changes: Any) -> Told:
    """Return what the main site told of the order."""
    facts = {"quantity": 1000, "charge": Decimal("0.90"), "currency": "USD", **changes}
    return Told(at=now() - timedelta(hours=1), order_id=ORDER, **facts)


def canceled(app: Flask, colleague: Colleague, browser: str = "a customer's", **panel: Any) -> str:
    """File a ticket of which the main site told, accept it, and have the panel show it as partly canceled."""
    reference = filed(app, browser, told=told())
    shows(app, ago=timedelta(minutes=2))
    colleague.act(reference, "answer", **ACCEPT)
    shows(app, Status.PARTIAL, **{**AMOUNTS, **panel})
    assert state(app, reference) == "partly_canceled"
    return reference


def part(page: Page) -> str:
    """Return what a page says of the credit."""
    return page.says("#credit-part")


def inputs(page: Page) -> dict[str, str]:
    """Return the figures that a credit is reckoned from, without when each was said."""
    rows = page.all("#credit-part > dl.lines > div")
    assert [words(row.dt) for row in rows] == list(NAMES)
    return {words(row.dt): words(row.dd).partition(", ")[0] for row in rows}


def credited(app: Flask) -> list[tuple[Decimal | None, str | None]]:
    """Return every credit: amount and currency."""
    with app.app_context():
        return [(row.amount, row.currency) for row in db.session.scalars(select(Credited))]


def test_each_figure_stands_with_who_said_it_and_when(panel_app: Flask) -> None:
    olena = Colleague(panel_app)
    page = olena.ticket(canceled(panel_app, olena))
    assert inputs(page) == {
        "Charge": "0.90 – SMM-PANEL.PRO",
        "Currency": "USD – SMM-PANEL.PRO",
        "Quantity": "1,000 – SMM-PANEL.PRO",
        "Remains": "640 – the panel",
    }
    assert "1,000 – SMM-PANEL.PRO, " in part(page)
    assert part(page).count("(Kyiv time)") >= 4
    assert "at most 0.57 USD may be credited" in part(page)
    assert page.one("#credit-part").has_attr("open")
    fields = page.form("credit").fields
    assert (fields["amount"], fields["currency"]) == ("0.57", "USD")


def test_a_credit_that_cannot_be_computed_names_what_is_missing(panel_app: Flask) -> None:
    olena, reference = Colleague(panel_app), filed(panel_app)
    page = olena.ticket(reference)
    assert "Not computable. Missing: Charge, Quantity, Remains, Currency." in part(page)
    assert set(inputs(page).values()) == {"not known"}
    assert not page.one("#credit-part").has_attr("open")
    shows(panel_app, Status.PARTIAL, **AMOUNTS)
    shown = olena.ticket(reference)
    assert "Not computable. Missing: Quantity." in part(shown)
    assert shown.one("#credit-part").has_attr("open")
    assert "credit" not in {form.id for form in shown.forms}


def test_what_staff_type_counts_and_is_told_as_theirs(panel_app: Flask) -> None:
    olena, reference = Colleague(panel_app), filed(panel_app)
    shows(panel_app, Status.PARTIAL, ago=OLD, **AMOUNTS)
    olena.act(reference, "amounts", charge=" 1 234,50 ", currency="uah", quantity="2 000", remains="500")
    page = olena.ticket(reference)
    assert inputs(page)["Charge"] == "1,234.50 – staff"
    assert inputs(page)["Currency"] == "UAH – staff"
    assert "at most 308.62 UAH may be credited" in part(page)
    assert last_event(panel_app, reference).data["amounts"] == {
        "charge": "1234.50",
        "currency": "UAH",
        "quantity": 2000,
        "remains": 500,
    }
    olena.act(reference, "amounts", remains="0")
    assert "at most 0.00 UAH may be credited" in part(olena.ticket(reference))


WRONG = {
    "no amount": ({"charge": "much"}, "amounts-charge", "Write an amount in figures, such as 0.27"),
    "below zero": ({"charge": "-1"}, "amounts-charge", "Write an amount in figures, such as 0.27"),
    "two points": ({"charge": "1.000,50"}, "amounts-charge", "Write an amount in figures, such as 0.27"),
    "other figures": ({"quantity": "١٠"}, "amounts-quantity", "Write a whole number in figures, such as 1000"),
    "no whole number": ({"remains": "1.5"}, "amounts-remains", "Write a whole number in figures, such as 1000"),
    "no currency": ({"currency": "$"}, "amounts-currency", "Write the code of the currency, such as USD"),
    "nothing": ({}, "amounts-charge", "Write at least one of the four"),
    "too long": ({"charge": "9" * 31}, "amounts-charge", "Shorten this by 1 character"),
}


@pytest.mark.parametrize(("typed", "field", "error"), WRONG.values(), ids=WRONG)
def test_amounts_that_are_none_are_told_and_all_that_was_typed_is_kept(
    app: Flask, typed: dict[str, str], field: str, error: str
) -> None:
    olena, reference = Colleague(app), filed(app)
    right = {"charge": "0,90", "currency": "usd", "quantity": "1 000", "remains": "640"} if typed else {}
    refused = olena.act(reference, "amounts", code=422, **{**right, **typed})
    assert refused.errors == {field: error}
    kept = refused.form("amounts").fields
    assert {name: kept[name] for name in {**right, **typed}} == {**right, **typed}
    assert kinds(app, reference) == ["filed"]
    assert all(tag.has_attr("open") for tag in refused.all("#credit-part, #credit-part details"))


def test_a_credit_is_recorded_with_its_amount_and_working(panel_app: Flask) -> None:
    olena = Colleague(panel_app)
    reference = canceled(panel_app, olena)
    olena.act(reference, "credit", **{**CREDIT, "amount": "0,50"})
    assert (state(panel_app, reference), credited(panel_app)) == ("credited", [(Decimal("0.50"), "USD")])
    page = olena.ticket(reference)
    assert "0.50 USD was credited for this order on " in part(page)
    assert "credit" not in {form.id for form in page.forms}
    assert "Olena credited 0.50 USD" in page.says("section[aria-labelledby=history]")
    assert "may be credited" not in part(page)


def test_a_credit_that_nobody_can_compute_is_recorded_as_it_was_paid(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **ACCEPT, seen_status="pending")
    olena.act(reference, "move", state="canceled")
    page = olena.ticket(reference)
    assert (page.form("credit").fields["amount"], "Not computable." in part(page)) == ("", True)
    olena.on(page, "credit", amount="12", currency="eur")
    assert credited(app) == [(Decimal(12), "EUR")]


NOT_PAID = {
    "above the charge": (
        {"amount": "0.91"},
        "credit-amount",
        "The order cost less than that: look at the amount again",
    ),
    "zero": ({"amount": "0.00"}, "credit-amount", "Write an amount above zero"),
    "none": ({"amount": ""}, "credit-amount", "Write the amount that was credited"),
    "no number": ({"amount": "all"}, "credit-amount", "Write an amount in figures, such as 0.27"),
    "no currency": ({"currency": ""}, "credit-currency", "Write the code of the currency, such as USD"),
    "a sign": ({"currency": "$"}, "credit-currency", "Write the code of the currency, such as USD"),
}


@pytest.mark.parametrize(("typed", "field", "error"), NOT_PAID.values(), ids=NOT_PAID)
def test_a_credit_that_cannot_be_right_is_refused_and_kept(
    panel_app: Flask, typed: dict[str, str], field: str, error: str
) -> None:
    olena = Colleague(panel_app)
    reference = canceled(panel_app, olena)
    refused = olena.act(reference, "credit", code=422, **{**CREDIT, **typed})
    assert refused.errors == {field: error}
    kept = refused.form("credit").fields
    assert {name: kept[name] for name in CREDIT} == {**CREDIT, **typed}
    assert credited(panel_app) == []


def test_an_order_is_credited_once_whatever_the_number_of_its_requests(panel_app: Flask) -> None:
    olena, taras = Colleague(panel_app), Colleague(panel_app, TARAS)
    first = canceled(panel_app, olena)
    second = filed(panel_app, "another", told=told())
    olena.act(second, "answer", **ACCEPT)
    olena.act(second, "move", state="partly_canceled")
    page = taras.ticket(second)
    olena.act(first, "credit", **CREDIT)
    before = everything(panel_app)
    refused = taras.on(page, "credit", code=422, **CREDIT)
    assert refused.errors == {"credit-amount": f"This order has its one credit already, on request {first}"}
    kept = refused.form("credit").fields
    assert {name: kept[name] for name in CREDIT} == CREDIT
    assert everything(panel_app) == before
    later = taras.ticket(second)
    assert "0.57 USD was credited for this order on " in part(later)
    assert f"/staff/tickets/{first}" in [link.href for link in later.links if link.text == first]
    assert "credit" not in {form.id for form in later.forms}


def test_a_charge_that_the_panel_lowered_is_told_and_not_reckoned_with(panel_app: Flask) -> None:
    olena = Colleague(panel_app)
    page = olena.ticket(canceled(panel_app, olena, charge=Decimal("0.324")))
    assert "The panel later showed a lower charge, 0.324 USD (" in part(page)
    assert "Look at the balance first." in part(page)
    assert "at most 0.57 USD may be credited" in part(page)
    assert "lower charge" not in part(olena.ticket(filed(panel_app, order_id="2")))


def test_a_credit_is_in_the_currency_in_which_the_order_was_paid(panel_app: Flask) -> None:
    olena = Colleague(panel_app)
    reference = canceled(panel_app, olena)
    page = olena.act(reference, "credit", code=422, **{**CREDIT, "currency": "EUR"})
    assert "The order was paid in USD" in page.says("#errors")
    assert credited(panel_app) == []
