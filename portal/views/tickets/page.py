"""A ticket's page: opened by its secret link, and followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import evidence, outbox, tickets
from portal.clock import now
from portal.filing import order_key
from portal.forms import EmailForm, MessageForm, WithdrawForm
from portal.headers import PICTURE_POLICY
from portal.policy import BY_CUSTOMER, OPEN, State
from portal.text import masked
from portal.views.here import browser, link, portal
from portal.views.tickets.access import grant, opened, renew
from portal.views.tickets.attempt import new_submission
from portal.views.tickets.blueprint import bp
from portal.views.tickets.handed import handed
from portal.views.tickets.pictures import Kept, sent_files
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
    browser()
    return renew(show(found, 200), reference)


@bp.get("/<language:language>/tickets/<reference>/filed")
def confirmation(language: str, reference: str) -> AnyResponse:
    """Confirm what was filed, with the secret link."""
    found = opened(reference)
    if found is None:
        return closed()
    secret = link("tickets.open_link", token=tickets.link_token(found, portal().keys))
    body = render_template("tickets/filed.html", story=story(found), link=secret, mails=_mails(found))
    return renew(make_response(body), reference)


@bp.get("/<language:language>/tickets/<reference>/pictures/<int:picture>")
def picture(language: str, reference: str, picture: int) -> Response:
    """Answer with a screenshot of the ticket."""
    found = opened(reference)
    content = evidence.of_ticket(found.id, picture, portal().files) if found else None
    if content is None:
        abort(404)
    return picture_response(content)


def picture_response(content: bytes) -> Response:
    """Return a stored screenshot as an answer that can do nothing but be looked at."""
    response = Response(content, content_type="image/webp")
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response


def closed() -> Response:
    """Return the page for a ticket whose link was not opened here, or that does not exist: nobody can tell which.

    What was typed on it stands there again, to be copied.
    """
    typed = [request.form[name] for name in ("text", "email") if request.form.get(name)]
    return make_response(render_template("tickets/closed.html", typed=typed), 403)


def show(
    found: Any,
    status: int,
    posted: Mapping[str, Any] | None = None,
    *,
    fault: tuple[str, str] | None = None,
    kept: Sequence[Kept] = (),
) -> Response:
    """Return the page of a ticket: its forms untouched, but those that were posted and what is wrong with them."""
    forms = _forms(found) | dict(posted or {})
    if "withdraw" in forms:
        forms["withdraw"].seen.data = str(found.version)
    this = handed()
    body = render_template(
        "tickets/ticket.html",
        story=story(found),
        forms=forms,
        posted=next(iter((posted or {}).values()), None),
        fault=fault,
        kept=kept,
        lost=len(request.form.getlist("kept")) + len(sent_files()) > len(kept),
        handed=this.name if this.told and order_key(this.told.order_id) == found.order_key else None,
        ended=found.state not in OPEN,
        mails=_mails(found),
    )
    return make_response(body, status)


def _forms(found: Any) -> dict[str, Any]:
    """Return what the customer can do with a ticket as it is."""
    forms: dict[str, Any] = {"email": EmailForm(formdata=None)}
    if found.state in OPEN:
        forms["message"] = MessageForm(formdata=None, data={"submission": new_submission(now())})
    if State.WITHDRAWN in BY_CUSTOMER.get(found.state, ()):
        forms["withdraw"] = WithdrawForm(formdata=None)
    return forms


@dataclass(frozen=True, kw_only=True)
class Mails:
    """Whether the customer is told of a ticket by mail, and where (masked; "" where no address is known)."""

    on: bool
    address: str
    refused: bool


def _mails(found: Any) -> Mails:
    email = found.email or ""
    return Mails(
        on=bool(email) and found.mails_off_at is None,
        address=masked(email) if email else "",
        refused=bool(email) and outbox.refused(found.id, email),
    )
