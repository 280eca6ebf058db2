"""The time: nothing else in the portal reads the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SKEW = timedelta(minutes=5)
"""How far apart the clocks of the machines may be on which the portal runs."""


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def lies_ahead(written: datetime, at: datetime) -> bool:
    """Return whether what was the present when it was written lies ahead: the clock was wrong then, and set back."""
    return written > at + SKEW
