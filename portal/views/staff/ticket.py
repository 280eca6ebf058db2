"""One ticket for staff: what is claimed, what is known, what the policy says, and what can be done.

Each thing that can be done is an `Action`: a form and the call it makes. A refused one
comes back with the page, and with all that was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import Response, abort, g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import evidence, tickets
from portal.clock import now
from portal.errors import stale_words
from portal.forms import AnswerForm, FactsForm, MoveForm, NoteForm, ReopenForm, SeenForm
from portal.forms.labels import STATES
from portal.i18n import gettext
from portal.policy import BY_STAFF, State
from portal.views.here import portal, words
from portal.views.said import said
from portal.views.staff.door import bp
from portal.views.staff.history import history, latest_facts
from portal.views.tickets.attempt import token_stale
from portal.views.tickets.page import picture_response

OUTCOMES = (State.CANCEL_SENT, State.CANCELED, State.PARTLY_CANCELED, State.NOT_CANCELED, State.CREDITED)
"""The states that staff record as they see them on the panel."""

Fault = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Action:
    """What can be done with a ticket: the form, given the ticket, and the call, given the form and the version seen."""

    form: Callable[[Any], Any]
    do: Callable[[str, Any, int], Any]


ACTIONS: Mapping[str, Action] = {
    "take": Action(
        form=lambda _: SeenForm(), do=lambda reference, form, seen: tickets.take(reference, g.staff, seen, now())
    ),
    "give-back": Action(
        form=lambda _: SeenForm(), do=lambda reference, form, seen: tickets.give_back(reference, g.staff, seen, now())
    ),
    "note": Action(
        form=lambda _: NoteForm(),
        do=lambda reference, form, seen: tickets.add_note(reference, g.staff, form.note.data, seen, now()),
    ),
    "facts": Action(
        form=lambda ticket: FactsForm(words(), latest_facts(ticket)),
        do=lambda reference, form, seen: tickets.record_facts(
            reference, g.staff, form.facts, portal().content.policy, seen, now()
        ),
    ),
    "answer": Action(
        form=lambda ticket: AnswerForm(words(), proven=ticket.proven),
        do=lambda reference, form, seen: tickets.answer(
            reference,
            g.staff,
            tickets.Answer(
                verdict=form.verdict.data,
                text=form.text.data,
                clause=form.clause.data,
                matched_by=form.matched_by.data,
            ),
            portal().content.policy,
            seen,
            now(),
        ),
    ),
    "move": Action(
        form=lambda ticket: MoveForm(_outcomes(ticket)),
        do=lambda reference, form, seen: tickets.move(reference, g.staff, form.state.data, form.text.data, seen, now()),
    ),
    "reopen": Action(
        form=lambda _: ReopenForm(),
        do=lambda reference, form, seen: tickets.reopen(reference, g.staff, form.reason.data, seen, now()),
    ),
}


@bp.get("/tickets/<reference>")
def ticket(reference: str) -> Response:
    """Show a ticket."""
    return _page(_found(reference), {}, 200)


@bp.post("/tickets/<reference>/<action>")
def act(reference: str, action: str) -> AnyResponse:
    """Do one thing with a ticket; or show what to mend, or what a colleague did meanwhile."""
    found = _found(reference)
    if action not in ACTIONS:
        abort(404)
    form = ACTIONS[action].form(found)
    if token_stale():
        return _page(found, {action: form}, 400, fault=stale_words())
    if not form.validate():
        return _page(found, {action: form}, 422)
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() else -1
    try:
        ACTIONS[action].do(reference, form, seen)
    except tickets.Conflict as conflict:
        since = [line for line in history(_found(reference)) if line.number in {e.number for e in conflict.since}]
        return _page(_found(reference), {action: form}, 409, fault=_conflict_words(), since=since)
    except (tickets.Refused, tickets.AnotherOpen, tickets.NotMatched) as refusal:
        return _page(_found(reference), {action: form}, 409, fault=_refusal_words(refusal))
    return redirect(url_for(".ticket", reference=reference), 303)


@bp.get("/tickets/<reference>/pictures/<int:picture>")
def picture(reference: str, picture: int) -> Response:
    """Answer with a screenshot of the ticket."""
    stored = evidence.of_ticket(_found(reference).id, picture)
    if stored is None:
        abort(404)
    return picture_response(stored)


def _found(reference: str) -> Any:
    found = tickets.by_reference(reference)
    if found is None:
        abort(404)
    return found


def _page(
    found: Any, posted: Mapping[str, Any], status: int, *, fault: Fault | None = None, since: Any = ()
) -> Response:
    forms = {name: ACTIONS[name].form(found) for name in _possible(found)} | dict(posted)
    for form in forms.values():
        form.seen.data = str(found.version)
    body = render_template(
        "staff/ticket.html",
        ticket=found,
        forms=forms,
        posted=next(iter(posted.values()), None),
        state=STATES[found.state],
        claims=[said(event) for event in found.events if event.filing],
        readings=_readings(found),
        history=history(found),
        related=tickets.of_order_or_filer(found),
        states=STATES,
        mine=found.holder_id == g.staff.id,
        fault=fault,
        since=since,
        now=now(),
    )
    return make_response(body, status)


def _readings(found: Any) -> list[Any]:
    """Return what staff recorded of the panel, each beside the facts stated before it."""
    stating = [event for event in found.events if event.facts]
    return [said(event, before.facts) for before, event in pairwise(stating) if not event.filing]


def _possible(found: Any) -> list[str]:
    """Return what can be done with a ticket as it is, in the order of the page."""
    to = BY_STAFF.get(found.state, ())
    held = found.state is State.IN_REVIEW
    possible = {
        "take": (held and found.holder_id != g.staff.id) or found.state in (State.RECEIVED, State.WAITING_FOR_CUSTOMER),
        "give-back": held,
        "facts": True,
        "note": True,
        "answer": held or found.state in (State.RECEIVED, State.WAITING_FOR_CUSTOMER),
        "move": bool(_outcomes(found)),
        "reopen": State.IN_REVIEW in to and found.state not in (State.RECEIVED, State.WAITING_FOR_CUSTOMER),
    }
    return [name for name, may in possible.items() if may]


def _outcomes(found: Any) -> tuple[State, ...]:
    return tuple(state for state in BY_STAFF.get(found.state, ()) if state in OUTCOMES)


def _conflict_words() -> Fault:
    return (
        gettext("This request changed while you had it open"),
        gettext(
            "Nothing of yours was stored, and what you typed is still below. "
            "Look at what happened, then send it again or leave it."
        ),
    )


def _refusal_words(refusal: Exception) -> Fault:
    if isinstance(refusal, tickets.AnotherOpen):
        return (
            gettext("The filer has another open request for this order"),
            gettext("Work on that one: it stands under “Other requests”."),
        )
    return (
        gettext("This cannot be done in the request’s present state"),
        gettext("Look at the state above; what you typed is still below."),
    )
