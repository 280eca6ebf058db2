"""What staff are told of the panel: in the history, in both their languages; and on the list, where it fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.policy import Status
from portal.readings import Failure
from tests.at_panel import AMOUNTS, OLD, PANEL, found, given_up, never_reached, sent, shows
from tests.colleague import TARAS, Colleague
from tests.page import Page
from tests.reading import words
from tests.stored import filed

ACCEPT: dict[str, Any] = {"verdict": "accept_full", "matched_by": "Лист із пошти."}
SAID = "No <b>such</b> thing"
OURS = re.compile(r"\b(USD|Olena|Pending|Processing|In progress|Partial|Canceled)\b")
"""What stands in Ukrainian lines in Latin letters: a currency, a name, statuses."""
PAGES = ("/staff/", "/staff/notices")

Way = Callable[[Flask, Colleague, str], object]


def lines(page: Page) -> list[str]:
    """Return the lines of the history, without when each was."""
    events = page.all("section[aria-labelledby=history] .steps li")
    return [words(line).removeprefix(words(line.time)).strip() for line in events]


def warned(page: Page) -> str:
    """Return what a page warns of."""
    return " ".join(words(line) for line in page.all(".warned"))


def does(action: str, **typed: Any) -> Way:
    """Return the way to do something on the page of a ticket."""
    return lambda app, colleague, reference: colleague.act(reference, action, **typed)


def after(*ways: Way) -> Way:
    """Return the way to do one thing after another."""

    def all_of_them(app: Flask, colleague: Colleague, reference: str) -> None:
        for way in ways:
            way(app, colleague, reference)

    return all_of_them


def panel(do: Callable[[Flask], object]) -> Way:
    """Return the way to something that the worker does at the panel."""
    return lambda app, colleague, reference: do(app)


CANCEL = does("cancel")
STOPPED = panel(lambda app: shows(app, Status.PARTIAL, **AMOUNTS))
AMOUNTS_TYPED = does("amounts", charge="0,90", currency="usd", quantity="1000")

LINES: dict[str, tuple[Way, str, str]] = {
    "read": (
        panel(lambda app: shows(app, Status.IN_PROGRESS)),
        "the panel was readOrder status: In progress Policy’s answer: ",
        "панель показує дані замовлення",
    ),
    "read, an unknown word": (
        panel(lambda app: shows(app, Status.UNKNOWN, shown="Очікує <b>")),
        "the panel was readOrder status: Очікує <b> Policy’s answer: ",
        "Статус замовлення: Очікує <b>",
    ),
    "accepted on what the panel showed": (
        lambda app, colleague, reference: None,
        "On what the panel showed, ",
        "За тим, що показувала панель, ",
    ),
    "amounts": (
        AMOUNTS_TYPED,
        "Olena recorded what was paid, ordered or not deliveredCharge: 0.90 Currency: USD Quantity: 1,000",
        "Вартість: 0,90 Валюта: USD Кількість: 1 000",
    ),
    "asked to cancel": (
        CANCEL,
        "Olena asked for the cancellation to be sent to the panel",
        "доручає передати скасування на панель",
    ),
    "called back": (
        after(CANCEL, does("call-back")),
        "Olena called the cancellation back before it was sent",
        "відкликає ще не передане скасування",
    ),
    "taken": (after(CANCEL, panel(sent)), "the panel took the cancellation", "панель приймає прохання про скасування"),
    "refused": (
        after(CANCEL, panel(lambda app: sent(app, Failure.REFUSED, SAID))),
        f"the panel refused the cancellationThe panel said: {SAID}",
        f"панель відмовляє у скасуванніПанель відповіла: {SAID}",
    ),
    "unknown": (
        after(CANCEL, panel(given_up)),
        "the panel did not answer to the cancellation: nobody knows if it arrived",
        "панель не відповідає на прохання про скасування",
    ),
    "not sent": (
        after(CANCEL, panel(never_reached)),
        "the panel could not be reached: the cancellation was not sentDetail: ConnectionRefusedError",
        "панель недоступна: прохання про скасування не передано",
    ),
    "stopped": (
        STOPPED,
        "the panel shows: Partly canceled on the panel",
        "панель показує: Частково скасовано на панелі",
    ),
    "credited": (
        after(STOPPED, does("credit", amount="0.57", currency="usd")),
        "Olena credited 0.57 USD",
        "зараховує на баланс 0,57 USD",
    ),
}


@pytest.mark.parametrize(("way", "english", "ukrainian"), LINES.values(), ids=LINES)
def test_the_history_says_what_the_panel_said_and_was_asked(
    panel_app: Flask, way: Way, english: str, ukrainian: str
) -> None:
    olena, taras = Colleague(panel_app), Colleague(panel_app, TARAS, language="uk")
    reference = filed(panel_app)
    shows(panel_app, Status.PROCESSING, ago=OLD)
    shows(panel_app)
    olena.act(reference, "answer", **ACCEPT)
    way(panel_app, olena, reference)
    assert english in lines(olena.ticket(reference))[-1]
    page = taras.ticket(reference)
    assert ukrainian in lines(page)[-1]
    foreign = [re.sub(re.escape(SAID) + "|<b>|ConnectionRefusedError", "", OURS.sub("", line)) for line in lines(page)]
    assert [line for line in foreign if re.search("[A-Za-z]", line)] == []
    assert not page.all("main b:not(nav b)")


FAILS = {
    Failure.REFUSED: ("The panel refuses the portal’s key or call.", "Панель не приймає ключа або звернення порталу."),
    Failure.UNREACHABLE: ("The panel could not be reached.", "Панель недоступна."),
    Failure.UNKNOWN: ("The panel gave no answer that can be understood.", "Панель не дала зрозумілої відповіді."),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("failure", FAILS)
def test_a_panel_that_does_not_work_is_named_with_why(panel_app: Flask, failure: Failure, page: str) -> None:
    english, ukrainian = FAILS[failure]
    found(panel_app, failure, SAID)
    why = f"The panel ({PANEL}) does not answer as it should: {english} {SAID} You can say for yourself what it shows."
    assert why in warned(Colleague(panel_app).visit(page))
    assert ukrainian in warned(Colleague(panel_app, TARAS, language="uk").visit(page))


@pytest.mark.parametrize("page", PAGES)
def test_a_panel_that_works_is_not_named(panel_app: Flask, page: str) -> None:
    found(panel_app, None)
    assert PANEL not in Colleague(panel_app).visit(page).text


@pytest.mark.parametrize("page", PAGES)
def test_by_hand_no_panel_is_named(app: Flask, page: str) -> None:
    found(app, Failure.REFUSED, SAID)
    assert PANEL not in Colleague(app).visit(page).text
