"""The customer's page, from the acceptance to the credit: true at each step, and nothing that is for staff alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from flask import Flask

from portal.clock import now
from portal.filing import Told
from portal.policy import Status
from portal.readings import Failure
from tests.at_panel import AMOUNTS, ORDER, given_up, never_reached, sent, shows
from tests.colleague import Colleague
from tests.page import Page
from tests.reading import words
from tests.stored import filed, secret_link
from tests.visitor import Visitor

MATCH = "Wrote from the account's e-mail."
SAID = "Cannot be canceled, says the panel"
RAW = '{"raw":1}'
FOR_STAFF = (SAID, RAW, "Olena", MATCH, "panel.example", "0.77123456", "Awaiting moderation")
"""What no page of a customer holds: the panel's words and answers, staff and what they typed."""

ACCEPTED, ASKED = "Your request was accepted", "The panel was asked to stop the order"
NOT_KNOWN, REFUSED = (
    "We asked the panel to stop the order, and have no answer",
    "The panel did not take the cancellation",
)
REVIEWED = "Your request is being reviewed"
CANCELED, PARTLY = "The panel shows your order as canceled", "The panel shows your order as partly canceled"
CREDITED, NOT_CANCELED = "An amount was added to your balance", "The order could not be canceled"
FIRST = ("We have your request", REVIEWED)

Do = Callable[[Flask, Colleague, str], object]


class Step(NamedTuple):
    """Something that happens to a request, and what its customer reads then: the headline, and the steps added."""

    do: Do
    headline: str
    adds: tuple[str, ...] = ()


def staffs(action: str, headline: str, *adds: str, **typed: Any) -> Step:
    """Return a step of staff on their page."""
    return Step(lambda app, olena, reference: olena.act(reference, action, **typed), headline, adds)


def panels(do: Callable[[Flask], object], headline: str, *adds: str) -> Step:
    """Return a step of the panel, as the worker records it."""
    return Step(lambda app, olena, reference: do(app), headline, adds)


ACCEPT = staffs("answer", ACCEPTED, ACCEPTED, verdict="accept_full", matched_by=MATCH)
CANCEL = staffs("cancel", ACCEPTED)
TAKEN = panels(lambda app: sent(app, None, SAID), ASKED, ASKED)
PARTIAL = panels(lambda app: shows(app, Status.PARTIAL, **AMOUNTS), PARTLY, PARTLY)
CREDIT = staffs("credit", CREDITED, CREDITED, amount="0.57", currency="USD")

WAYS: dict[str, tuple[Step, ...]] = {
    "all the way": (ACCEPT, CANCEL, TAKEN, PARTIAL, CREDIT),
    "called back": (ACCEPT, CANCEL, staffs("call-back", ACCEPTED)),
    "refused, and answered again": (
        ACCEPT,
        CANCEL,
        panels(lambda app: sent(app, Failure.REFUSED, SAID), REFUSED, REFUSED),
        staffs("note", REFUSED, note=SAID),
        staffs("answer", ACCEPTED, ACCEPTED, verdict="accept_part"),
    ),
    "unknown, until the panel shows it": (
        ACCEPT,
        CANCEL,
        panels(lambda app: sent(app, Failure.UNKNOWN, SAID), NOT_KNOWN, NOT_KNOWN),
        panels(lambda app: shows(app, Status.UNKNOWN, shown="Awaiting moderation"), NOT_KNOWN),
        panels(lambda app: shows(app, Status.CANCELED, remains=1000), CANCELED, CANCELED),
    ),
    "unknown, until staff see it": (
        ACCEPT,
        CANCEL,
        panels(given_up, NOT_KNOWN, NOT_KNOWN),
        staffs("move", NOT_CANCELED, NOT_CANCELED, state="not_canceled"),
    ),
    "not sent": (ACCEPT, CANCEL, panels(never_reached, ACCEPTED)),
    "canceled without being asked": (
        ACCEPT,
        panels(lambda app: shows(app, Status.CANCELED, remains=1000), CANCELED, CANCELED),
    ),
    "going on all the same": (ACCEPT, CANCEL, TAKEN, panels(lambda app: shows(app, Status.IN_PROGRESS), ASKED)),
}


def filed_and_read(app: Flask, **more: Any) -> str:
    """File a request, and have the panel show its order as pending; return its reference."""
    reference = filed(app, **more)
    shows(app)
    return reference


def told() -> Told:
    """Return what the main site told of the order."""
    paid: dict[str, Any] = {"charge": Decimal("0.90"), "currency": "USD", "quantity": 1000}
    return Told(at=now() - timedelta(hours=1), order_id=ORDER, **paid)


def customers(app: Flask, reference: str, language: str = "en") -> Page:
    """Return the page as its customer reads it in a language; nothing that is for staff is in it."""
    customer = Visitor(app, language=language)
    customer.visit(secret_link(app, reference))
    page = customer.visit(f"/{language}/tickets/{reference}")
    assert [text for text in FOR_STAFF if text in page.html] == []
    return page


def steps(page: Page) -> list[str]:
    """Return the steps of a page, without when each was."""
    return list(_steps(page))


def _steps(page: Page) -> Iterator[str]:
    for step in page.all("ol.steps li"):
        assert step.time is not None
        yield words(step).removesuffix(words(step.time)).strip()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_customer_reads_what_is_true_at_each_step(panel_app: Flask, way: tuple[Step, ...]) -> None:
    olena, reference = Colleague(panel_app), filed_and_read(panel_app, told=told())
    olena.act(reference, "amounts", charge="0.77123456")
    happened = [*FIRST]
    for step in way:
        if step.do is ACCEPT.do:
            shows(panel_app)
        step.do(panel_app, olena, reference)
        happened += step.adds
        page = customers(panel_app, reference)
        assert page.h1 == step.headline
        assert steps(page) == happened
        assert ("canceled" in page.h1) == (step.headline in (CANCELED, PARTLY, NOT_CANCELED))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_in_ukrainian_no_word_of_it_is_english(panel_app: Flask, way: tuple[Step, ...]) -> None:
    olena, reference = Colleague(panel_app), filed_and_read(panel_app)
    for step in way:
        step.do(panel_app, olena, reference)
    page = customers(panel_app, reference, "uk")
    shown = [page.h1, page.says(".lead"), *steps(page)]
    assert all(text.isascii() is False for text in shown)
    assert [text for text in shown if any("a" <= letter.lower() <= "z" for letter in text)] == []


@pytest.mark.parametrize(("language", "says"), [("en", "may be eligible for credit"), ("uk", "можуть зарахувати")])
@pytest.mark.parametrize("status", [Status.CANCELED, Status.PARTIAL])
def test_until_it_was_credited_the_clause_says_that_it_may_be(
    panel_app: Flask, status: Status, language: str, says: str
) -> None:
    olena, reference = Colleague(panel_app), filed_and_read(panel_app, told=told())
    ACCEPT.do(panel_app, olena, reference)
    assert not customers(panel_app, reference, language).all("blockquote a[href$='#clause-partial']")
    shows(panel_app, status, **AMOUNTS)
    page = customers(panel_app, reference, language)
    assert says in page.says("blockquote:has(a[href$='#clause-partial'])")
    assert "0.57" not in page.text
    assert not page.all("#credit-title")


def credited(app: Flask, **typed: Any) -> str:
    """Bring a request to its credit; return its reference."""
    olena, reference = Colleague(app), filed_and_read(app, told=told())
    ACCEPT.do(app, olena, reference)
    shows(app, Status.PARTIAL, **AMOUNTS)
    olena.act(reference, "credit", **{"amount": "0.57", "currency": "USD", **typed})
    return reference


LABELS = {
    "en": {"Charge": "0.90", "Currency": "USD", "Quantity": "1,000", "Remains": "640"},
    "uk": {"Вартість": "0,90", "Валюта": "USD", "Кількість": "1 000", "Залишок": "640"},
}


@pytest.mark.parametrize(("language", "title"), [("en", "Credited: 0.57 USD"), ("uk", "Зараховано: 0,57 USD")])
def test_a_credit_is_read_with_its_amount_and_how_it_is_reckoned(panel_app: Flask, language: str, title: str) -> None:
    page = customers(panel_app, credited(panel_app, text="It is there."), language)
    assert page.says("#credit-title") == title
    shown = page.all("section[aria-labelledby=credit-title] .lines > div")
    assert {words(row.dt): words(row.dd) for row in shown} == LABELS[language]
    assert not page.all("blockquote a[href$='#clause-partial']")
    assert "It is there." in page.says("#messages")
    assert "SMM-PANEL.PRO" not in page.says("section[aria-labelledby=credit-title]")


def test_a_credit_that_the_figures_do_not_lead_to_is_read_without_them(panel_app: Flask) -> None:
    page = customers(panel_app, credited(panel_app, amount="0.50"))
    assert page.says("section[aria-labelledby=credit-title]") == "Credited: 0.50 USD"


def test_a_second_request_for_a_credited_order_does_not_read_the_amount(panel_app: Flask) -> None:
    credited(panel_app)
    other = filed(panel_app, "another's")
    page = customers(panel_app, other)
    assert "0.57" not in page.text
    assert page.h1 == FIRST[0]
