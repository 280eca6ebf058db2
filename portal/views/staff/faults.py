"""What staff are told where a thing cannot be done with a ticket."""

from __future__ import annotations

from typing import Any

from portal import tickets
from portal.clock import now
from portal.i18n import gettext
from portal.views.here import reads_panel

Fault = tuple[str, str]


def heeded(fault: Exception, found: Any, form: Any) -> int:
    """Have a form say what is to be mended, or the panel asked; return the status of the answer."""
    if isinstance(fault, tickets.Stale):
        if reads_panel() and not tickets.may_tell(tickets.on_panel(found), now(), reads=True):
            tickets.ask(found.order_id, now())
            return 200
        form.seen_status.errors = [gettext("Choose the status that the panel shows now")]
    elif isinstance(fault, tickets.TooOld):
        form.seen_at.errors = [gettext("That is not just now. Look at the panel again, and say what it shows")]
    elif isinstance(fault, tickets.AskedBefore):
        form.again.errors = [gettext("Tick this if it is to be sent once more")]
    elif isinstance(fault, tickets.CreditedBefore):
        said = gettext("This order has its one credit already, on request %(reference)s", reference=fault.reference)
        form.amount.errors = [said]
    return 422


def conflict(*, mine: bool) -> Fault:
    """Return the words for a ticket that changed since it was seen, by whoever sees it or by others."""
    if mine:
        return (
            gettext("You changed this request yourself since you opened the page"),
            gettext("See what was stored. What you typed is still below: send it only if it is not there yet."),
        )
    return (
        gettext("This request changed while you had it open"),
        gettext(
            "Nothing of yours was stored, and what you typed is still below. "
            "Look at what happened, then send it again or leave it."
        ),
    )


def refusal() -> Fault:
    """Return the words for what the ticket's state does not allow."""
    return (
        gettext("This cannot be done in the request’s present state"),
        gettext("Look at the state above; what you typed is still below."),
    )
