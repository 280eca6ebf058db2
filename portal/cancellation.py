"""Where a request to cancel is, on its way to the panel. Pure."""

from __future__ import annotations

from enum import StrEnum

from portal.readings import Failure


class CancelState(StrEnum):
    """Where it is: not sent yet, just being sent, or ended in one of five ways."""

    WAITING = "waiting"
    SENDING = "sending"
    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNSENT = "unsent"
    CALLED_BACK = "called_back"


UNDER_WAY = (CancelState.WAITING, CancelState.SENDING)
"""The states in which it may still reach the panel."""

MAY_HAVE_REACHED = (CancelState.SENDING, CancelState.TAKEN, CancelState.UNKNOWN)
"""The states of which nobody can say that the panel was not asked."""


def ended_as(failure: Failure | None) -> CancelState | None:
    """Return how a request ended that was tried once; `None` where nothing was sent, and it goes on waiting."""
    return {
        None: CancelState.TAKEN,
        Failure.REFUSED: CancelState.REFUSED,
        Failure.UNKNOWN: CancelState.UNKNOWN,
        Failure.UNREACHABLE: None,
    }[failure]
