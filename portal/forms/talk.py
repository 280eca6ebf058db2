"""What a customer does with a filed ticket: answer, say where mails go, withdraw, ask for the link again."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from portal.forms.base import PortalForm
from portal.forms.fields import Characters, Says, email, line, lines, pictures, version
from portal.forms.ticket import one_order
from portal.i18n import lazy_gettext as _l

LONGEST_MESSAGE = 2000


class MessageForm(PortalForm):
    """What the customer writes to staff."""

    text = lines(
        _l("Your message to staff"),
        Says(_l("Write your message")),
        Characters(LONGEST_MESSAGE),
        hint=_l("Up to 2,000 characters. Never send a password or a code."),
    )
    screenshots = pictures()
    submission = HiddenField()


class EmailForm(PortalForm):
    """Where the customer is told of the ticket."""

    email = email(_l("E-mail"), Says(_l("Enter the e-mail address to write to")))


class LinkForm(PortalForm):
    """What names a ticket whose link was lost."""

    order_id = line(_l("Order ID"), Says(_l("Enter the order ID, for example 1048576")), Characters(500), one_order)
    email = email(
        _l("E-mail"),
        Says(_l("Enter the e-mail address that you gave with the request")),
        hint=_l("The address that you gave with the request."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.order_id.data = (self.order_id.data or "").lstrip("# ")


class WithdrawForm(PortalForm):
    """Withdraw a ticket in the version that the customer saw."""

    seen = HiddenField()
    sure = BooleanField(
        _l("Yes, withdraw my request"), [InputRequired(_l("Tick the box if you want to withdraw the request"))]
    )

    @property
    def version(self) -> int:
        """The version that was seen."""
        return version(self.seen)
