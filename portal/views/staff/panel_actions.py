"""What staff can do with the panel about a ticket: ask it, have it cancel, say what was paid and credited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g

from portal import tickets
from portal.cancellation import UNDER_WAY, CancelState
from portal.clock import now
from portal.forms import AmountsForm, CancelForm, CreditForm, SeenForm
from portal.policy import BY_STAFF, State
from portal.views.here import reads_panel
from portal.views.staff.action import Action


def _ask(reference: str, form: Any, seen: int) -> Any:
    _needs_panel()
    found: Any = tickets.by_reference(reference)
    tickets.ask(found.order_id, now())
    return found


def _cancel(reference: str, form: Any, seen: int) -> Any:
    _needs_panel()
    return tickets.ask_cancel(reference, g.staff, seen, now(), again=form.again.data)


def _needs_panel() -> None:
    """Raise `Refused` where the portal reads no panel: no worker would ask it or tell it anything."""
    if not reads_panel():
        raise tickets.Refused("the panel is worked by hand")


def _credit_form(ticket: Any, **more: Any) -> CreditForm:
    """Return the form of a credit: it begins with what may be credited, and knows what the order cost, if that is."""
    working = tickets.working_of(ticket)
    amount, currency = working.credit.amount, working.currency.value or ""
    begin = {"amount": f"{amount:f}" if amount else "", "currency": currency}
    most = (working.charge.value, currency) if working.charge.source and working.currency.source else None
    return CreditForm(most, data=begin, **more)


PANEL_ACTIONS: Mapping[str, Action] = {
    "read": Action(form=lambda _, **more: SeenForm(**more), do=_ask, changes=False),
    "cancel": Action(form=lambda _, **more: CancelForm(**more), do=_cancel),
    "call-back": Action(
        form=lambda _, **more: SeenForm(**more),
        do=lambda reference, form, seen: tickets.call_back(reference, g.staff, seen, now()),
    ),
    "amounts": Action(
        form=lambda _, **more: AmountsForm(**more),
        do=lambda reference, form, seen: tickets.record_amounts(
            reference, g.staff, tickets.Amounts(**form.amounts), seen, now()
        ),
    ),
    "credit": Action(
        form=_credit_form,
        do=lambda reference, form, seen: tickets.record_credit(
            reference, g.staff, tickets.Paid(amount=form.paid, currency=form.code), form.text.data, seen, now()
        ),
    ),
}


def possible_at_panel(found: Any, sent: Sequence[Any]) -> dict[str, bool]:
    """Return which of the things can be done with a ticket as it is, and with what was `sent` of its order before."""
    own = [row for row in sent if row.ticket_id == found.id]
    under_way = any(row.state in UNDER_WAY for row in sent)
    return {
        "read": reads_panel(),
        "cancel": reads_panel() and found.state is State.ACCEPTED and not under_way,
        "call-back": any(row.state is CancelState.WAITING for row in own),
        "amounts": True,
        "credit": State.CREDITED in BY_STAFF.get(found.state, ()),
    }
