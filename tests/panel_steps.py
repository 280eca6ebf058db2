"""What happens to a request at the panel, as a worker does it, without any panel; each within an app's context."""

from __future__ import annotations

from datetime import datetime

from portal import tickets
from portal.policy import Policy, Status
from portal.readings import CancelAnswer, Failure, Reading
from portal.tickets.cancel import PAUSES
from tests.stored import ticket

SAID = "The panel says no to whoever asks"
"""What the panel says to a request to cancel."""


def is_read(policy: Policy, reference: str, status: Status, at: datetime) -> None:
    """Have the order read, which shows this status."""
    reading = Reading(status=status, shown=status.value, raw="{}")
    tickets.record(ticket(reference).order_id, reading, "panel.example", policy, at)


def answers_to_cancellation(failure: Failure | None, at: datetime) -> None:
    """Have the cancellation sent that waits, and the panel answer so."""
    sending = tickets.take_cancellation(at)
    assert sending is not None
    tickets.finish_cancellation(sending, CancelAnswer(failure=failure, said=SAID, raw="{}"), at)


def is_never_reached(at: datetime) -> None:
    """Have the cancellation tried that waits until it is given up, at this moment: the pauses pass ahead of it."""
    answer, tried = CancelAnswer(failure=Failure.UNREACHABLE, said="ConnectionRefusedError"), at
    for pause in PAUSES:
        sending = tickets.take_cancellation(tried)
        assert sending is not None
        tickets.finish_cancellation(sending, answer, tried)
        tried += pause
    last = tickets.take_cancellation(tried)
    assert last is not None
    tickets.finish_cancellation(last, answer, at)
