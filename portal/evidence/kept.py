"""Screenshots kept: for the browser's next try, then as a ticket's; in the database, or elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import undefer

from portal.evidence.gone import KEPT_FOR, let_go, sweep
from portal.evidence.redraw import Screenshot
from portal.extensions import begin_writing, db
from portal.files import Files, Unreachable, Why
from portal.models import Event, Picture

MOST_PICTURES = 3
"""Pictures of one filing or message."""
MOST_OF_TICKET = 10
LARGEST_ID = 2**63 - 1
SAME_TRY = timedelta(minutes=1)


class Gone(Exception):
    """A picture that waited for a ticket waits no longer."""


class Full(Exception):
    """The ticket has so many pictures that these are too many; `left` says how many it still takes."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


def store(screenshots: Sequence[Screenshot], browser: str, at: datetime, files: Files | None = None) -> list[Picture]:
    """Store screenshots outside any ticket, as the browser's; the caller commits. Those of yesterday go.

    Where `files` are kept elsewhere, the rows are committed before as nobody's, so that the sweep finds each object
    whatever happens; no transaction is open while the store is called. Raises `Unreachable`.
    """
    sweep(at)
    stored = [_row(screenshot, browser, at, elsewhere=files is not None) for screenshot in screenshots]
    db.session.add_all(stored)
    db.session.flush()
    if files is not None and stored:
        db.session.commit()
        for picture, screenshot in zip(stored, screenshots, strict=True):
            files.put(str(picture.file), screenshot.content)
        begin_writing()
        for picture in stored:
            picture.browser = browser
        db.session.flush()
    return stored


def _row(screenshot: Screenshot, browser: str, at: datetime, *, elsewhere: bool) -> Picture:
    size = {"stored_at": at, "width": screenshot.width, "height": screenshot.height}
    if elsewhere:
        return Picture(**size, content=b"", file=f"{at:%Y-%m-%d}/{secrets.token_hex(16)}.webp")
    return Picture(**size, content=screenshot.content, browser=browser)


def keep(
    screenshots: Sequence[Screenshot],
    browser: str,
    at: datetime,
    *,
    beside: Sequence[int] = (),
    files: Files | None = None,
) -> list[Picture]:
    """Store screenshots for the browser's next try, as `store` does; the caller commits. Raises `Unreachable`.

    At most `MOST_PICTURES` a browser are kept: those `beside` (by id), then the newest. Those of the last minute
    stay in any case: another click of the same form may just be filing them.
    """
    stored = store(screenshots, browser, at, files)
    others = (Picture.browser == browser, Picture.event_id.is_(None), Picture.id.not_in(beside))
    newest = select(Picture.id).where(*others).order_by(Picture.id.desc())
    surplus = list(db.session.scalars(newest.offset(max(0, MOST_PICTURES - len(beside)))))
    let_go(Picture.id.in_(surplus), Picture.stored_at < at - SAME_TRY)
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


def of_ticket(ticket_id: int, picture_id: int, files: Files | None) -> bytes | None:
    """Return a ticket's picture, from wherever it lies; `None` where it is not that ticket's. Raises `Unreachable`."""
    if picture_id > LARGEST_ID:
        return None
    mine = select(Picture).join(Event, Event.id == Picture.event_id)
    stored = db.session.scalar(
        mine.where(Picture.id == picture_id, Event.ticket_id == ticket_id).options(undefer(Picture.content))
    )
    if stored is None or stored.file is None:
        return stored.content if stored else None
    if files is None:
        raise Unreachable(Why.NOT_SET)
    db.session.commit()  # no transaction stays open while the store is asked
    return files.get(stored.file)
