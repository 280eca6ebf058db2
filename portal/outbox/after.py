"""Looking after notices that were not sent, and the ways that notices go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, and_, bindparam, delete, func, literal_column, or_, select, update

from portal.concerns import UNSENT, Carrier, NoticeState
from portal.extensions import begin_writing, db, insert_into
from portal.models import Check, Notice
from portal.outbox.held import Fault, end

KEPT = timedelta(days=30)
"""How long a notice is kept that was sent or dropped, or that a channel or webhook never took."""
PAGE = 50
WORKER, PANEL = "worker", "panel"
"""The names of what is found that is no way of notices: the worker itself, and the shop's panel."""
NEVER = datetime.fromtimestamp(0, UTC)
"""When that worked last which never did."""

OF_THE_ADDRESS = (Fault.REFUSED, Fault.BAD_ADDRESS)

IS_UNSENT = Notice.state.in_([literal_column(f"'{state}'") for state in UNSENT])
"""Written out, as the index of these rows has it: SQLite knows no values when it chooses one, and would read all."""
FAILED = and_(IS_UNSENT, or_(Notice.fault.is_not(None), Notice.state != NoticeState.WAITING))
OF_TICKET = select(Notice).where(FAILED, Notice.ticket_id == bindparam("ticket_id")).order_by(Notice.id)
HOW_MANY = select(func.count()).select_from(
    select(Notice.id).where(FAILED).limit(bindparam("most", type_=Integer)).subquery()
)
CHECKS = select(Check).order_by(Check.name)
"""Asked with each page of staff: built once."""


class BeingSent(Exception):
    """A worker holds the notice just now."""


def send_again(notice_id: int, at: datetime) -> None:
    """Have a notice that was not sent tried anew, from the beginning; commit. Raises `BeingSent`, `LookupError`."""
    notice = _unsent(notice_id, at)
    notice.state, notice.next_at, notice.tries, notice.ended_at = NoticeState.WAITING, at, 0, None
    notice.held_until = None
    db.session.commit()


def readdress(ticket_id: int, email: str, at: datetime) -> None:
    """Have the mails of a ticket that were not sent go to another address, from the beginning; the caller commits.

    One that a worker is sending just now goes where it was going.
    """
    free = or_(Notice.held_until.is_(None), Notice.held_until <= at)
    theirs = (Notice.ticket_id == ticket_id, Notice.carrier == Carrier.MAIL, IS_UNSENT, free)
    anew = {"recipient": email, "state": NoticeState.WAITING, "next_at": at, "ended_at": None, "tries": 0}
    db.session.execute(update(Notice).where(*theirs).values(**anew, held_until=None, fault=None, detail=""))


def drop(notice_id: int, at: datetime) -> None:
    """Give a notice up that was not sent; commit. Raises `BeingSent`, `LookupError`."""
    notice = _unsent(notice_id, at)
    end(notice, NoticeState.DROPPED, at, Fault(notice.fault) if notice.fault else None, notice.detail)
    db.session.commit()


def unsent_page(after: int | None) -> tuple[Sequence[Notice], int | None]:
    """Return a page of the notices that failed once or for good, oldest first, and where the next page begins."""
    found = select(Notice).where(FAILED).order_by(Notice.id).limit(PAGE + 1)
    if after is not None:
        found = found.where(Notice.id > after)
    rows = db.session.scalars(found).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def unsent_count(most: int) -> int:
    """Return how many notices failed once or for good, counting up to `most`."""
    return db.session.connection().scalar(HOW_MANY, {"most": most}) or 0


def unsent_by_state() -> dict[NoticeState, int]:
    """Return how many notices are in each state in which they are somebody's to look after, those on time included."""
    counted = select(Notice.state, func.count()).where(IS_UNSENT).group_by(Notice.state)
    return dict.fromkeys(UNSENT, 0) | dict(iter(db.session.execute(counted)))


def oldest_due(at: datetime) -> datetime | None:
    """Return since when the notice is due that is due longest; `None` where none is."""
    return db.session.scalar(select(func.min(Notice.next_at)).where(Notice.next_at <= at))


def of_ticket(ticket_id: int) -> Sequence[Notice]:
    """Return the notices of a ticket that failed once or for good, oldest first."""
    return db.session.scalars(OF_TICKET, {"ticket_id": ticket_id}).all()


def refused(ticket_id: int, recipient: str) -> bool:
    """Return whether the last mail about the ticket to this address was refused because of the address."""
    theirs = (Notice.ticket_id == ticket_id, Notice.recipient == recipient, Notice.ended_at.is_not(None))
    last = select(Notice.state, Notice.fault).where(*theirs).order_by(Notice.ended_at.desc(), Notice.id.desc()).limit(1)
    found = db.session.execute(last).first()
    return found is not None and found.state is NoticeState.REFUSED and found.fault in OF_THE_ADDRESS


def sweep(at: datetime) -> None:
    """Delete what was sent or dropped long ago, or given up where it was no customer's; the caller commits."""
    begin_writing()
    not_customers = and_(IS_UNSENT, Notice.carrier != Carrier.MAIL)
    ended = or_(Notice.state.in_((NoticeState.SENT, NoticeState.DROPPED)), not_customers)
    db.session.execute(delete(Notice).where(ended, Notice.ended_at < at - KEPT))


def record_check(name: str, shown: str, at: datetime, fault: StrEnum | None, detail: str = "") -> None:
    """Record what a worker found of a way that notices go, of the panel, or that it is there itself; commit.

    Where it is at fault, that is counted, and when it worked last is kept.
    """
    begin_writing()
    row = {"shown": shown, "fault": fault, "detail": detail}
    new: dict[str, Any] = {"at": NEVER, "faults": 1} if at_fault(fault) else {"at": at, "faults": 0}
    known = {"faults": Check.faults + 1} if at_fault(fault) else {"at": at}
    written = insert_into(Check).values(name=name, **row, **new)
    db.session.execute(written.on_conflict_do_update(index_elements=["name"], set_={**row, **known}))
    db.session.commit()


def at_fault(fault: str | None) -> bool:
    """Return whether what was found is a fault: that a way is not set is none."""
    return fault not in (None, Fault.NOT_SET)


def forget_checks(besides: Collection[str]) -> None:
    """Forget what was found of ways that are set no longer; commit."""
    begin_writing()
    db.session.execute(delete(Check).where(Check.name.not_in(besides)))
    db.session.commit()


def checks() -> Sequence[Check]:
    """Return what workers found last, by name."""
    return db.session.scalars(CHECKS).all()


def _unsent(notice_id: int, at: datetime) -> Notice:
    begin_writing()
    notice = db.session.scalar(
        select(Notice)
        .where(Notice.id == notice_id, IS_UNSENT)
        .with_for_update(of=Notice)
        .execution_options(populate_existing=True)
    )
    if notice is None:
        db.session.rollback()
        raise LookupError(notice_id)
    if notice.held_until is not None and notice.held_until > at:
        db.session.rollback()
        raise BeingSent
    return notice
