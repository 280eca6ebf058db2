"""A clock that was set back: what was to be sent at a moment of before would wait until that comes again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update

from portal.extensions import begin_writing, db
from portal.models import Notice
from portal.outbox.held import USUAL, Rhythm


def heed_set_back(at: datetime, rhythm: Rhythm = USUAL) -> bool:
    """Have notices be due that wait longer than any does after so many tries; commit. Return whether there were any.

    What a worker holds, it holds for as long as usual from now on: it may be sending it.
    """
    waits = enumerate((timedelta(0), *rhythm.pauses))
    too_long = or_(*(and_(Notice.tries == tries, Notice.next_at > at + pause) for tries, pause in waits))
    free = and_(Notice.next_at > at, Notice.held_until.is_(None), too_long)
    held = and_(Notice.next_at > at + rhythm.held, Notice.held_until.is_not(None))
    if db.session.scalar(select(Notice.id).where(or_(free, held)).limit(1)) is None:
        db.session.rollback()
        return False
    begin_writing()
    db.session.execute(update(Notice).where(free).values(next_at=at))
    db.session.execute(update(Notice).where(held).values(next_at=at + rhythm.held, held_until=at + rhythm.held))
    db.session.commit()
    return True
