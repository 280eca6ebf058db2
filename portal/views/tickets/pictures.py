"""The screenshots of a form: kept as soon as they come, so that no refusal loses them, and named by signed handles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from werkzeug.datastructures import FileStorage

from portal import evidence
from portal.clock import now
from portal.extensions import db
from portal.files import Unreachable
from portal.i18n import gettext, ngettext
from portal.text import clean_line
from portal.views.here import address, browser, count, portal

PURPOSE = "picture"
SCREENSHOTS = "screenshots_address"


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
    names = [keys.unsign(PURPOSE, handle) for handle in request.form.getlist("kept")[: evidence.MOST_PICTURES]]
    return _handled(evidence.kept([int(name) for name in names if name], browser(), now()))


def keep_sent(kept: list[Kept]) -> list[str]:
    """Count, redraw and store the pictures that came with the form, adding them to `kept`; commit.

    Returns what is wrong with the others, in words. Raises `TooMany`.
    """
    files = sent_files()
    if len(files) + len(kept) > evidence.MOST_PICTURES:
        return [gettext("Choose at most 3 screenshots")]
    count(SCREENSHOTS, address(), now(), len(files))
    db.session.commit()  # no transaction stays open while pictures are decoded
    drawn, wrong = _redrawn(files)
    beside = [picture.id for picture in kept]
    try:
        stored = evidence.keep(drawn, browser(), now(), beside=beside, files=portal().files)
    except Unreachable as fault:
        current_app.logger.error("screenshots could not be kept: %s", fault)
        return [*wrong, _not_kept_words()]
    db.session.commit()
    kept += _handled(stored)
    return wrong


def gone_words() -> str:
    """Return what to say of a picture that the form names and that waits no longer."""
    return gettext("A screenshot that we kept from your last try is gone. Choose it again")


def full_words(left: int) -> str:
    """Return what to say of a ticket that takes no more than so many further screenshots."""
    if left <= 0:
        return gettext("A request takes 10 screenshots, and has them. Send this without one")
    return ngettext(
        "A request takes 10 screenshots: %(num)d more fits. Send fewer",
        "A request takes 10 screenshots: %(num)d more fit. Send fewer",
        left,
    )


def _not_kept_words() -> str:
    return gettext("Your screenshots could not be kept just now. Choose them again in a minute, or send without them")


def sent_files() -> list[FileStorage]:
    """Return the files that came with the form."""
    return [file for file in request.files.getlist("screenshots") if file.filename]


def _handled(pictures: Sequence[Any]) -> list[Kept]:
    sign = portal().keys.sign
    return [Kept(handle=sign(PURPOSE, str(p.id)), id=p.id, width=p.width, height=p.height) for p in pictures]


def _redrawn(files: Sequence[FileStorage]) -> tuple[list[evidence.Screenshot], list[str]]:
    drawn, wrong = [], []
    for file in files:
        try:
            drawn.append(evidence.redraw(file.read(evidence.MOST_BYTES + 1)))
        except evidence.Refused as refused:
            wrong.append(_words(refused.fault, file))
    return drawn, wrong


def _words(fault: evidence.Fault, file: FileStorage) -> str:
    name = clean_line(file.filename or "").replace("\\", "/").rpartition("/")[2][:60]
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
