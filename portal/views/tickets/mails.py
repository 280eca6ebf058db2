"""By mail: the lost link asked for again, and mails about a ticket turned off and on by a link in each."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import limits, outbox, tickets
from portal.clock import now
from portal.errors import stale_words
from portal.extensions import db
from portal.filing import order_key
from portal.forms import LinkForm
from portal.keys import random_token
from portal.views.here import address, count, email_key, portal
from portal.views.tickets import form_words
from portal.views.tickets.attempt import token_fault
from portal.views.tickets.blueprint import bp

PAIR = "links_email"
"""What is limited of one order and address: nobody can use up another's."""
ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program posts, without a person seeing the page (RFC 8058)."""


@bp.get("/<language:language>/tickets/link")
def lost_link(language: str) -> str:
    """Show the form that asks for a ticket's link again."""
    _refuse_without_mails()
    return render_template("tickets/link.html", form=LinkForm(formdata=None), fault=None)


@bp.post("/<language:language>/tickets/link")
def ask_for_link(language: str) -> AnyResponse:
    """Have the link sent, if there is such a ticket; the answer is the same where there is none."""
    _refuse_without_mails()
    form = LinkForm()
    if fault := token_fault():
        return _link_page(form, 400, stale_words(fault, below=True))
    if not form.validate():
        return _link_page(form, 422)
    at, email = now(), form.email.data
    try:
        count("links_address", address(), at)
        count(PAIR, email_key(f"{order_key(form.order_id.data)} {email}"), at)
    except limits.TooMany as refusal:
        db.session.rollback()
        if refusal.what == PAIR:  # it was sent so often that it is there; who asks learns nothing of it
            return redirect(url_for(".link_asked", language=language), 303)
        response = _link_page(form, 429, form_words.limit(refusal.minutes, refusal.what))
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    outbox.ask_for_link(random_token(), form.order_id.data, email, at)
    db.session.commit()
    return redirect(url_for(".link_asked", language=language), 303)


@bp.get("/<language:language>/tickets/link/asked")
def link_asked(language: str) -> str:
    """Say what happens now, whether or not there is such a ticket."""
    return render_template("tickets/link_asked.html")


@bp.get("/<language:language>/mails/<token>")
def mails(language: str, token: str) -> str:
    """Show whether mails about a ticket are on, and the button that turns them."""
    return _mails_page(_of_mail(token), token)


@bp.post("/<language:language>/mails/<token>")
def turn(language: str, token: str) -> AnyResponse:
    """Turn the mails about a ticket off, or on again."""
    found, on = _of_mail(token), "on" in request.form
    if on:  # off is never refused; and nothing is written by turning off what is off
        try:
            count("messages_ticket", found.reference, now())
        except limits.TooMany:
            db.session.rollback()
            abort(429)
    tickets.turn_mails(found.reference, now(), on=on)
    if request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        return make_response(_mails_page(tickets.by_reference(found.reference), token))
    return redirect(url_for(".mails", language=language, token=token), 303)


def _refuse_without_mails() -> None:
    """Answer that there is no such page where no mail can be sent: none is promised."""
    if not portal().settings.mails:
        abort(404)


def _of_mail(token: str) -> Any:
    found = tickets.by_mails_token(token, portal().keys)
    if found is None:
        abort(404)
    return found


def _mails_page(found: Any, token: str) -> str:
    return render_template("tickets/mails.html", reference=found.reference, on=found.mails_off_at is None, token=token)


def _link_page(form: LinkForm, status: int, fault: tuple[str, str] | None = None) -> Response:
    return make_response(render_template("tickets/link.html", form=form, fault=fault), status)
