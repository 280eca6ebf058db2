"""Which orders the panel is asked about, and when: at once when one is filed or staff ask, then as its tickets age.

A worker holds what it asks about by moving `next_at`: where it dies, the order is due again when the hold ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from portal.clock import SKEW
from portal.extensions import begin_writing, built_once, db
from portal.filing import order_key
from portal.models import Lookup, Ticket

HELD = timedelta(minutes=1)
"""How long a worker may take over one question; longer than it can."""
MOST_READ = 100
"""Orders that the panel is asked about at once."""
OFTEN = (
    (timedelta(minutes=10), timedelta(minutes=1)),
    (timedelta(hours=1), timedelta(minutes=5)),
    (timedelta(days=1), timedelta(minutes=30)),
    (timedelta(days=7), timedelta(hours=4)),
)
SELDOM = timedelta(days=1)
"""How often an order is read again, by the age of what was last done with it; and how often after that."""
FORGOTTEN = timedelta(days=1)

ASKED_AT = select(Lookup.asked_at).where(Lookup.order_key == bindparam("order_key"))


def look_up(order_id: str, at: datetime) -> None:
    """Have the panel asked about an order soon; the caller commits."""
    db.session.connection().execute(
        _soon(), {"order_key": order_key(order_id), "order_id": order_id, "next_at": at, "due_at": at}
    )


@built_once
def _soon(insert: Any) -> Any:
    due_at = bindparam("due_at", type_=Lookup.next_at.type)
    due = {"next_at": due_at, "held_until": None}
    return insert(Lookup.__table__).on_conflict_do_update(
        index_elements=["order_key"], set_=due, where=Lookup.next_at > due_at
    )


def ask(order_id: str, at: datetime) -> datetime:
    """Have the panel asked about an order for somebody who waits; commit. Return since when somebody waits."""
    begin_writing()
    look_up(order_id, at)
    mine = Lookup.order_key == order_key(order_id)
    unknown = or_(Lookup.asked_at.is_(None), Lookup.asked_at > at + SKEW)
    db.session.execute(update(Lookup).where(mine, unknown).values(asked_at=at))
    since: datetime = db.session.scalars(select(Lookup.asked_at).where(mine)).one() or at
    db.session.commit()
    return since


def waiting_since(order_id: str) -> datetime | None:
    """Return since when somebody waits for what the panel says of an order; `None` where nobody does."""
    return db.session.connection().scalar(ASKED_AT, {"order_key": order_key(order_id)})


def take_lookups(at: datetime, most: int = MOST_READ) -> Sequence[str]:
    """Take the orders that are due, those first that somebody waits for, and hold them; commit. Return their IDs."""
    due = select(Lookup).where(Lookup.next_at <= at)
    if db.session.scalar(due.with_only_columns(Lookup.order_key).limit(1)) is None:
        db.session.rollback()
        return ()
    begin_writing()
    first = due.order_by(Lookup.asked_at.is_(None), Lookup.next_at).limit(most)
    fresh = first.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    taken = db.session.scalars(fresh).all()
    for lookup in taken:
        lookup.next_at = lookup.held_until = at + HELD
    db.session.commit()
    return [lookup.order_id for lookup in taken]


def release(order_ids: Sequence[str], next_at: datetime) -> None:
    """Have orders asked about later that the panel could not be asked about now; commit."""
    begin_writing()
    keys = [order_key(order_id) for order_id in order_ids]
    held = update(Lookup).where(Lookup.order_key.in_(keys), Lookup.held_until.is_not(None))
    db.session.execute(held.values(next_at=next_at, held_until=None))
    db.session.commit()


def plan(key: str, at: datetime, done_at: datetime | None) -> None:
    """Have an order that was read now be read again, by when something was last done with it; the caller commits.

    It is forgotten where nothing is to be done with it any more (`None`).
    """
    mine = Lookup.order_key == key
    if done_at is None:
        db.session.execute(delete(Lookup).where(mine))
        return
    pause = next((often for age, often in OFTEN if at - done_at < age), SELDOM)
    db.session.execute(update(Lookup).where(mine).values(next_at=at + pause, held_until=None, asked_at=None))


def heed_set_back(at: datetime) -> None:
    """Have orders asked about now that wait longer than any does: the clock was set back; commit."""
    too_long = Lookup.next_at > at + SELDOM
    if db.session.scalar(select(Lookup.order_key).where(too_long).limit(1)) is None:
        db.session.rollback()
        return
    begin_writing()
    db.session.execute(update(Lookup).where(too_long).values(next_at=at, held_until=None))
    db.session.commit()


def sweep_lookups(at: datetime) -> None:
    """Forget orders that are done with and that no panel was asked about; the caller commits."""
    begin_writing()
    open_too = select(Ticket.id).where(Ticket.order_key == Lookup.order_key, Ticket.ended_at.is_(None)).exists()
    db.session.execute(delete(Lookup).where(Lookup.next_at < at - FORGOTTEN, ~open_too))
