"""Filing a ticket: the form, the refusals that lose nothing, and the way to the confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from portal import evidence, limits, tickets
from portal.clock import now
from portal.errors import RETRY_SECONDS, stale_words
from portal.extensions import db
from portal.forms import TicketForm
from portal.i18n import gettext, ngettext
from portal.policy import Status
from portal.views.here import address, browser, portal, words
from portal.views.policy_page import said
from portal.views.tickets.access import grant, opened
from portal.views.tickets.attempt import Attempt, Kept, handled, kept_pictures, new_submission, posted, screenshots
from portal.views.tickets.blueprint import bp


@bp.get("/<language:language>/tickets/new")
def new(language: str) -> Response:
    """Show the form, filled in with the status of the query or with what an own earlier ticket said."""
    form = TicketForm(words(), data=_known_already())
    form.submission.data = new_submission(now())
    browser()
    return _form(form, 200)


@bp.post("/<language:language>/tickets/new")
def file_ticket(language: str) -> AnyResponse:
    """File a ticket; or show the form again with what to mend, or in another language, or with the policy's answer."""
    form = TicketForm(words())
    attempt = posted(form, now())
    if attempt.submission is None or attempt.token_stale:
        form.submission.data = new_submission(now())
        return _form(form, 400, kept=kept_pictures(), fault=stale_words())
    earlier = tickets.filed_before(attempt.submission)
    if earlier:
        return _confirmed(earlier, language)
    kept = kept_pictures()
    drawn, wrong = screenshots(len(kept))
    if "look" in request.form:
        return _form(form, 200, kept=_keep(kept, drawn, attempt))
    valid = form.validate()
    form.screenshots.errors = [*form.screenshots.errors, *wrong]
    if valid and not wrong and attempt.genuine:
        return _file(form, attempt.submission, kept, drawn, language)
    fault = _quick_words() if attempt.too_quick and valid and not wrong else None
    return _form(form, 400 if _damaged(form) else 422, kept=_keep(kept, drawn, attempt), fault=fault)


def _file(
    form: TicketForm, submission: str, kept: Sequence[Kept], drawn: Sequence[evidence.Screenshot], language: str
) -> AnyResponse:
    at = now()
    try:
        _count(len(drawn))
        stored = evidence.keep(drawn, browser(), at)
        filed = tickets.file(
            form.filing(),
            tickets.Filer(browser=browser(), language=language),
            pictures=[*(picture.id for picture in kept), *(picture.id for picture in stored)],
            submission=submission,
            policy=portal().content.policy,
            keys=portal().keys,
            at=at,
        )
    except limits.TooMany as refusal:
        db.session.rollback()
        return _form(form, 429, kept=kept, fault=_limit_words(refusal.retry_after), retry_after=refusal.retry_after)
    except OperationalError:
        db.session.rollback()
        return _form(form, 503, fault=_unavailable_words(), retry_after=RETRY_SECONDS)
    return _confirmed(filed.ticket, language)


def _confirmed(ticket: Any, language: str) -> AnyResponse:
    response = redirect(url_for("tickets.confirmation", language=language, reference=ticket.reference), 303)
    return grant(response, ticket.reference, tickets.link_token(ticket, portal().keys))


def _count(pictures: int) -> None:
    limit, at = portal().settings.limits, now()
    for what, who, most, amount in (
        ("filings_address", address(), limit.filings_address, 1),
        ("filings_browser", browser(), limit.filings_browser, 1),
        ("screenshots_address", address(), limit.screenshots_address, pictures),
    ):
        limits.count(what, who, times=most.times, seconds=most.seconds, at=at, amount=amount)


def _keep(kept: list[Kept], drawn: Sequence[evidence.Screenshot], attempt: Attempt) -> list[Kept]:
    """Keep the pictures of a form that is shown again, where a person seems to have sent it."""
    if not (drawn and attempt.genuine):
        return kept
    most = portal().settings.limits.screenshots_address
    try:
        limits.count(
            "screenshots_address", address(), times=most.times, seconds=most.seconds, at=now(), amount=len(drawn)
        )
        stored = evidence.keep(drawn, browser(), now())
        db.session.commit()
    except (limits.TooMany, OperationalError):
        db.session.rollback()
        return kept
    return [*kept, *(handled(picture.id, picture.width, picture.height) for picture in stored)]


def _form(
    form: TicketForm,
    status: int,
    *,
    kept: Sequence[Kept] = (),
    fault: tuple[str, str] | None = None,
    retry_after: int | None = None,
) -> Response:
    body = render_template("tickets/new.html", form=form, answer=said(form), kept=kept, fault=fault)
    response = make_response(body, status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _known_already() -> dict[str, Any]:
    """Return what the form can know: the status chosen on the policy page, or an own ticket's words."""
    asked = request.args.get("status", "")
    known: dict[str, Any] = {"status": Status(asked)} if asked in set(Status) else {}
    ticket = opened(request.args.get("like", "")) or opened(request.args.get("again", ""))
    if ticket is None:
        return known
    filing = ticket.events[0].filing
    known |= {"service_name": filing.service_name, "link": filing.link}
    if "again" in request.args:
        known |= {"order_id": filing.order_id, "status": filing.status, "problem": filing.problem}
    return known


def _damaged(form: TicketForm) -> bool:
    return any("\N{REPLACEMENT CHARACTER}" in value for value in request.form.values())


def _quick_words() -> tuple[str, str]:
    return (
        gettext("The form came back within two seconds"),
        gettext("Programs do that. Nothing was stored: look through it once more and send it again."),
    )


def _limit_words(seconds: int) -> tuple[str, str]:
    minutes = max(1, round(seconds / 60))
    return (
        gettext("Too many requests were sent from here"),
        ngettext(
            "What you typed is below. Send it again in %(num)d minute.",
            "What you typed is below. Send it again in %(num)d minutes.",
            minutes,
        ),
    )


def _unavailable_words() -> tuple[str, str]:
    return (
        gettext("The portal cannot store anything at the moment"),
        gettext("Nothing was stored. What you typed is below. Try again in a minute; choose screenshots again."),
    )
