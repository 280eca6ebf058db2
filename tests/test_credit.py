"""What of a charge may be credited: exact, rounded down once, never more than there is."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_UP,
    Context,
    Decimal,
    Inexact,
    Rounded,
    getcontext,
    localcontext,
)
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.policy import MINOR_DIGITS, Credit, credit, smallest_unit

ORDER: dict[str, Any] = {"charge": Decimal("0.90"), "quantity": 1000, "remains": 640, "currency": "USD"}
NINES = Decimal("999999999999.99999999")
MOST = 10**15

WORTH: dict[str, tuple[dict[str, Any], str]] = {
    "an order": ({}, "0.57"),
    "the order of the panels' documents": ({"charge": Decimal("0.27819"), "remains": 157}, "0.04"),
    "nothing delivered": ({"remains": 1000}, "0.90"),
    "all delivered": ({"remains": 0}, "0.00"),
    "more delivered than was ordered": ({"remains": -20}, "0.00"),
    "more left than was ordered": ({"remains": 1001}, "0.90"),
    "far more left than was ordered": ({"remains": 10**40}, "0.90"),
    "nothing paid": ({"charge": Decimal(0)}, "0.00"),
    "a zero with a sign": ({"charge": Decimal("-0.00")}, "0.00"),
    "one piece": ({"quantity": 1, "remains": 1}, "0.90"),
    "a third": ({"charge": Decimal(1), "quantity": 3, "remains": 1}, "0.33"),
    "two thirds": ({"charge": Decimal(1), "quantity": 3, "remains": 2}, "0.66"),
    "three thirds": ({"charge": Decimal(1), "quantity": 3, "remains": 3}, "1.00"),
    "a third of what three thirds make": ({"charge": Decimal("0.03"), "quantity": 3, "remains": 1}, "0.01"),
    "a seventh that would round up": ({"charge": Decimal(2), "quantity": 7, "remains": 5}, "1.42"),
    "less than a cent": ({"charge": Decimal("0.0099"), "remains": 1000}, "0.00"),
    "all but nothing below a cent": ({"charge": Decimal("0.00999999"), "remains": 1000}, "0.00"),
    "yen": ({"charge": Decimal(1234), "remains": 999, "currency": "JPY"}, "1232"),
    "less than a yen": ({"charge": Decimal("0.90"), "remains": 1000, "currency": "JPY"}, "0"),
    "dinars of Kuwait": ({"charge": Decimal("0.27819"), "remains": 157, "currency": "KWD"}, "0.043"),
    "units of Chile": ({"charge": Decimal("0.27819"), "remains": 157, "currency": "CLF"}, "0.0436"),
    "hryvnias": ({"charge": Decimal("36.99"), "remains": 500, "currency": "UAH"}, "18.49"),
    "a currency of nobody's list": ({"charge": Decimal("1.999"), "remains": 1000, "currency": "USDT"}, "1.99"),
    "a currency in small letters": ({"charge": Decimal("1.999"), "remains": 1000, "currency": "jpy"}, "1"),
    "a part credited": ({"credited": Decimal("0.50")}, "0.07"),
    "all of it credited": ({"credited": Decimal("0.576")}, "0.00"),
    "more credited than was left": ({"credited": Decimal("0.60")}, "0.00"),
    "more credited than was paid": ({"credited": Decimal(1000)}, "0.00"),
    "a credit below zero, which counts as none": ({"remains": 1000, "credited": Decimal(-1)}, "0.90"),
    "a third less what is half a cent": (
        {"charge": Decimal(1), "quantity": 3, "remains": 1, "credited": Decimal("0.005")},
        "0.32",
    ),
    "a third less its cents": (
        {"charge": Decimal(1), "quantity": 3, "remains": 1, "credited": Decimal("0.33")},
        "0.00",
    ),
    "the most of everything": ({"charge": NINES, "quantity": MOST, "remains": MOST}, "999999999999.99"),
    "the most, one piece delivered": (
        {"charge": NINES, "quantity": MOST, "remains": MOST - 1, "currency": "CLF"},
        "999999999999.9989",
    ),
    "the most, in thirds": (
        {"charge": NINES, "quantity": MOST - 1, "remains": (MOST - 1) // 3, "currency": "KWD"},
        "333333333333.333",
    ),
    "a charge of very many figures": (
        {"charge": Decimal("0." + "9" * 90), "quantity": 10**60, "remains": 10**60 - 1},
        "0.99",
    ),
    "a charge with an exponent": ({"charge": Decimal("1E+5"), "remains": 1000}, "100000.00"),
}
MISSING: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "no charge": ({"charge": None}, ("charge",)),
    "a charge below zero": ({"charge": Decimal("-0.01")}, ("charge",)),
    "a charge that is no number": ({"charge": Decimal("NaN")}, ("charge",)),
    "a charge that signals it is no number": ({"charge": Decimal("sNaN")}, ("charge",)),
    "a charge without end": ({"charge": Decimal("Infinity")}, ("charge",)),
    "a charge below all": ({"charge": Decimal("-Infinity")}, ("charge",)),
    "a charge beyond all measure": ({"charge": Decimal("1E+999999")}, ("charge",)),
    "a charge too small to be one": ({"charge": Decimal("1E-999999")}, ("charge",)),
    "no quantity": ({"quantity": None}, ("quantity",)),
    "a quantity of nothing": ({"quantity": 0}, ("quantity",)),
    "a quantity below nothing": ({"quantity": -1000}, ("quantity",)),
    "no remains": ({"remains": None}, ("remains",)),
    "no currency": ({"currency": None}, ("currency",)),
    "an empty currency": ({"currency": ""}, ("currency",)),
    "the money": ({"currency": None, "charge": None}, ("charge", "currency")),
    "the pieces": ({"remains": None, "quantity": 0}, ("quantity", "remains")),
    "everything": (dict.fromkeys(ORDER), ("charge", "quantity", "remains", "currency")),
}

amounts = st.decimals(min_value=0, max_value=NINES, places=8)
currencies = st.sampled_from(["USD", "UAH", "JPY", "KWD", "CLF", "USDT"])
quantities = st.integers(1, MOST) | st.integers(1, 20)
orders = st.fixed_dictionaries(
    {
        "charge": amounts | st.decimals(min_value=0, max_value=10, places=2),
        "quantity": quantities,
        "remains": quantities | st.integers(-5, 20),
        "currency": currencies,
        "credited": st.just(Decimal(0)) | amounts | st.decimals(min_value=0, max_value=10, places=2),
    }
)


def amount(**order: Any) -> Decimal:
    """Return what an order's credit amounts to, which must be computable."""
    found = credit(**order)
    assert found.missing == ()
    assert isinstance(found.amount, Decimal)
    return found.amount


def left(order: dict[str, Any]) -> Fraction:
    """Return the exact worth of what was not delivered."""
    undelivered = min(max(order["remains"], 0), order["quantity"])
    return Fraction(order["charge"]) * Fraction(undelivered, order["quantity"])


@pytest.mark.parametrize(("changes", "worth"), WORTH.values(), ids=WORTH)
def test_a_credit_is_what_remained_of_the_charge_rounded_down(changes: dict[str, Any], worth: str) -> None:
    found = amount(**{**ORDER, **changes})
    assert str(found) == worth


@pytest.mark.parametrize(("changes", "missing"), MISSING.values(), ids=MISSING)
def test_a_credit_that_cannot_be_computed_names_what_is_missing(
    changes: dict[str, Any], missing: tuple[str, ...]
) -> None:
    assert credit(**{**ORDER, **changes}) == Credit(amount=None, missing=missing)


@pytest.mark.parametrize(
    ("currency", "unit"),
    [
        ("USD", "0.01"),
        ("EUR", "0.01"),
        ("JPY", "1"),
        ("KRW", "1"),
        ("BHD", "0.001"),
        ("UYW", "0.0001"),
        ("uah", "0.01"),
    ],
)
def test_a_currency_has_its_smallest_unit(currency: str, unit: str) -> None:
    assert str(smallest_unit(currency)) == unit


def test_no_currency_stands_in_the_table_twice_and_two_digits_are_not_named() -> None:
    codes = [code for codes in MINOR_DIGITS.values() for code in codes.split()]
    assert len(codes) == len(set(codes))
    assert all(len(code) == 3 and code.isupper() for code in codes)
    assert 2 not in MINOR_DIGITS


@given(orders)
def test_a_credit_is_never_below_zero_and_never_above_the_charge(order: dict[str, Any]) -> None:
    assert 0 <= amount(**order) <= order["charge"]


@given(orders)
def test_all_that_is_credited_is_never_above_what_was_left(order: dict[str, Any]) -> None:
    found = amount(**order)
    if found > 0:
        assert Fraction(found) + Fraction(order["credited"]) <= left(order)


@given(orders)
def test_a_credit_is_less_than_one_unit_below_the_exact_value(order: dict[str, Any]) -> None:
    unit = Fraction(smallest_unit(order["currency"]))
    exact = max(left(order) - Fraction(order["credited"]), Fraction(0))
    assert 0 <= exact - Fraction(amount(**order)) < unit


@given(orders)
def test_a_credit_is_whole_in_the_smallest_unit_and_written_with_its_digits(order: dict[str, Any]) -> None:
    found, unit = amount(**order), smallest_unit(order["currency"])
    assert (Fraction(found) / Fraction(unit)).denominator == 1
    assert found.as_tuple().exponent == unit.as_tuple().exponent
    assert not found.is_signed()


@given(orders, st.integers(-5, MOST))
def test_the_more_remains_the_more_is_credited(order: dict[str, Any], other: int) -> None:
    fewer, more = sorted((order["remains"], other))
    assert amount(**{**order, "remains": fewer}) <= amount(**{**order, "remains": more})


@given(orders)
def test_what_was_credited_once_is_not_credited_again(order: dict[str, Any]) -> None:
    first = amount(**{**order, "credited": Decimal(0)})
    assert amount(**{**order, "credited": first}) == 0


@given(
    orders,
    st.integers(1, 60),
    st.sampled_from([ROUND_UP, ROUND_CEILING, ROUND_HALF_EVEN, ROUND_DOWN]),
    st.lists(st.sampled_from([Inexact, Rounded]), unique=True),
)
def test_a_credit_is_the_same_in_any_decimal_context(
    order: dict[str, Any], prec: int, rounding: str, traps: list[Any]
) -> None:
    expected = credit(**order)
    narrow = Context(prec=prec, rounding=rounding, Emin=-3, Emax=3, clamp=1, traps=traps)
    with localcontext(narrow):
        found = credit(**order)
        assert not any(getcontext().flags.values())
    assert (str(found.amount), found.missing) == (str(expected.amount), expected.missing)
