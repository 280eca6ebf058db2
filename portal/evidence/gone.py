"""What becomes of screenshots that nobody needs any more.

A picture that lies in the database goes with its row. One that lies elsewhere becomes nobody's, neither a ticket's nor
a browser's, and its row goes after its object: so no object is ever without a row that names it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from portal.extensions import begin_writing, db
from portal.files import Files
from portal.models import Event, Picture

KEPT_FOR = timedelta(days=1)
"""How long a picture of a refused form waits for the next try."""
SWEPT_AT_ONCE = 1000
"""How many objects a store deletes by one call."""


def sweep(at: datetime) -> None:
    """Delete what waited for a ticket longer than a day, or have it be nobody's; the caller commits."""
    begin_writing()
    let_go(Picture.event_id.is_(None), Picture.browser.is_not(None), Picture.stored_at < at - KEPT_FOR)


def sweep_elsewhere(files: Files, at: datetime) -> int:
    """Delete what has lain elsewhere for a day and is nobody's; return how many; commit.

    At most `SWEPT_AT_ONCE` go at once. Raises `Unreachable`: then the rows are left, for another try.
    """
    sweep(at)
    nobodys = (Picture.event_id.is_(None), Picture.browser.is_(None), Picture.file.is_not(None))
    aged = select(Picture.id, Picture.file).where(*nobodys, Picture.stored_at < at - KEPT_FOR)
    found = db.session.execute(aged.limit(SWEPT_AT_ONCE)).all()
    db.session.commit()  # no transaction stays open while the store is called
    if found:
        files.delete([row.file for row in found])
        begin_writing()
        db.session.execute(delete(Picture).where(Picture.id.in_([row.id for row in found])))
        db.session.commit()
    return len(found)


def delete_of(ticket_ids: Collection[int]) -> None:
    """Delete the pictures of these tickets, those elsewhere by the next sweep; the caller commits."""
    let_go(Picture.event_id.in_(select(Event.id).where(Event.ticket_id.in_(ticket_ids))))


def let_go(*which: Any) -> None:
    """Delete pictures that lie in the database; those that lie elsewhere are nobody's from now on."""
    db.session.execute(delete(Picture).where(*which, Picture.file.is_(None)))
    nobodys = {"event_id": None, "browser": None}
    db.session.execute(update(Picture).where(*which, Picture.file.is_not(None)).values(nobodys))
