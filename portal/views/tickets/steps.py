"""What a customer does with a filed ticket: writes to staff, says where mails go, withdraws it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from portal import evidence, limits, tickets
from portal.clock import now
from portal.errors import RETRY_SECONDS, stale_words
from portal.extensions import db
from portal.forms import EmailForm, MessageForm, WithdrawForm
from portal.i18n import gettext
from portal.views.here import browser, count, email_key
from portal.views.tickets import form_words
from portal.views.tickets.access import opened
from portal.views.tickets.attempt import message_try, token_fault
from portal.views.tickets.blueprint import bp
from portal.views.tickets.page import closed, show
from portal.views.tickets.pictures import (
    Kept,
    full_words,
    gone_words,
    keep_sent,
    kept_pictures,
    sent_files,
)

MESSAGES = "messages_ticket"


@bp.post("/<language:language>/tickets/<reference>/messages")
def write(language: str, reference: str) -> Response:
    """Add a message to staff; or show what to mend, with all that was typed."""
    found = opened(reference)
    if found is None:
        return closed()
    form, kept = MessageForm(), kept_pictures()
    this = message_try(form, reference)
    if (fault := token_fault()) or not this:
        return show(found, 400, {"message": form}, fault=stale_words(fault, below=True), kept=kept)
    try:
        return _written(found, form, this, kept, language)
    except evidence.Gone:
        db.session.rollback()
        form.screenshots.errors = [gone_words()]
        return show(found, 422, {"message": form}, kept=kept_pictures())
    except evidence.Full as full:
        db.session.rollback()
        form.screenshots.errors = [full_words(full.left)]
        return show(found, 422, {"message": form}, kept=kept)
    except tickets.Refused:
        return show(tickets.by_reference(reference), 409, {"message": form}, fault=_ended_words(), kept=kept)
    except limits.TooMany as refusal:
        db.session.rollback()
        if tickets.filed_before(this):  # by the first click of two, which was the last allowed
            return _to_ticket(language, reference)
        fault = form_words.limit(refusal.minutes, refusal.what)
        return _later(found, 429, {"message": form}, kept, fault, refusal.retry_after)
    except OperationalError:
        db.session.rollback()
        return _later(found, 503, {"message": form}, kept, form_words.unavailable(), RETRY_SECONDS)


@bp.post("/<language:language>/tickets/<reference>/email")
def set_email(language: str, reference: str) -> Response:
    """Set where the customer is told of the ticket, or turn the mails off or on."""
    found = opened(reference)
    if found is None:
        return closed()
    form, at = EmailForm(), now()
    if fault := token_fault():
        return show(found, 400, {"email": form}, fault=stale_words(fault, below=True))
    turned = "turn" in request.form
    if not turned and not form.validate():
        return show(found, 422, {"email": form})
    on = request.form.get("turn") == "on"
    try:
        if on or not turned:  # off is never refused; and nothing is written by turning off what is off
            count(MESSAGES, reference, at)
        if not turned:
            count("filings_email", email_key(form.email.data), at)
    except limits.TooMany as refusal:
        db.session.rollback()
        fault = form_words.limit(refusal.minutes, refusal.what)
        return _later(found, 429, {"email": form}, (), fault, refusal.retry_after)
    if turned:
        tickets.turn_mails(reference, at, on=on)
        flash(gettext("Mails about this request are on again.") if on else gettext("Mails about this request are off."))
    else:
        tickets.set_email(reference, form.email.data, at)
        flash(gettext("From now on we write to this address."))
    return _to_ticket(language, reference)


@bp.post("/<language:language>/tickets/<reference>/withdraw")
def withdraw(language: str, reference: str) -> Response:
    """Withdraw a ticket; or say what happened to it meanwhile."""
    found = opened(reference)
    if found is None:
        return closed()
    form = WithdrawForm()
    if fault := token_fault():
        return show(found, 400, {"withdraw": form}, fault=stale_words(fault, below=True))
    if not form.validate():
        return show(found, 422, {"withdraw": form})
    try:
        tickets.withdraw(reference, form.version, now())
    except (tickets.Conflict, tickets.Refused):
        return show(tickets.by_reference(reference), 409, {"withdraw": form}, fault=_moved_on_words())
    return _to_ticket(language, reference)


def _written(found: Any, form: MessageForm, this: str, kept: list[Kept], language: str) -> Response:
    if tickets.filed_before(this):
        return _to_ticket(language, found.reference)
    wrong = [gone_words()] if len(request.form.getlist("kept")) > len(kept) else []
    if sent_files():
        wrong += keep_sent(kept)
    valid = form.validate() and not wrong
    form.screenshots.errors = [*form.screenshots.errors, *wrong]
    if not valid:
        return show(found, 422, {"message": form}, kept=kept)
    at = now()
    count(MESSAGES, found.reference, at)
    tickets.write_to_staff(
        found.reference,
        form.text.data,
        pictures=[picture.id for picture in kept],
        browser=browser(),
        submission=this,
        at=at,
    )
    flash(gettext("Your message was sent to staff."))
    return _to_ticket(language, found.reference)


def _to_ticket(language: str, reference: str) -> Response:
    return redirect(url_for(".ticket", language=language, reference=reference), 303)


def _later(
    found: Any, status: int, posted: dict[str, Any], kept: Sequence[Kept], fault: tuple[str, str], retry_after: int
) -> Response:
    response = show(found, status, posted, fault=fault, kept=kept)
    response.headers["Retry-After"] = str(retry_after)
    return response


def _moved_on_words() -> tuple[str, str]:
    return (
        gettext("Your request changed while this page was open"),
        gettext("Nothing was withdrawn. Look at what is new, and decide again."),
    )


def _ended_words() -> tuple[str, str]:
    return (
        gettext("Your request ended while this page was open"),
        gettext("Your message was not sent; it is still below. Copy it, if you want to send it with a new request."),
    )
