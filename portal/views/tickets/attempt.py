"""One try to file: whether its token, age and honeypot are right.

The form carries a signed submission id, made when the form was first opened and kept
over every refusal. With what was typed it names the try, and it tells how old the form is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from flask import request
from flask_wtf.csrf import CSRFError

from portal.extensions import csrf
from portal.filing import Filing
from portal.forms import MessageForm, TicketForm
from portal.keys import digest, random_token
from portal.views.here import browser, portal

YOUNGEST = timedelta(seconds=2)
"""The age below which a form was filled in by a program."""

SUBMISSION = "submission"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A posted form: its try's name (empty where it is forged or missing), and what speaks against it."""

    submission: str
    token_fault: CSRFError | None
    too_quick: bool
    filled_trap: bool

    @property
    def stale(self) -> bool:
        """Whether the form was not made for this browser, or too long ago."""
        return not self.submission or self.token_fault is not None

    @property
    def genuine(self) -> bool:
        """Whether a person seems to have sent our form from our page."""
        return not (self.stale or self.too_quick or self.filled_trap)


def new_submission(at: datetime) -> str:
    """Return a signed submission id for a form opened now."""
    return portal().keys.sign(SUBMISSION, f"{random_token()}~{int(at.timestamp())}")


def posted(form: TicketForm, at: datetime) -> Attempt:
    """Return what is to be said of the posted form as a try."""
    name = portal().keys.unsign(SUBMISSION, form.submission.data or "")
    opened = datetime.fromtimestamp(int(name.rpartition("~")[2]), UTC) if name else at
    typed = [request.form.getlist(name) for name in (*(field.name for field in fields(Filing)), "kept")]
    return Attempt(
        submission=digest(f"{browser()}{name}{typed}{_sent()}") if name else "",
        token_fault=token_fault(),
        too_quick=at - opened < YOUNGEST,
        filled_trap=bool(form.website.data),
    )


def message_try(form: MessageForm, reference: str) -> str:
    """Return the name of this try to write to staff; "" where the form is forged."""
    name = portal().keys.unsign(SUBMISSION, form.submission.data or "")
    typed = [request.form.getlist(name) for name in ("text", "kept")]
    return digest(f"{reference}{name}{typed}{_sent()}") if name else ""


def _sent() -> list[str]:
    """Return what names the files that came: what is sent with another one is another try."""
    named = []
    for file in request.files.getlist("screenshots"):
        named.append(hashlib.sha256(file.read()).hexdigest())
        file.seek(0)
    return named


def token_fault() -> CSRFError | None:
    """Return what is wrong with the request's CSRF token, cookie or referrer: missing, forged or too old."""
    try:
        csrf.protect()
    except CSRFError as fault:
        return fault
    return None
