"""Jobs that are done every so often, and what must not be given up at the first fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from portal.extensions import db


class Every:
    """A job that is done every so often, at first at once, or after `begun`."""

    def __init__(self, often: timedelta, do: Callable[[], None], begun: datetime | None = None) -> None:
        self._often, self._do = often, do
        self._next = begun + often if begun else None

    def run_where_due(self, at: datetime) -> None:
        """Do the job where it is due."""
        if self._next is None or has_come(self._next, at, self._often):
            self._next = at + self._often
            self._do()


def has_come(moment: datetime, at: datetime, most: timedelta) -> bool:
    """Return whether a moment has come that was at most so far ahead; it has too where the clock was set back."""
    return at >= moment or moment - at > most


def persistently(do: Callable[[], object]) -> None:
    """Write something down, a few times where the database takes nothing: what was sent is not to be forgotten."""
    for pause in (0.1, 0.5, 2.0, 5.0, None):
        try:
            do()
            return
        except SQLAlchemyError:
            db.session.rollback()
            if pause is None:
                raise
            time.sleep(pause)
