"""How often one address, browser or account may do a thing: counters in the database, in windows of fixed length.

`who` is a keyed hash, never an address itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete

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


class Counted(NamedTuple):
    """A thing to count: `what` of whom, at most so many `times` in a window of `seconds`."""

    what: str
    who: str
    times: int
    seconds: int

    def row(self, at: datetime, amount: int) -> dict[str, Any]:
        """Return the counter of this moment's window, as it is where nothing was counted in it before."""
        return {"key": _key(self.what, self.who), "ends_at": _window_end(at, self.seconds), "times": amount}


def count(counted: Sequence[Counted], at: datetime, amount: int = 1) -> None:
    """Count a thing done under each of these limits, in the session's transaction; the caller commits.

    Raises `TooMany` where that makes more than there may be in this window; the caller rolls back.
    """
    if amount == 0:
        return
    begin_writing()
    rows = {one: one.row(at, amount) for one in counted}
    done = {row.key: row.times for row in db.session.connection().execute(_more(), list(rows.values()))}
    for one, row in rows.items():
        if done[row["key"]] > one.times:
            raise TooMany(one.what, _seconds_left(row["ends_at"], at))


def sweep(at: datetime) -> None:
    """Forget what was counted in windows that ended; the caller commits."""
    begin_writing()
    db.session.execute(delete(Counter).where(Counter.ends_at < at))


def clear(what: str, who: str) -> None:
    """Forget what was counted; the caller commits."""
    begin_writing()
    db.session.execute(delete(Counter).where(Counter.key == _key(what, who)))


@built_once
def _more(insert: Any) -> Any:
    row = insert(Counter.__table__)
    more = {"times": Counter.times + row.excluded.times}
    upsert = row.on_conflict_do_update(index_elements=["key", "ends_at"], set_=more)
    return upsert.returning(Counter.key, Counter.times)


def _key(what: str, who: str) -> str:
    return hashlib.sha256(f"{what}\0{who}".encode()).hexdigest()


def _window_end(at: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp((int(at.timestamp()) // seconds + 1) * seconds, UTC)


def _seconds_left(ends_at: datetime, at: datetime) -> int:
    return max(1, round((ends_at - at).total_seconds()))
