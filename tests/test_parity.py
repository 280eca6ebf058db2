"""A field of the ticket form stands everywhere or nowhere: form, filing, page, customer's lines, staff's lines."""

from __future__ import annotations

from dataclasses import fields
from inspect import signature

from flask import Flask

from portal.filing import Filing, Problem, Told, stated
from portal.forms import EligibilityForm, TicketForm
from portal.forms.fields import Known
from portal.forms.labels import KNOWN, PROBLEMS, STATES, VERDICTS
from portal.order_facts import OrderFacts
from portal.policy import Circumstance, State, Verdict
from tests.build import typed
from tests.colleague import Colleague
from tests.filing import FORM, NEW, file, page_of, reference_of
from tests.handing import ORDER, handed_over
from tests.page import Page
from tests.visitor import Visit, Visitor

NEVER_FILED = {"csrf_token", "submission", "website", "screenshots", "understood", "keep_target"}
"""Fields of the form that are no part of what is filed: each is dealt with where the form comes in."""

DECIDE = {"status", "problem", "link_changed", "duplicate_order"}
NEVER_ASKED = {"sent_to_provider", "provider_allows", "service_issue"}
FILED = {field.name for field in fields(Filing)} - {"told"}
VALUES = {
    "order_id": "PARITY-1",
    "service_name": "parity of the service",
    "link": "https://parity.example/link",
    "status": ("partial", "Partial"),
    "problem": ("wrong_quantity", str(PROBLEMS[Problem.WRONG_QUANTITY])),
    "link_changed": ("yes", "Link changed after ordering Yes"),
    "duplicate_order": ("no", "Same link ordered elsewhere No"),
    "reason": "parity of the reason",
    "reference": "parity of the reference",
    "email": "parity@example.com",
}
TOLD = {
    "order_id": "Order ID 1048576",
    "service_id": "Service ID 1201",
    "service_name": "Service name Instagram followers, slow",
    "link": "Submitted link https://instagram.com/example.shop",
    "quantity": "Quantity 1,000",
    "charge": "Charge 0.90",
    "currency": "USD",
    "status": "Order status Processing",
    "sent_to_provider": "Sent to a provider or its API Yes",
    "provider_allows": "The provider allows stopping the order Yes",
    "customer_id": "Account on the panel 4711",
    "email": "E-mail customer@example.com",
}
"""What the lines of `ORDER` of tests/handing.py say to staff."""


def names(app: Flask, form: type[EligibilityForm]) -> set[str]:
    """Return the names of a form's fields."""
    with app.test_request_context("/en/"):
        return {field.name for field in form(app.extensions["portal"].content.words["en"])}


def lines_of(page: Page) -> str:
    """Return the words of a page's labelled lines."""
    return " ".join(" ".join(tag.get_text(" ").split()) for tag in page.all("dl.lines"))


def test_what_the_form_asks_is_filed(app: Flask) -> None:
    asked = names(app, TicketForm) - NEVER_FILED
    assert asked >= FILED, f"add to portal/forms/ticket.py: {sorted(FILED - asked)}"
    assert asked <= FILED, f"add to Filing in portal/filing.py, or to NEVER_FILED: {sorted(asked - FILED)}"


def test_what_decides_is_what_the_preview_sends(app: Flask) -> None:
    deciding = names(app, EligibilityForm) - {"csrf_token"}
    assert deciding == DECIDE == set(signature(stated).parameters)
    assert not NEVER_ASKED & names(app, TicketForm)
    assert {circumstance.value for circumstance in Circumstance} >= NEVER_ASKED


def test_every_field_of_the_form_is_on_its_page(app: Flask, visit: Visit) -> None:
    form = names(app, TicketForm)
    shown = {str(tag["name"]) for tag in visit(NEW).form(FORM).tag.select("[name]") if tag.name != "button"}
    assert shown == form, f"templates/tickets/new.html: add {sorted(form - shown)}, remove {sorted(shown - form)}"


def test_everything_that_was_filed_is_shown_to_its_customer_and_to_staff(app: Flask, visitor: Visitor) -> None:
    assert set(VALUES) == FILED, f"add to VALUES in this test: {sorted(FILED ^ set(VALUES))}"
    sent = {name: value if isinstance(value, str) else value[0] for name, value in VALUES.items()}
    wanted = {name: value if isinstance(value, str) else value[1] for name, value in VALUES.items()}
    confirmation = file(visitor, **typed(**sent))
    desk = Colleague(app).ticket(reference_of(confirmation))
    for page in (visitor.visit(page_of(confirmation)), desk):
        lines = lines_of(page)
        masked = {**wanted, "email": "p…@example.com"}
        missing = [name for name, words in (wanted if page is desk else masked).items() if words not in lines]
        assert not missing, f"{page!r}: add to filing_lines in portal/views/said.py: {missing}"


def test_everything_that_the_main_site_may_tell_is_kept_and_shown_to_staff(app: Flask, visitor: Visitor) -> None:
    may_tell = set(OrderFacts.model_fields) - {"language"}
    kept = {field.name for field in fields(Told)} - {"at"}
    assert kept == may_tell, f"add to OrderFacts and to Told, or to neither: {sorted(kept ^ may_tell)}"
    assert set(ORDER) == may_tell, f"add to ORDER in tests/handing.py: {sorted(may_tell ^ set(ORDER))}"
    assert set(TOLD) == may_tell, f"add to TOLD in this test: {sorted(may_tell ^ set(TOLD))}"
    lines = lines_of(Colleague(app).ticket(reference_of(handed_over(visitor))))
    missing = [name for name, words in TOLD.items() if words not in lines]
    assert not missing, f"add to told_lines in portal/views/said.py: {missing}"


def test_every_value_of_an_enum_has_a_label() -> None:
    assert set(PROBLEMS) == set(Problem)
    assert set(KNOWN) == set(Known)
    assert set(STATES) == set(State)
    assert set(VERDICTS) == set(Verdict)
