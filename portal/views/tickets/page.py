"""A ticket's page: opened by its secret link, followed, withdrawn."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import evidence, tickets
from portal.clock import now
from portal.errors import stale_words
from portal.filing import order_key
from portal.forms import WithdrawForm
from portal.headers import PICTURE_POLICY
from portal.i18n import gettext
from portal.policy import BY_CUSTOMER, OPEN, State
from portal.views.here import portal
from portal.views.tickets.access import grant, opened, renew
from portal.views.tickets.attempt import token_fault
from portal.views.tickets.blueprint import bp
from portal.views.tickets.handed import handed
from portal.views.tickets.story import story


@bp.get("/t/<token>")
def open_link(token: str) -> AnyResponse:
    """Exchange the secret link for a cookie, so that the token leaves address bar, log and referrer."""
    ticket = tickets.by_token(token, portal().keys)
    if ticket is None:
        abort(404)
    language = ticket.language if ticket.language in portal().content.languages else portal().content.languages[0]
    return grant(
        redirect(url_for(".ticket", language=language, reference=ticket.reference), 303), ticket.reference, token
    )


@bp.get("/<language:language>/tickets/<reference>")
def ticket(language: str, reference: str) -> AnyResponse:
    """Show a ticket to whoever opened its link."""
    found = opened(reference)
    if found is None:
        return closed()
    return renew(_page(found, WithdrawForm(formdata=None), 200), reference)


@bp.get("/<language:language>/tickets/<reference>/filed")
def confirmation(language: str, reference: str) -> AnyResponse:
    """Confirm what was filed, with the secret link."""
    found = opened(reference)
    if found is None:
        return closed()
    link = portal().settings.public_url + url_for(".open_link", token=tickets.link_token(found, portal().keys))
    return renew(make_response(render_template("tickets/filed.html", story=story(found), link=link)), reference)


@bp.post("/<language:language>/tickets/<reference>/withdraw")
def withdraw(language: str, reference: str) -> AnyResponse:
    """Withdraw a ticket; or say what happened to it meanwhile."""
    found = opened(reference)
    if found is None:
        return closed()
    form = WithdrawForm()
    if fault := token_fault():
        return _page(found, form, 400, fault=stale_words(fault, below=True))
    if not form.validate():
        return _page(found, form, 422)
    try:
        tickets.withdraw(reference, form.version, now())
    except (tickets.Conflict, tickets.Refused):
        return _page(tickets.by_reference(reference), form, 409, fault=_moved_on_words())
    return redirect(url_for(".ticket", language=language, reference=reference), 303)


@bp.get("/<language:language>/tickets/<reference>/pictures/<int:picture>")
def picture(language: str, reference: str, picture: int) -> Response:
    """Answer with a screenshot of the ticket."""
    found = opened(reference)
    stored = evidence.of_ticket(found.id, picture) if found else None
    if stored is None:
        abort(404)
    return picture_response(stored)


def picture_response(stored: Any) -> Response:
    """Return a stored screenshot as an answer that can do nothing but be looked at."""
    response = Response(stored.content, content_type="image/webp")
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response


def closed() -> Response:
    """Return the page for a ticket whose link was not opened here, or that does not exist: nobody can tell which."""
    return make_response(render_template("tickets/closed.html"), 403)


def _page(found: Any, form: WithdrawForm, status: int, fault: tuple[str, str] | None = None) -> Response:
    form.seen.data = str(found.version)
    this = handed()
    can_withdraw = State.WITHDRAWN in BY_CUSTOMER.get(found.state, ())
    body = render_template(
        "tickets/ticket.html",
        story=story(found),
        form=form if can_withdraw else None,
        fault=fault,
        handed=this.name if this.told and order_key(this.told.order_id) == found.order_key else None,
        ended=found.state not in OPEN,
    )
    return make_response(body, status)


def _moved_on_words() -> tuple[str, str]:
    return (
        gettext("Your request changed while this page was open"),
        gettext("Nothing was withdrawn. Look at what is new, and decide again."),
    )
