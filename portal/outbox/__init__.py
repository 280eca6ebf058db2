"""The outbox: notices wait here, written with the event that they are about, until a worker has sent them."""

from __future__ import annotations

from portal.outbox.after import (
    BeingSent,
    checks,
    drop,
    forget_checks,
    of_ticket,
    readdress,
    record_check,
    refused,
    send_again,
    sweep,
    unsent_count,
    unsent_page,
)
from portal.outbox.held import HELD, PAUSES, USUAL, Fault, Held, Part, Rest, Result, Rhythm, finish, spread, take
from portal.outbox.written import ask_for_link, remind, state_before, write

__all__ = [
    "HELD",
    "PAUSES",
    "USUAL",
    "BeingSent",
    "Fault",
    "Held",
    "Part",
    "Rest",
    "Result",
    "Rhythm",
    "ask_for_link",
    "checks",
    "drop",
    "finish",
    "forget_checks",
    "of_ticket",
    "readdress",
    "record_check",
    "refused",
    "remind",
    "send_again",
    "spread",
    "state_before",
    "sweep",
    "take",
    "unsent_count",
    "unsent_page",
    "write",
]
