"""Filing a ticket: the form, the refusals that lose nothing, and the way to the confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from portal import evidence, limits, tickets
from portal.clock import now
from portal.errors import RETRY_SECONDS, stale_words
from portal.events import Way
from portal.extensions import db
from portal.filing import Told
from portal.forms import TicketForm
from portal.handover import Fault
from portal.policy import OPEN, Status
from portal.text import DAMAGED
from portal.views.here import address, browser, count_all, email_key, portal, words
from portal.views.policy_page import said
from portal.views.said import told_lines
from portal.views.tickets import form_words
from portal.views.tickets.access import grant, opened, opened_for
from portal.views.tickets.attempt import Attempt, new_submission, posted
from portal.views.tickets.blueprint import bp
from portal.views.tickets.handed import Handed, arrive, handed
from portal.views.tickets.pictures import (
    Kept,
    full_words,
    gone_words,
    keep_sent,
    kept_pictures,
    sent_files,
)


@bp.get("/<language:language>/tickets/new")
def new(language: str) -> AnyResponse:
    """Show the form, filled in with the status of the query, with an own earlier ticket, or by the main site."""
    if "order" in request.args:
        return arrive(request.args["order"], language)
    this = handed()
    sent = tickets.of_handover(this.handover.id) if this.handover else None
    if sent:
        this = Handed(fault=Fault.USED)
    form = TicketForm(words(), told=_told(this), data=_known_already())
    form.submission.data = new_submission(now())
    browser()
    fault = form_words.hand_over(this.fault) if this.fault else None
    mine = sent.reference if sent and opened(sent.reference) else None
    response = _form(form, 200, Handed() if fault else this, fault=fault, mine=mine)
    if not {"like", "again", "handed"} & request.args.keys():
        response.headers["Cache-Control"] = "private, no-cache"  # "back" shows it as it was left: the same try
    return response


@bp.post("/<language:language>/tickets/new")
def file_ticket(language: str) -> AnyResponse:
    """File a ticket; or show the form again with what to mend, or in another language, or with the policy's answer."""
    this = handed()
    form = TicketForm(words(), told=_told(this))
    attempt = posted(form, now())
    kept = kept_pictures()
    if attempt.stale:
        form.submission.data = new_submission(now())
        return _form(form, 400, this, kept=kept, fault=stale_words(attempt.token_fault, below=True))
    try:
        return _answered(form, attempt, this, kept, language)
    except evidence.Gone:
        db.session.rollback()
        form.screenshots.errors = [gone_words()]
        return _form(form, 422, this, kept=kept_pictures())
    except evidence.Full as full:
        db.session.rollback()
        form.screenshots.errors = [full_words(full.left)]
        return _form(form, 422, this, kept=kept)
    except tickets.HandoverUsed:
        form = TicketForm(words())  # what was told stands in its fields now, as if it had been typed
        return _form(form, 422, Handed(), kept=kept, fault=form_words.hand_over(Fault.USED))
    except limits.TooMany as refusal:
        db.session.rollback()
        earlier = tickets.filed_before(attempt.submission)  # by the first click of two, which was the last allowed
        if earlier:
            return _confirmed_before(earlier, language)
        fault = form_words.limit(refusal.minutes, refusal.what)
        return _form(form, 429, this, kept=kept, fault=fault, retry_after=refusal.retry_after)
    except OperationalError:
        db.session.rollback()
        return _form(form, 503, this, kept=kept, fault=form_words.unavailable(), retry_after=RETRY_SECONDS)


def _answered(form: TicketForm, attempt: Attempt, this: Handed, kept: list[Kept], language: str) -> AnyResponse:
    carries = kept or sent_files() or request.form.getlist("kept") or this.name or "again" in request.args
    earlier = tickets.filed_before(attempt.submission) if carries else None
    if earlier:  # what it carries was used then; anything else, `file` finds
        return _confirmed_before(earlier, language)
    wrong = [gone_words()] if len(request.form.getlist("kept")) > len(kept) else []
    if attempt.genuine and sent_files():
        wrong += keep_sent(kept)
    if this.fault:  # nothing that was begun as a customer's is filed as a stranger's, unless they say so
        return _form(form, 422, Handed(), kept=kept, fault=form_words.hand_over(this.fault))
    if request.args.get("again") and not opened(request.args["again"]):
        return _form(form, 422, this, kept=kept, fault=form_words.closed())
    if "look" in request.form:
        form.screenshots.errors = wrong
        return _form(form, 200, this, kept=kept)
    valid = form.validate() and not wrong
    form.screenshots.errors = [*form.screenshots.errors, *wrong]
    if valid and attempt.genuine:
        filed = _filed(form, attempt, this, kept, language)
        return _confirmed(filed.reference, filed.token, language)
    fault = form_words.program(too_quick=attempt.too_quick) if valid else None
    return _form(form, 400 if _damaged() else 422, this, kept=kept, fault=fault)


def _filed(form: TicketForm, attempt: Attempt, this: Handed, kept: Sequence[Kept], language: str) -> tickets.Filed:
    at, filing, known = now(), form.filing(), opened_for(form.order_id.data)
    counted = {"filings_address": address(), "filings_browser": browser()}
    mailed = filing.email or (known.email if known is not None else "")
    if mailed and this.handover is None:  # nobody can use up the address of whom the main site vouches for
        counted["filings_email"] = email_key(mailed)
    filer = tickets.Filer(
        browser=browser(),
        language=language,
        known_as=known.filer if known is not None else None,
        proven_as=this.filer,
    )
    return tickets.file(
        filing,
        filer,
        pictures=[picture.id for picture in kept],
        this=_try(attempt, this),
        policy=portal().content.policy,
        keys=portal().keys,
        at=at,
        last=partial(count_all, counted, at),
    )


def _try(attempt: Attempt, this: Handed) -> tickets.Try:
    if this.handover is None:
        return tickets.Try(submission=attempt.submission)
    return tickets.Try(submission=attempt.submission, way=Way.HANDOVER, handover=this.handover.id)


def _told(this: Handed) -> Told | None:
    """Return what the main site told: with this hand-over, or before of the open ticket that the form adds to."""
    ticket = opened(request.args.get("again", ""))
    if this.told or ticket is None or ticket.state not in OPEN:
        return this.told
    return tickets.known_of(ticket).told


def _confirmed(reference: str, token: str, language: str) -> AnyResponse:
    response = redirect(url_for("tickets.confirmation", language=language, reference=reference), 303)
    return grant(response, reference, token)


def _confirmed_before(ticket: Any, language: str) -> AnyResponse:
    return _confirmed(ticket.reference, tickets.working_link(ticket, portal().keys), language)


def _form(
    form: TicketForm,
    status: int,
    this: Handed,
    *,
    kept: Sequence[Kept] = (),
    fault: tuple[str, str] | None = None,
    retry_after: int | None = None,
    mine: str | None = None,
) -> Response:
    body = render_template(
        "tickets/new.html",
        form=form,
        answer=said(form),
        kept=kept,
        fault=fault,
        lost=len(request.form.getlist("kept")) + len(sent_files()) > len(kept),
        again=request.args.get("again") if opened(request.args.get("again", "")) else None,
        handed=this.name,
        mine=mine,
        told=list(told_lines(form.told, words(), whose=this.handover is not None)) if form.told else (),
    )
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


def _damaged() -> bool:
    return any(DAMAGED in value for value in request.form.values())
