"""One try to file: whether its token, age and honeypot are right, and which pictures it brings.

The form carries a signed submission id, made when the form was first opened and kept
over every refusal: it names the try, and tells how old the form is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import request
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import FileStorage

from portal import evidence
from portal.extensions import csrf
from portal.forms import TicketForm
from portal.i18n import gettext
from portal.keys import digest, random_token
from portal.views.here import browser, portal

YOUNGEST = timedelta(seconds=2)
"""The age below which a form was filled in by a program."""

SUBMISSION = "submission"
PICTURE = "picture"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A posted form: its try's name (`None` where it is forged or missing), and what speaks against it."""

    submission: str | None
    token_stale: bool
    too_quick: bool
    filled_trap: bool

    @property
    def genuine(self) -> bool:
        """Whether a person seems to have sent our form from our page."""
        return self.submission is not None and not (self.token_stale or self.too_quick or self.filled_trap)


def new_submission(at: datetime) -> str:
    """Return a signed submission id for a form opened now."""
    return portal().keys.sign(SUBMISSION, f"{random_token()}~{int(at.timestamp())}")


def posted(form: TicketForm, at: datetime) -> Attempt:
    """Return what is to be said of the posted form as a try."""
    name = portal().keys.unsign(SUBMISSION, form.submission.data or "")
    opened = datetime.fromtimestamp(int(name.rpartition("~")[2]), UTC) if name else at
    return Attempt(
        submission=digest(f"{browser()}{name}") if name else None,
        token_stale=token_stale(),
        too_quick=at - opened < YOUNGEST,
        filled_trap=bool(form.website.data),
    )


def token_stale() -> bool:
    """Return whether the request's CSRF token, cookie or referrer is missing, forged or too old."""
    try:
        csrf.protect()
    except CSRFError:
        return True
    return False


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A picture that waits for a ticket: the handle that the form carries, its id and size in pixels."""

    handle: str
    id: int
    width: int
    height: int


def kept_pictures() -> list[Kept]:
    """Return the pictures that the posted form names and this browser may use."""
    keys = portal().keys
    names = [keys.unsign(PICTURE, handle) for handle in request.form.getlist("kept")[: evidence.MOST_PICTURES]]
    return [handled(p.id, p.width, p.height) for p in evidence.kept([int(n) for n in names if n], browser())]


def handled(id_: int, width: int, height: int) -> Kept:
    """Return a waiting picture with its signed handle."""
    return Kept(handle=portal().keys.sign(PICTURE, str(id_)), id=id_, width=width, height=height)


def screenshots(already: int) -> tuple[list[evidence.Screenshot], list[str]]:
    """Return the pictures of the posted form, redrawn, and what is wrong with the others, in words."""
    files = [file for file in request.files.getlist("screenshots") if file.filename]
    if len(files) + already > evidence.MOST_PICTURES:
        return [], [gettext("Choose at most 3 screenshots")]
    drawn, wrong = [], []
    for file in files:
        try:
            drawn.append(evidence.redraw(file.read(evidence.MOST_BYTES + 1)))
        except evidence.Refused as refused:
            wrong.append(_words(refused.fault, file))
    return drawn, wrong


def _words(fault: evidence.Fault, file: FileStorage) -> str:
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2][:60]
    said = {
        evidence.Fault.TOO_LARGE: gettext("“%(name)s” is larger than 5 MB. Choose a smaller picture", name=name),
        evidence.Fault.TOO_MANY_PIXELS: gettext(
            "“%(name)s” has more than 24 megapixels. Choose a smaller picture", name=name
        ),
        evidence.Fault.NOT_A_PICTURE: gettext(
            "“%(name)s” is not a PNG, JPEG or WebP picture. Choose another file", name=name
        ),
    }
    return said[fault]
