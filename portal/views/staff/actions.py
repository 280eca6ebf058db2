"""What staff can do with a ticket: each thing a form, and the call that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, request

from portal import tickets
from portal.clock import now
from portal.forms import AnswerForm, FactsForm, MoveForm, NoteForm, ReopenForm, SeenForm, WriteForm
from portal.i18n import clock, first, language, last_showing
from portal.policy import BY_STAFF, State
from portal.views.here import portal, reads_panel, words
from portal.views.staff.action import Action
from portal.views.staff.panel_actions import PANEL_ACTIONS, possible_at_panel

OUTCOMES = (State.CANCEL_SENT, State.CANCELED, State.PARTLY_CANCELED, State.NOT_CANCELED)
"""The states that staff record as they see them on the panel."""


ACTIONS: Mapping[str, Action] = {
    "take": Action(
        form=lambda _, **more: SeenForm(**more),
        do=lambda reference, form, seen: tickets.take(reference, g.staff, seen, now()),
    ),
    "give-back": Action(
        form=lambda _, **more: SeenForm(**more),
        do=lambda reference, form, seen: tickets.give_back(reference, g.staff, seen, now()),
    ),
    "note": Action(
        form=lambda _, **more: NoteForm(**more),
        do=lambda reference, form, seen: tickets.add_note(reference, g.staff, form.note.data, seen, now()),
    ),
    "write": Action(
        form=lambda _, **more: WriteForm(prepared(), **more),
        do=lambda reference, form, seen: tickets.write_to_customer(reference, g.staff, form.text.data, seen, now()),
    ),
    "facts": Action(
        form=lambda ticket, **more: FactsForm(words(), tickets.known_of(ticket).facts, **more),
        do=lambda reference, form, seen: tickets.record_facts(
            reference, g.staff, form.facts, portal().content.policy, seen, now()
        ),
    ),
    "answer": Action(
        form=lambda ticket, **more: AnswerForm(
            words(), prepared(), proven=ticket.proven, data={"seen_at": clock(now())}, **more
        ),
        do=lambda reference, form, seen: tickets.answer(
            reference,
            g.staff,
            tickets.Answer(
                verdict=form.verdict.data,
                text=form.text.data,
                clause=form.clause.data,
                matched_by=form.matched_by.data,
                on=_seen(form),
            ),
            portal().content.policy,
            seen,
            now(),
            reads=reads_panel(),
        ),
    ),
    "move": Action(
        form=lambda ticket, **more: MoveForm(outcomes(ticket, None if more else request.form.get("state")), **more),
        do=lambda reference, form, seen: tickets.move(reference, g.staff, form.state.data, form.text.data, seen, now()),
    ),
    "link": Action(
        form=lambda _, **more: SeenForm(**more),
        do=lambda reference, form, seen: tickets.replace_link(reference, g.staff, portal().keys, seen, now()),
    ),
    **PANEL_ACTIONS,
    "reopen": Action(
        form=lambda _, **more: ReopenForm(**more),
        do=lambda reference, form, seen: tickets.reopen(reference, g.staff, form.reason.data, seen, now()),
    ),
}


def _seen(form: AnswerForm) -> tickets.Seen | None:
    """Return what whoever accepts says that they saw on the panel."""
    if form.seen_status.data is None or not form.accepts:
        return None
    at = now()
    seen_at = last_showing(form.seen_at.data, at) if form.seen_at.data else at
    return tickets.Seen(status=form.seen_status.data, at=seen_at)


def prepared() -> dict[str, str]:
    """Return the titles of the prepared answers, by id, in the language of whoever picks one."""
    return {id_: reply.title for id_, reply in portal().replies[language()].items()}


def filled(id_: str, ticket: Any) -> str:
    """Return a prepared answer for a ticket, in its customer's language; "" for none of this id."""
    replies = portal().replies
    reply = replies.get(ticket.language, replies[first()]).get(id_)
    stands_for = {
        "order": ticket.order_id,
        "service": ticket.service_name,
        "reference": ticket.reference,
        "shop": portal().settings.shop_name,
    }
    return reply.filled(stands_for) if reply else ""


def possible(found: Any, panel: tickets.OnPanel) -> list[str]:
    """Return what can be done with a ticket as it is, in the order of the page."""
    to = BY_STAFF.get(found.state, ())
    held, takeable = found.state is State.IN_REVIEW, found.state in tickets.TAKEABLE
    may_be = {
        "take": takeable and not (held and found.holder_id == g.staff.id),
        "give-back": held,
        "facts": True,
        "note": True,
        "write": True,
        "answer": takeable,
        "link": True,
        "move": bool(outcomes(found)),
        "reopen": State.IN_REVIEW in to and not takeable,
        **possible_at_panel(found, panel.cancellations),
    }
    return [name for name, may in may_be.items() if may]


def outcomes(found: Any, posted: str | None = None) -> tuple[State, ...]:
    """Return the outcomes that may come next, and the one posted, so that a late choice comes back as it was made."""
    may_come = [state for state in OUTCOMES if state in BY_STAFF.get(found.state, ())]
    return tuple(state for state in State if state in may_come or state == posted)
