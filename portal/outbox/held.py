"""Sending notices: a worker takes one, holds it while it is sent, and records what became of it.

It holds a notice by moving `next_at`: where the worker dies, the notice is due again when its hold ends. No
transaction is open while it is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, not_, select

from portal.concerns import Carrier, NoticeKind, NoticeState
from portal.extensions import begin_writing, db
from portal.models import Notice
from portal.outbox.written import About, add, row

HELD = timedelta(minutes=3)
"""How long a worker may take over one notice; longer than it can."""
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
"""The pauses after the first, second, … try that failed; after one more the notice is given up: about three days."""


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How long a notice is held, and the pauses between its tries; another than the usual one is for measuring."""

    held: timedelta = HELD
    pauses: tuple[timedelta, ...] = PAUSES

    def changed(self, held: float | None, first_pause: float | None) -> Rhythm:
        """Return the rhythm with another hold and first pause, in seconds; the other pauses change in proportion."""
        times = 1.0 if first_pause is None else first_pause / self.pauses[0].total_seconds()
        pauses = tuple(pause * times for pause in self.pauses)
        return Rhythm(held=self.held if held is None else timedelta(seconds=held), pauses=pauses)


USUAL = Rhythm()

Rest = tuple[Carrier, str | None]
"""What rests: a carrier as a whole, or by it one recipient."""


class Fault(StrEnum):
    """Why a notice was not sent."""

    UNREACHABLE = "unreachable"
    NOT_NOW = "not_now"
    REFUSED = "refused"
    UNWANTED = "unwanted"
    BAD_ADDRESS = "bad_address"
    NOT_TAKEN = "not_taken"
    NOT_SET = "not_set"
    UNFINISHED = "unfinished"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class Held:
    """A notice that a worker holds, as it was when taken."""

    id: int
    name: str
    kind: NoticeKind
    carrier: Carrier
    recipient: str
    data: dict[str, Any]
    ticket_id: int | None
    event_id: int | None
    made_at: datetime
    held_until: datetime


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of several recipients of a notice: what tells its notice from the others, and the ticket that it is about."""

    name: str
    recipient: str
    ticket_id: int | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a try: sent, unless there is a fault or it was `dropped`, since nobody wants it any more.

    A fault (with a `detail`, such as what a server said) is tried again, unless it is one `for_good`. Where it `rests`,
    it is that of the carrier: all that goes by it would fare the same, and waits.
    """

    fault: Fault | None = None
    detail: str = ""
    for_good: bool = False
    rests: bool = False
    dropped: bool = False


def take(at: datetime, resting: Collection[Rest] = (), rhythm: Rhythm = USUAL) -> Held | None:
    """Take the notice that is due longest, and hold it; commit. Those that go by what rests wait on."""
    due = select(Notice).where(Notice.next_at <= at).order_by(Notice.next_at, Notice.id)
    for carrier, recipient in resting:
        rests = Notice.carrier == carrier if recipient is None else Notice.recipient == recipient
        due = due.where(not_(and_(Notice.carrier == carrier, rests)))
    if db.session.scalar(due.with_only_columns(Notice.id).limit(1)) is None:
        db.session.rollback()
        return None
    begin_writing()
    fresh = due.limit(1).with_for_update(of=Notice, skip_locked=True).execution_options(populate_existing=True)
    notice = db.session.scalar(fresh)
    held = _held(notice, at, rhythm) if notice is not None else None
    db.session.commit()
    return held


def _held(notice: Notice, at: datetime, rhythm: Rhythm) -> Held | None:
    notice.tries += 1
    if notice.tries > len(rhythm.pauses) + 1:  # whoever tried last came to no end
        end(notice, NoticeState.GIVEN_UP, at, Fault.UNFINISHED, "")
        return None
    notice.next_at = notice.held_until = at + rhythm.held
    kept = {field.name: getattr(notice, field.name) for field in fields(Held)}
    return Held(**kept)


def finish(notice: Held, result: Result, at: datetime, rhythm: Rhythm = USUAL) -> None:
    """Record what became of a try; commit. A notice that another worker took meanwhile is left to it, unless sent."""
    begin_writing()
    mine = select(Notice).where(Notice.id == notice.id)
    if result.fault:
        mine = mine.where(Notice.held_until == notice.held_until)
    now = db.session.scalar(mine.with_for_update(of=Notice).execution_options(populate_existing=True))
    if now is not None:
        _record(now, result, at, rhythm)
    db.session.commit()


def _record(notice: Notice, result: Result, at: datetime, rhythm: Rhythm) -> None:
    if result.dropped:
        end(notice, NoticeState.DROPPED, at, result.fault, result.detail)
    elif result.fault is None:
        end(notice, NoticeState.SENT, at, None, "")
    elif result.for_good:
        end(notice, NoticeState.REFUSED, at, result.fault, result.detail)
    elif notice.tries > len(rhythm.pauses):
        end(notice, NoticeState.GIVEN_UP, at, result.fault, result.detail)
    else:
        notice.held_until, notice.next_at = None, at + rhythm.pauses[notice.tries - 1]
        notice.fault, notice.detail = result.fault, result.detail


def spread(notice: Held, parts: Sequence[Part], at: datetime) -> None:
    """Make of a notice for several recipients one for each; commit."""
    begin_writing()
    rows = []
    for part in parts:
        about = About(ticket_id=part.ticket_id, event_id=notice.event_id)
        rows.append(row(f"{notice.name}.{part.name}", notice.kind, notice.carrier, at, about, recipient=part.recipient))
    add(rows)
    own = db.session.get_one(Notice, notice.id)
    end(own, NoticeState.SENT if parts else NoticeState.DROPPED, at, None, "")
    db.session.commit()


def end(notice: Notice, state: NoticeState, at: datetime, fault: Fault | None, detail: str) -> None:
    """End a notice in this state; the caller commits."""
    notice.state, notice.ended_at, notice.next_at, notice.held_until = state, at, None, None
    notice.fault, notice.detail = fault, detail
