"""What may be credited for an order, from all that is known of it; and its one credit, once it was given."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.events import EventKind
from portal.filing import Told
from portal.policy import Source, State, Status
from portal.readings import Reading
from portal.tickets import Amounts, Input, Paid, Working
from tests.panel_shift import ORDER, by_staff, canceled, pay, record
from tests.stored import filed, last_event, ticket

HOUR = timedelta(hours=1)
AT = now()
PART = Reading(
    status=Status.PARTIAL, shown="Partial", charge=Decimal("0.90000"), currency="USD", remains=640, start_count=1
)


def read(app: Flask, at: datetime = AT, **more: Any) -> None:
    """Have the panel say this of the order, at that moment."""
    known = vars(PART) | {name: Decimal(value) if name == "charge" and value else value for name, value in more.items()}
    record(app, Reading(**known), at)


def told(app: Flask, at: datetime = AT, **more: Any) -> str:
    """Have the main site tell of the order, at that moment; return the ticket's reference."""
    known = {"quantity": 1000, "charge": "0.90", "currency": "USD", **more}
    if known["charge"] is not None:
        known["charge"] = Decimal(known["charge"])
    return filed(app, told=Told(at=at, order_id=ORDER, **known))


def types(app: Flask, reference: str, at: datetime = AT, **amounts: Any) -> None:
    """Have staff type amounts."""
    by_staff(app, reference, lambda r, s, seen: tickets.record_amounts(r, s, Amounts(**amounts), seen, at))


def working(app: Flask, reference: str) -> Working:
    with app.app_context():
        return tickets.working_of(ticket(reference))


def stated(found: Input) -> tuple[str, Source | None, datetime]:
    """Return an input, its value as a text."""
    return str(found.value), found.source, found.at


def test_a_credit_is_reckoned_from_the_site_and_the_panel_and_says_from_which(each_app: Flask) -> None:
    reference = told(each_app, AT - HOUR)
    read(each_app, AT, charge=None, currency=None)
    read(each_app, AT + HOUR, charge=None, currency=None)
    found = working(each_app, reference)
    assert stated(found.charge) == ("0.90", Source.MAIN_SITE, AT - HOUR)
    assert stated(found.currency) == ("USD", Source.MAIN_SITE, AT - HOUR)
    assert stated(found.quantity) == ("1000", Source.MAIN_SITE, AT - HOUR)
    assert stated(found.remains) == ("640", Source.PANEL, AT + HOUR)
    assert (found.credit.amount, found.credit.missing, found.lowered, found.given) == (Decimal("0.57"), (), None, None)


def test_the_first_charge_of_the_panel_counts_and_a_lower_one_after_it_is_told(each_app: Flask) -> None:
    reference = told(each_app, charge=None, currency=None)
    for place, charge in enumerate(("0.90000", "0.50000", "0.32400")):
        read(each_app, AT + place * HOUR, charge=charge)
    found = working(each_app, reference)
    assert stated(found.charge) == ("0.90000", Source.PANEL, AT)
    assert found.lowered
    assert stated(found.lowered) == ("0.32400", Source.PANEL, AT + 2 * HOUR)
    assert found.credit.amount == Decimal("0.57")


@pytest.mark.parametrize("later", ["0.90", "0.90000", "1.20", None])
def test_a_charge_that_is_no_lower_is_not_told_of(app: Flask, later: str | None) -> None:
    reference = told(app, charge=None, currency=None)
    read(app, AT)
    read(app, AT + HOUR, charge=later)
    assert working(app, reference).lowered is None


def test_a_charge_that_the_panel_lowered_and_raised_again_is_not_lower(app: Flask) -> None:
    reference = told(app, charge=None, currency=None)
    for place, charge in enumerate(("0.9", "0.324", "0.9")):
        read(app, AT + place * HOUR, charge=charge)
    assert working(app, reference).lowered is None


@pytest.mark.parametrize(("site", "panel", "counts"), [(0, 1, Source.MAIN_SITE), (1, 0, Source.PANEL)])
def test_of_the_main_site_and_the_panel_the_first_to_state_a_charge_counts(
    app: Flask, site: int, panel: int, counts: Source
) -> None:
    read(app, AT + panel * HOUR, charge="0.8")
    reference = told(app, AT + site * HOUR, charge="0.9")
    found = working(app, reference)
    assert (found.charge.source, found.currency.source, found.charge.at) == (counts, counts, AT)
    assert (found.lowered is not None) is (counts is Source.MAIN_SITE)


def test_a_lower_charge_of_the_main_site_is_none_that_the_panel_lowered(app: Flask) -> None:
    read(app, AT, charge="0.9")
    assert working(app, told(app, AT + HOUR, charge="0.5")).lowered is None


def test_charges_in_two_currencies_are_neither_compared_nor_mixed(app: Flask) -> None:
    reference = told(app, AT, charge="36.99", currency="UAH")
    read(app, AT + HOUR, charge="0.90", currency="USD")
    found = working(app, reference)
    assert (found.charge.value, found.currency.value, found.lowered) == (Decimal("36.99"), "UAH", None)
    assert found.credit.amount == Decimal("23.67")


def test_a_charge_of_the_panel_without_a_currency_takes_none_from_the_main_site(app: Flask) -> None:
    read(app, AT, currency=None)
    reference = told(app, AT + HOUR, charge="36.99", currency="UAH")
    assert working(app, reference).credit.missing == ("currency",)
    read(app, AT + 2 * HOUR, currency="USD")
    found = working(app, reference)
    assert (found.charge.value, found.currency.value) == (Decimal("0.90"), "USD")


def test_what_staff_typed_last_counts_before_all_else(each_app: Flask) -> None:
    reference = told(each_app)
    read(each_app, AT)
    types(each_app, reference, AT + HOUR, charge=Decimal("2.00"), quantity=500)
    types(each_app, reference, AT + 2 * HOUR, charge=Decimal("1.10"), currency="EUR")
    read(each_app, AT + 3 * HOUR, charge="0.7")
    found = working(each_app, reference)
    assert stated(found.charge) == ("1.10", Source.STAFF, AT + 2 * HOUR)
    assert stated(found.currency) == ("EUR", Source.STAFF, AT + 2 * HOUR)
    assert stated(found.quantity) == ("500", Source.STAFF, AT + HOUR)
    assert stated(found.remains) == ("640", Source.PANEL, AT + 3 * HOUR)
    assert found.credit.amount == Decimal("1.10")


def test_what_staff_leave_empty_stays_as_it_is(each_app: Flask) -> None:
    reference = told(each_app)
    types(each_app, reference, remains=0)
    event = last_event(each_app, reference)
    assert (event.kind, event.data) == (EventKind.AMOUNTS_RECORDED, {"amounts": {"remains": 0}})
    found = working(each_app, reference)
    assert (found.charge.source, found.remains.value, found.credit.amount) == (Source.MAIN_SITE, 0, Decimal("0.00"))


def test_what_remains_is_what_was_stated_of_it_last(each_app: Flask) -> None:
    reference = told(each_app)
    read(each_app, AT, remains=700)
    types(each_app, reference, AT + HOUR, remains=500)
    assert stated(working(each_app, reference).remains) == ("500", Source.STAFF, AT + HOUR)
    read(each_app, AT + 2 * HOUR, remains=400)
    assert stated(working(each_app, reference).remains) == ("400", Source.PANEL, AT + 2 * HOUR)


def test_a_panel_that_says_no_more_what_remains_does_not_know_but_its_refusal_says_nothing(app: Flask) -> None:
    reference = told(app)
    read(app, AT)
    record(app, Reading(refused="Incorrect order ID"), AT + HOUR)
    assert working(app, reference).remains.value == 640
    read(app, AT + 2 * HOUR, remains=None)
    assert working(app, reference).credit.missing == ("remains",)


def test_the_quantity_is_what_the_main_site_told_last(app: Flask) -> None:
    reference = told(app, AT)
    assert told(app, AT + HOUR, quantity=None, sent_to_provider=True) == reference
    assert working(app, reference).quantity.value == 1000
    told(app, AT + 2 * HOUR, quantity=2000)
    assert stated(working(app, reference).quantity) == ("2000", Source.MAIN_SITE, AT + 2 * HOUR)


def test_what_nobody_knows_is_missing_by_name(app: Flask) -> None:
    reference = filed(app)
    found = working(app, reference)
    assert found.credit.missing == ("charge", "quantity", "remains", "currency")
    assert (found.charge, found.charge.data(), found.data()["amount"]) == (Input(), None, None)
    read(app)
    assert working(app, reference).credit.missing == ("quantity",)


def test_a_credit_is_recorded_with_the_working_that_was_shown(each_app: Flask) -> None:
    reference = canceled(
        each_app, AT, told=Told(at=AT, order_id=ORDER, quantity=10**15, charge=Decimal("0E-8"), currency="USD")
    )
    types(each_app, reference, charge=Decimal("0.00000010"), remains=10**14)
    shown = working(each_app, reference)
    pay(each_app, reference, AT + HOUR, Paid(amount=Decimal("999999999999.99999999"), currency="USDTE"))
    event = last_event(each_app, reference)
    assert (event.kind, event.state, event.data["text"]) == (EventKind.MOVED, State.CREDITED, "It is there.")
    kept = event.data["credit"]
    assert (kept["amount"], kept["currency"], kept["working"]) == ("999999999999.99999999", "USDTE", shown.data())
    assert kept["working"]["charge"] == {"value": "0.00000010", "source": "staff", "at": AT.isoformat()}
    assert kept["working"]["quantity"]["value"] == str(10**15)
    assert kept["working"]["amount"] == "0.00"
    given = working(each_app, reference).given
    assert given
    assert (str(given.amount), given.currency, given.at) == ("999999999999.99999999", "USDTE", AT + HOUR)


def test_what_was_credited_stays_as_it_was_reckoned_and_is_taken_off_for_other_tickets(each_app: Flask) -> None:
    told = Told(at=AT, order_id=ORDER, quantity=1000, charge=Decimal(9), currency="USD")
    reference, other = canceled(each_app, AT, told=told), canceled(each_app, AT, "another", told=told)
    for one in (reference, other):
        types(each_app, one, remains=500)
    pay(each_app, reference, AT + HOUR, Paid(amount=Decimal("4.00"), currency="USD"))
    types(each_app, reference, remains=100)
    assert working(each_app, reference).credit.amount == Decimal("4.50")
    assert working(each_app, other).credit.amount == Decimal("0.50")
