"""The fields of the ticket form: what each takes, as people see and count it, and what is said of the rest."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import pytest
from flask import Flask

from portal.policy import Circumstance
from tests.build import typed
from tests.filing import FORM, NEW, file, nothing_stored, stored_tickets
from tests.visitor import Send, Visitor

TOO_LONG = "Shorten this by 1 character"
WHICH_ORDER = "Enter the order ID as the panel shows it: up to 40 Latin letters, figures, “-” or “_”"
ONE_ORDER = "Enter one order a request. For another order, send another request"
WHICH_LINK = "Enter the link that you submitted, for example https://example.com/page, example.com/page or @name"
AT_LEAST = "Write at least 10 characters, so that we understand what happened"
FAMILY = "👨‍👩‍👧‍👦"
"""One character to a reader, eleven to UTF-16, 25 bytes."""

REFUSED = {
    "no order": ("order_id", "", "Enter the order ID, for example 1048576"),
    "an order of spaces": ("order_id", " \u00a0\u200b ", "Enter the order ID, for example 1048576"),
    "a number sign alone": ("order_id", "#", "Enter the order ID, for example 1048576"),
    "two orders": ("order_id", "123, 124", ONE_ORDER),
    "two orders with signs": ("order_id", "#123 #124", ONE_ORDER),
    "a list of orders": ("order_id", "123;124,125", ONE_ORDER),
    "an order of 41 letters": ("order_id", "a" * 41, WHICH_ORDER),
    "an order in Arabic figures": ("order_id", "١٢٣٤٥", WHICH_ORDER),
    "an order in wide figures": ("order_id", "１２３", WHICH_ORDER),
    "an order in Cyrillic letters": ("order_id", "АВС123", WHICH_ORDER),
    "an emoji for an order": ("order_id", "🙂", WHICH_ORDER),
    "an order with a slash": ("order_id", "12/3", WHICH_ORDER),
    "a thousand orders and a sign that ends no list": ("order_id", "1, " * 160 + "!", WHICH_ORDER),
    "a heap of accents on one letter": ("service_name", "a" + "\u0316" * 1600, TOO_LONG),
    "no service": ("service_name", "", "Enter the name of the service that you ordered"),
    "a service of 201 letters": ("service_name", "s" * 201, TOO_LONG),
    "a service of 201 families": ("service_name", FAMILY * 201, TOO_LONG),
    "no link": ("link", "", "Enter the link that you submitted with the order"),
    "a link of 2,049 letters": ("link", "https://example.com/" + "a" * 2029, TOO_LONG),
    "a word for a link": ("link", "my page", WHICH_LINK),
    "a script for a link": ("link", "javascript:alert(1)", WHICH_LINK),
    "a data address for a link": ("link", "data:text/html,x", WHICH_LINK),
    "a link with spaces": ("link", "https://example.com/a b", WHICH_LINK),
    "a sign alone": ("link", "@", WHICH_LINK),
    "no reason": ("reason", "", "Write why you ask to cancel"),
    "a reason of nothing to see": ("reason", "\u200b\u202e\n \u2067", "Write why you ask to cancel"),
    "a reason of 9 letters": ("reason", "too short", AT_LEAST),
    "a reason of 9 families": ("reason", FAMILY * 9, AT_LEAST),
    "a reason of 2,001 letters": ("reason", "r" * 2001, TOO_LONG),
    "a reference of 501 letters": ("reference", "r" * 501, TOO_LONG),
    "no consent to a review": ("understood", False, "Confirm that a review guarantees no cancellation"),
    "no promise for the target": (
        "keep_target",
        False,
        "Confirm that you will leave the link’s target as it is until the answer",
    ),
}
TAKEN = {
    "an order with its sign": ("order_id", "#123", "123"),
    "an order between spaces": ("order_id", " \t123 ", "123"),
    "a sign, a space": ("order_id", "# 123", "123"),
    "an order as it is written": ("order_id", "AbC-1_2", "AbC-1_2"),
    "an order of 40": ("order_id", "7" * 40, "7" * 40),
    "an order with controls": ("order_id", "\u202e12\x003\x1b\u2066", "123"),
    "a service of 200 families": ("service_name", FAMILY * 200, FAMILY * 200),
    "a service over two lines": ("service_name", "Likes\r\n  and\tmore", "Likes and more"),
    "a name": ("link", "@example.shop_1", "@example.shop_1"),
    "a bare domain": ("link", "t.me/example?x=1#y", "t.me/example?x=1#y"),
    "a domain in Ukrainian": ("link", "приклад.укр/сторінка", "приклад.укр/сторінка"),
    "a link of 2,048": ("link", "https://example.com/" + "a" * 2028, "https://example.com/" + "a" * 2028),
    "a link turned round": ("link", "https://example.com/\u202egpj.exe", "https://example.com/gpj.exe"),
    "a reason of 10 families": ("reason", FAMILY * 10, FAMILY * 10),
    "a reason over lines": ("reason", "First line\r\nsecond line\r", "First line\nsecond line"),
    "a reason of 2,000": ("reason", "ї" * 2000, "ї" * 2000),
    "a decomposed letter": ("reason", "ii\u0308" * 10, "i\u00ef" * 10),
    "a reference with marks": ("reference", "<b>№ 7</b> & 'x'", "<b>№ 7</b> & 'x'"),
}


def rounds(table: dict[str, tuple[str, Any, str]]) -> list[Any]:
    """Return the cases of a table so that each form holds one case of each field, as long as there are any."""
    fields = {field: [name for name in table if table[name][0] == field] for field, _, _ in table.values()}
    together = zip_longest(*fields.values())
    return [pytest.param([table[n] for n in names if n], id=", ".join(n for n in names if n)) for names in together]


@pytest.mark.parametrize("cases", rounds(REFUSED))
def test_what_a_field_does_not_take_is_named_and_nothing_is_stored(
    app: Flask, send: Send, cases: list[tuple[str, Any, str]]
) -> None:
    page = send(NEW, typed(**{name: value for name, value, _ in cases}))
    assert (page.status, page.errors) == (422, {name: error for name, _, error in cases})
    assert {link.href for link in page.links if link.text in page.errors.values()} == {f"#{n}" for n in page.errors}
    assert nothing_stored(app)


@pytest.mark.parametrize("cases", rounds(TAKEN))
def test_what_a_field_takes_is_stored_as_people_see_it(
    app: Flask, visitor: Visitor, cases: list[tuple[str, str, str]]
) -> None:
    file(visitor, **{name: value for name, value, _ in cases})
    filing = stored_tickets(app)[0].filing
    assert {name: getattr(filing, name) for name, _, _ in cases} == {name: kept for name, _, kept in cases}


@pytest.mark.parametrize("name", ["status", "problem", "link_changed", "duplicate_order"])
def test_a_choice_that_is_not_offered_is_refused(app: Flask, send: Send, name: str) -> None:
    page = send(NEW, typed(), forged={name: "refund"})
    assert (page.status, list(page.errors)) == (422, [name])
    assert nothing_stored(app)


def test_a_field_that_the_form_does_not_have_changes_nothing(app: Flask, send: Send) -> None:
    extra = {"sent_to_provider": "no", "service_issue": "yes", "provider_allows": "yes", "proven": "1", "state": "x"}
    assert send(NEW, typed(), forged=extra).status == 303
    filing = stored_tickets(app)[0].filing
    assert (filing.facts.sent_to_provider, filing.facts.service_issue, filing.facts.provider_allows) == (None,) * 3


def test_a_wrong_link_states_that_and_no_other_problem_states_a_circumstance(app: Flask) -> None:
    problems = Visitor(app).visit(NEW).form(FORM).choices("problem")
    assert len(problems) == 7
    for number, problem in enumerate(problems):
        file(Visitor(app), order_id=str(number), problem=problem, link_changed="unknown", duplicate_order="unknown")
    stated = {ticket.filing.problem.value: ticket.filing.facts for ticket in stored_tickets(app)}
    assert {problem: facts.wrong_link for problem, facts in stated.items()} == {
        problem: True if problem == "wrong_link" else None for problem in problems
    }
    others = {facts.value(c) for facts in stated.values() for c in Circumstance if c is not Circumstance.WRONG_LINK}
    assert others == {None}


@pytest.mark.parametrize(("answer", "known"), [("yes", True), ("no", False), ("unknown", None), (None, None)])
def test_the_two_questions_are_not_known_unless_answered(
    app: Flask, visitor: Visitor, answer: str | None, known: bool | None
) -> None:
    file(visitor, link_changed=answer, duplicate_order=answer)
    filing = stored_tickets(app)[0].filing
    assert (filing.link_changed, filing.duplicate_order) == (known, known)
