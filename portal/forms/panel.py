"""The forms of staff about the panel: cancellations, amounts, credits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Field, Form, ValidationError
from wtforms.validators import Optional

from portal.forms.fields import Characters, Says, line, lines
from portal.forms.labels import AMOUNTS
from portal.forms.staff import LONGEST_TEXT, SeenForm
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _l

AMOUNT = re.compile(r"[0-9]{1,12}([.,][0-9]{1,8})?")
THOUSANDS = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
"""Whole thousands to one reader, and a few units with a fraction to another."""
COUNT = re.compile(r"[0-9]{1,15}")
CURRENCY = re.compile(r"[A-Za-z]{3,5}")


class CancelForm(SeenForm):
    """Send a cancellation; where the panel may have one of the order already, only if that is said."""

    again = BooleanField(_l("The panel may have a cancellation of this order already. Send it once more"))


def _amount(form: Form, field: Field) -> None:
    if field.data and not AMOUNT.fullmatch(_plain(field)):
        raise ValidationError(_l("Write an amount in figures, such as 0.27"))
    if field.data and THOUSANDS.fullmatch(field.data.strip()):
        raise ValidationError(_l("Write 1000 or 1.000: a comma here can mean either"))


def _count(form: Form, field: Field) -> None:
    if field.data and not COUNT.fullmatch(_plain(field)):
        raise ValidationError(_l("Write a whole number in figures, such as 1000"))


def _currency(form: Form, field: Field) -> None:
    if field.data and not CURRENCY.fullmatch(field.data):
        raise ValidationError(_l("Write the code of the currency, such as USD"))


class AmountsForm(SeenForm):
    """What staff know of an order's amounts; what is left empty stays as it is."""

    charge = line(AMOUNTS["charge"], Characters(30), _amount, Optional(), hint=_l("What was paid for the whole order."))
    currency = line(AMOUNTS["currency"], Characters(5), _currency, Optional())
    quantity = line(AMOUNTS["quantity"], Characters(20), _count, Optional(), hint=_l("How many were ordered."))
    remains = line(AMOUNTS["remains"], Characters(20), _count, Optional(), hint=_l("How many were not delivered."))

    def validate(self, *args: Any, **more: Any) -> bool:
        """Require one amount at the least."""
        valid: bool = super().validate(*args, **more)
        if valid and not any(field.data for field in (self.charge, self.currency, self.quantity, self.remains)):
            self.charge.errors = [_l("Write at least one of the four")]
            return False
        return valid

    @property
    def amounts(self) -> dict[str, Any]:
        """What was typed."""
        return {
            "charge": Decimal(_plain(self.charge)) if self.charge.data else None,
            "currency": self.currency.data.upper() or None,
            "quantity": int(_plain(self.quantity)) if self.quantity.data else None,
            "remains": int(_plain(self.remains)) if self.remains.data else None,
        }


class CreditForm(SeenForm):
    """What was credited to the customer's balance; `most` is what the order cost, and in which currency."""

    amount = line(_l("Amount credited"), Says(_l("Write the amount that was credited")), Characters(30), _amount)
    currency = line(AMOUNTS["currency"], Says(_l("Write the code of the currency, such as USD")), _currency)
    text = lines(_l("What the customer reads (optional)"), Characters(LONGEST_TEXT))

    def __init__(self, most: tuple[Decimal, str] | None, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.most = most

    def validate_amount(self, field: Field) -> None:
        """Require more than nothing, and no more than was paid."""
        if not AMOUNT.fullmatch(_plain(field)):
            return
        paid = Decimal(_plain(field))
        if paid == 0:
            raise ValidationError(_l("Write an amount above zero"))
        if self.most and self.most[1] == self.code and paid > self.most[0]:
            raise ValidationError(_l("The order cost less than that: look at the amount again"))

    def validate_currency(self, field: Field) -> None:
        """Require the currency in which the order was paid, where that is known."""
        if self.most and self.code and self.most[1] != self.code:
            raise ValidationError(gettext("The order was paid in %(currency)s", currency=self.most[1]))

    @property
    def code(self) -> str:
        """The currency's code."""
        return str(self.currency.data).upper()

    @property
    def paid(self) -> Decimal:
        """The amount."""
        return Decimal(_plain(self.amount))


def _plain(field: Field) -> str:
    """Return figures as a program reads them: a point for a comma, no spaces between thousands."""
    return re.sub(r"\s", "", field.data or "").replace(",", ".")
