"""How often one address, browser or account may do a thing: counters in the database, in windows of fixed length.

`who` is a keyed hash, never an address itself.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete

from portal.extensions import begin_writing, built_once, db
from portal.models import Counter


class TooMany(Exception):
    """The limit of `what` is reached; `retry_after` seconds are left of the window."""

    def __init__(self, what: str, retry_after: int) -> None:
        super().__init__(f"{what}: try again in {retry_after} s")
        self.what, self.retry_after = what, retry_after

    @property
    def minutes(self) -> int:
        """The minutes left, begun ones counted whole."""
        return -(-self.retry_after // 60)


def count(what: str, who: str, *, times: int, seconds: int, at: datetime, amount: int = 1) -> None:
    """Count a thing done, in the session's transaction; the caller commits.

    Raises `TooMany` where that makes more than `times` in this window of `seconds`; the caller rolls back.
    """
    if amount == 0:
        return
    begin_writing()
    ends_at = _window_end(at, seconds)
    counted = {"key": _key(what, who), "ends_at": ends_at, "times": amount, "more": amount}
    done = db.session.connection().execute(_count(), counted).scalar_one()
    if done > times:
        raise TooMany(what, _seconds_left(ends_at, at))
    if done == amount:
        db.session.execute(delete(Counter).where(Counter.ends_at < at))


def clear(what: str, who: str) -> None:
    """Forget what was counted; the caller commits."""
    begin_writing()
    db.session.execute(delete(Counter).where(Counter.key == _key(what, who)))


@built_once
def _count(insert: Any) -> Any:
    row = insert(Counter.__table__)
    more = {"times": Counter.times + bindparam("more")}
    return row.on_conflict_do_update(index_elements=["key", "ends_at"], set_=more).returning(Counter.times)


def _key(what: str, who: str) -> str:
    return hashlib.sha256(f"{what}\0{who}".encode()).hexdigest()


def _window_end(at: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp((int(at.timestamp()) // seconds + 1) * seconds, UTC)


def _seconds_left(ends_at: datetime, at: datetime) -> int:
    return max(1, round((ends_at - at).total_seconds()))
