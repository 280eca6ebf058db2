"""The form by which a customer files a ticket."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form, HiddenField, StringField, ValidationError
from wtforms.validators import InputRequired

from portal.filing import (
    LONGEST_LINK,
    LONGEST_REASON,
    LONGEST_REFERENCE,
    LONGEST_SERVICE_NAME,
    SHORTEST_REASON,
    Filing,
    Problem,
    Told,
)
from portal.forms.eligibility import EligibilityForm
from portal.forms.fields import Characters, Chosen, Says, choice, email, line, lines, pictures
from portal.i18n import lazy_gettext as _l
from portal.patterns import LINK, ORDER_ID

AN_ORDER_ID = re.compile(ORDER_ID)
BETWEEN_ORDERS = re.compile(r"[\s,;#]+")
A_LINK = re.compile(LINK)


def one_order(form: Form, field: Field) -> None:
    """Refuse what is not one order ID."""
    several = BETWEEN_ORDERS.split(field.data)
    if len(several) > 1 and all(map(AN_ORDER_ID.fullmatch, several)):
        raise ValidationError(_l("Enter one order a request. For another order, send another request"))
    if not AN_ORDER_ID.fullmatch(field.data):
        raise ValidationError(
            _l("Enter the order ID as the panel shows it: up to 40 Latin letters, figures, “-” or “_”")
        )


def _link(form: Form, field: Field) -> None:
    if not A_LINK.fullmatch(field.data):
        raise ValidationError(
            _l("Enter the link that you submitted, for example https://example.com/page, example.com/page or @name")
        )


class TicketForm(EligibilityForm):
    """The whole filing; a subclass of what decides, so that preview and form cannot disagree."""

    order_id = line(
        _l("Order ID"),
        Says(_l("Enter the order ID, for example 1048576")),
        Characters(500),
        one_order,
        hint=_l("The number of the order in the panel’s list of orders. One order a request."),
    )
    service_name = line(
        _l("Service name"),
        Says(_l("Enter the name of the service that you ordered")),
        Characters(LONGEST_SERVICE_NAME),
        hint=_l("As the order shows it."),
    )
    link = line(
        _l("Submitted link"),
        Says(_l("Enter the link that you submitted with the order")),
        Characters(LONGEST_LINK),
        _link,
        hint=_l("The link or the @name that you gave with the order. We do not open it."),
    )
    problem = choice(_l("What went wrong?"), Problem, Chosen(_l("Choose what went wrong")))
    reason = lines(
        _l("Why do you ask to cancel?"),
        Says(_l("Write why you ask to cancel")),
        Characters(LONGEST_REASON, least=SHORTEST_REASON),
        hint=_l("In your own words, 10 to 2,000 characters. Never send a password or a code."),
    )
    reference = line(
        _l("Reference (optional)"),
        Characters(LONGEST_REFERENCE),
        hint=_l(
            "A number of a payment or of an earlier talk with support, or anything else that helps to find the order."
        ),
    )
    screenshots = pictures()
    email = email(
        _l("E-mail (optional)"),
        hint=_l("We write there when something happens to the request, and can send you its link again."),
    )
    understood = BooleanField(
        _l("I understand that a review guarantees no cancellation"),
        [InputRequired(_l("Confirm that a review guarantees no cancellation"))],
    )
    keep_target = BooleanField(
        _l("I will not change or delete what the link leads to until the answer comes"),
        [InputRequired(_l("Confirm that you will leave the link’s target as it is until the answer"))],
    )
    submission = HiddenField()
    website = StringField(_l("Leave this field empty"))

    def __init__(self, *args: Any, told: Told | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.told = told
        for field in self.given():
            field.process(MultiDict({field.name: getattr(told, field.name)}))
        self.order_id.data = (self.order_id.data or "").lstrip("# ")

    def given(self) -> list[Field]:
        """Return the fields that the main site filled in: whatever was typed or forged there does not count."""
        return [self[name] for name in self.told.names() if name in self] if self.told else []

    def filing(self) -> Filing:
        """Return what was typed, once it is valid."""
        facts = self.facts
        assert facts is not None
        return Filing(
            order_id=self.order_id.data,
            service_name=self.service_name.data,
            link=self.link.data,
            status=facts.status,
            problem=self.problem.data,
            link_changed=facts.link_changed,
            duplicate_order=facts.duplicate_order,
            reason=self.reason.data,
            reference=self.reference.data or "",
            email=self.email.data or "",
            told=self.told,
        )
