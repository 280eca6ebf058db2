"""Screenshots: checked, re-encoded to WebP, kept in the database, served from there.

What is stored was drawn by us: no byte, name or metadata of the file that came is kept.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import BoundedSemaphore

from PIL import Image, ImageOps
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import undefer

from portal.extensions import begin_writing, db
from portal.models import Event, Picture

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 5 * 1000 * 1000
MOST_PIXELS = 24 * 1000 * 1000
MOST_PICTURES = 3
"""Pictures of one filing or message."""
MOST_OF_TICKET = 10
LONGEST_SIDE = 16383
"""What a side of a WebP picture can have; a taller one, such as of a whole page, is made smaller."""
LARGEST_ID = 2**63 - 1
KEPT_FOR = timedelta(days=1)
"""How long a picture of a refused form waits for the next try."""

SAME_TRY = timedelta(minutes=1)

Image.MAX_IMAGE_PIXELS = None  # Pillow only warns; `redraw` refuses, by MOST_PIXELS, before it decodes
_decoding = BoundedSemaphore(2)


class Fault(StrEnum):
    """Why a picture is refused."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_A_PICTURE = "not_a_picture"


class Gone(Exception):
    """A picture that waited for a ticket waits no longer."""


class Full(Exception):
    """The ticket has so many pictures that these are too many; `left` says how many it still takes."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


class Refused(Exception):
    """The file is no picture that we take; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class Screenshot:
    """A picture, re-encoded: WebP bytes, width and height in pixels."""

    content: bytes
    width: int
    height: int


def redraw(data: bytes) -> Screenshot:
    """Return the picture in `data`, upright, as WebP without metadata. Raises `Refused`."""
    if len(data) > MOST_BYTES:
        raise Refused(Fault.TOO_LARGE)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused(Fault.TOO_MANY_PIXELS)
            with _decoding:
                upright = ImageOps.exif_transpose(image).convert("RGBA" if image.has_transparency_data else "RGB")
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                drawn = io.BytesIO()
                upright.save(drawn, "WEBP", quality=85, method=2)
    except Refused:
        raise
    except Exception as error:  # whatever a broken file makes the decoder raise
        raise Refused(Fault.NOT_A_PICTURE) from error
    return Screenshot(content=drawn.getvalue(), width=upright.width, height=upright.height)


def sweep(at: datetime) -> None:
    """Delete what waited for a ticket longer than a day; the caller commits."""
    begin_writing()
    db.session.execute(delete(Picture).where(Picture.event_id.is_(None), Picture.stored_at < at - KEPT_FOR))


def store(screenshots: Iterable[Screenshot], browser: str, at: datetime) -> list[Picture]:
    """Store screenshots outside any ticket, as the browser's; the caller commits. Those of yesterday go."""
    sweep(at)
    stored = [
        Picture(browser=browser, stored_at=at, width=s.width, height=s.height, content=s.content) for s in screenshots
    ]
    db.session.add_all(stored)
    db.session.flush()
    return stored


def keep(screenshots: Iterable[Screenshot], browser: str, at: datetime, *, beside: Sequence[int] = ()) -> list[Picture]:
    """Store screenshots for the browser's next try; the caller commits.

    At most `MOST_PICTURES` a browser are kept: those `beside` (by id), then the newest. Those of the last minute
    stay in any case: another click of the same form may just be filing them.
    """
    stored = store(screenshots, browser, at)
    others = (Picture.browser == browser, Picture.event_id.is_(None), Picture.id.not_in(beside))
    newest = select(Picture.id).where(*others).order_by(Picture.id.desc())
    surplus = list(db.session.scalars(newest.offset(max(0, MOST_PICTURES - len(beside)))))
    db.session.execute(delete(Picture).where(Picture.id.in_(surplus), Picture.stored_at < at - SAME_TRY))
    return stored


def kept(ids: Sequence[int], browser: str, at: datetime) -> list[Picture]:
    """Return those pictures of the browser that still wait for a ticket, in the order of `ids`."""
    if not ids:
        return []
    mine = (Picture.id.in_(ids), Picture.browser == browser, Picture.event_id.is_(None))
    waiting = select(Picture).where(*mine, Picture.stored_at >= at - KEPT_FOR)
    return sorted(db.session.scalars(waiting), key=lambda picture: ids.index(picture.id))


def attach(pictures: Sequence[int], browser: str, event: Event) -> None:
    """Give the browser's waiting pictures to a filing or message, whose ticket is locked; the caller commits.

    Raises `Gone` where one waits no longer, `Full` where the ticket would have too many.
    """
    if not pictures:
        return
    theirs = select(func.count()).select_from(Picture).join(Event, Event.id == Picture.event_id)
    left = MOST_OF_TICKET - (db.session.scalar(theirs.where(Event.ticket_id == event.ticket_id)) or 0)
    if len(pictures) > left:
        raise Full(left)
    mine = (Picture.id.in_(pictures), Picture.browser == browser, Picture.event_id.is_(None))
    given = update(Picture).where(*mine).values(event_id=event.id, browser=None).returning(Picture.id)
    if len(db.session.scalars(given).all()) != len(pictures):
        raise Gone


def of_ticket(ticket_id: int, picture_id: int) -> Picture | None:
    """Return a ticket's picture with its content; `None` where it is not that ticket's."""
    if picture_id > LARGEST_ID:
        return None
    mine = select(Picture).join(Event, Event.id == Picture.event_id)
    return db.session.scalar(
        mine.where(Picture.id == picture_id, Event.ticket_id == ticket_id).options(undefer(Picture.content))
    )
