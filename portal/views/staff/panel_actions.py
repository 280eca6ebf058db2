"""What staff can do with the panel about a ticket: ask it, have it cancel, say what was paid and credited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
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


def _most(ticket: Any) -> tuple[Decimal, str] | None:
    """Return what the order cost, where that is known."""
    working = tickets.working_of(ticket)
    whole = working.charge.source and working.currency.source
    return (working.charge.value, working.currency.value) if whole else None


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
        form=lambda ticket, **more: CreditForm(_most(ticket), data=_recommended(ticket), **more),
        do=lambda reference, form, seen: tickets.record_credit(
            reference, g.staff, tickets.Paid(amount=form.paid, currency=form.code), form.text.data, seen, now()
        ),
    ),
}


def _recommended(ticket: Any) -> dict[str, Any]:
    """Return the amount that may be credited, for the form to begin with."""
    working = tickets.working_of(ticket)
    amount = working.credit.amount
    return {"amount": f"{amount:f}" if amount else "", "currency": working.currency.value or ""}


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
