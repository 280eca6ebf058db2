"""One ticket for staff: what is claimed, what is known, what the policy says, and what can be done.

A thing that is refused comes back with the page, and with all that was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from flask import Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import evidence, outbox, tickets
from portal.clock import now
from portal.errors import stale_words
from portal.events import EventKind
from portal.forms import PreparedForm
from portal.forms.labels import STATES
from portal.i18n import gettext
from portal.policy import Circumstance
from portal.views.here import link, portal
from portal.views.said import said
from portal.views.staff.actions import ACTIONS, filled, possible
from portal.views.staff.cleared import cleared_page
from portal.views.staff.door import bp
from portal.views.staff.faults import Fault, conflict, heeded, refusal
from portal.views.staff.history import history
from portal.views.staff.notice_words import unsent_rows
from portal.views.staff.panel_words import panel_words
from portal.views.staff.preview import preview
from portal.views.tickets.attempt import token_fault
from portal.views.tickets.page import picture_response


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
    if fault := token_fault():
        return _page(found, {action: form}, 400, fault=stale_words(fault, below=True))
    if "look" in request.form:
        return _looked_at(found, action, form)
    if ACTIONS[action].changes and form.version != found.version:
        return _moved_on(found, action, form)
    if not form.validate():
        return _page(found, {action: form}, 422)
    try:
        done = ACTIONS[action].do(reference, form, form.version)
    except tickets.Conflict:
        return _moved_on(_found(reference), action, form)
    except (tickets.Refused, tickets.NotMatched):
        return _page(_found(reference), {action: form}, 409, fault=refusal())
    except (tickets.Stale, tickets.TooOld, tickets.AskedBefore, tickets.CreditedBefore) as fault:
        status = heeded(fault, found, form)
        return _page(_found(reference), {action: form}, status, held=status == 200)
    if done.reference != reference:
        flash(gettext("The filer has this other open request for the order. What you wrote is a note on it now."))
    return redirect(url_for(".ticket", reference=done.reference), 303)


@bp.get("/tickets/<reference>/panel")
def panel_part(reference: str) -> Response:
    """Answer with what the panel shows now, for the page that waits for it, and `seen` a version of the ticket."""
    found = _found(reference)
    moved = request.args.get("seen") != str(found.version)
    form = ACTIONS["answer"].form(found, formdata=None)
    body = render_template(
        "staff/panel_part.html",
        ticket=found,
        panel=panel_words(found, tickets.on_panel(found), now()),
        moved=moved,
        form=form,
        now=now(),
    )
    return make_response(body)


@bp.get("/tickets/<reference>/pictures/<int:picture>")
def picture(reference: str, picture: int) -> Response:
    """Answer with a screenshot of the ticket."""
    content = evidence.of_ticket(_found(reference).id, picture, portal().files)
    if content is None:
        abort(404)
    return picture_response(content)


def _found(reference: str) -> Any:
    """Return a ticket; of a cleared one, answer with what is left, whatever was asked."""
    found = tickets.by_reference(reference)
    if found is None:
        abort(404)
    if found.cleared_at:
        abort(cleared_page(found, 200 if request.method == "GET" else 409))
    return found


def _looked_at(found: Any, action: str, form: Any) -> Response:
    """Show the form with the prepared answer that was picked, or as the customer will read it; nothing is stored."""
    if not isinstance(form, PreparedForm):
        abort(404)
    if request.form["look"] == "reading":
        return _moved_on(found, action, form) if form.version != found.version else _page(found, {action: form}, 200)
    if request.form["look"] == "prepared":
        form.begin_with(filled(form.prepared.data, found))
        return _page(found, {action: form}, 200)
    if not form.validate():
        return _page(found, {action: form}, 422)
    return _page(found, {action: form}, 200, preview=preview(found, form, now()))


def _moved_on(found: Any, action: str, form: Any) -> Response:
    since = [line for line in history(found) if line.number > form.version]
    mine = bool(since) and all(event.staff_id == g.staff.id for event in found.events if event.number > form.version)
    return _page(found, {action: form}, 409, fault=conflict(mine=mine), since=since)


def _page(
    found: Any,
    posted: Mapping[str, Any],
    status: int,
    *,
    fault: Fault | None = None,
    since: Any = (),
    preview: Any = None,
    held: bool = False,
) -> Response:
    panel = tickets.on_panel(found)
    forms = {name: ACTIONS[name].form(found, formdata=None) for name in possible(found, panel)} | dict(posted)
    for name, form in forms.items():
        if name not in posted or status not in (200, 400):  # who looks on, or was away, is still told what changed
            form.seen.data = str(found.version)
    body = render_template(
        "staff/ticket.html",
        ticket=found,
        forms=forms,
        posted=next(iter(posted.values()), None),
        state=STATES[found.state],
        claims=[said(event, partial(_picture, found), whose=True) for event in found.events if event.filing],
        readings=_readings(found),
        panel=panel_words(found, panel, now()),
        history=history(found),
        new_link=_new_link(found),
        customer_language=_language_name(found.language),
        related=[(other, _relation(found, other)) for other in tickets.of_order_or_filer(found)],
        circumstances=[circumstance.value for circumstance in Circumstance],
        states=STATES,
        mine=found.holder_id == g.staff.id,
        fault=fault,
        since=since,
        preview=preview,
        held=held,
        unsent=unsent_rows(outbox.of_ticket(found.id)),
        customer_lang=found.language.replace("_", "-"),
        now=now(),
    )
    return make_response(body, status)


def _language_name(language: str) -> str:
    named = portal().content.words.get(language)
    return named.name if named else language


def _picture(found: Any, picture: int) -> str:
    return url_for(".picture", reference=found.reference, picture=picture)


def _relation(found: Any, other: Any) -> str:
    if other.order_key != found.order_key:
        return gettext("same filer, another order")
    return gettext("same order, same filer") if other.filer == found.filer else gettext("same order, another filer")


def _new_link(found: Any) -> str | None:
    """Return the secret link for who just made it anew, to pass on; nobody else is shown it."""
    last = found.events[-1]
    mine = last.kind is EventKind.LINK_REPLACED and last.staff_id == g.staff.id
    if not mine or not portal().keys.has(found.key_id):
        return None
    return link("tickets.open_link", token=tickets.link_token(found, portal().keys))


def _readings(found: Any) -> list[Any]:
    """Return what staff recorded of the panel, each beside the facts stated before it."""
    stating = [event for event in found.events if event.facts]
    return [(event, said(event, before=before.facts)) for before, event in pairwise(stating) if not event.filing]
