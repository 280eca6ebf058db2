"""Counters written in tests, as the smallest thing that can be written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal import limits
from portal.clock import now

MINE: dict[str, Any] = {"ends_at": now() + timedelta(hours=1), "times": 1}


def counted(who: str) -> None:
    """Count something of somebody once; the caller commits."""
    limits.count([limits.Counted("pieces", who, 1000, 3600)], now())
