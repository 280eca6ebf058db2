"""A notice as a call of a webhook: what changed, in JSON, signed."""

from __future__ import annotations

from datetime import datetime

from portal import http_call, webhooks
from portal.api.called import STATE_CHANGED, StateChange, StateChanged
from portal.models import Event, Ticket
from portal.outbox import Fault, Result
from portal.policy import OPEN, State

WAITS = 10.0
"""Seconds for the connection, and for each answer of the server."""
WITHIN = 20.0
"""Seconds for a whole call, however slowly the server answers: far less than a worker holds a notice."""
GONE = 410


def body(event: Event, ticket: Ticket, before: State | None) -> bytes:
    """Return what a call says: where the ticket was and where it went, and none of the customer's words."""
    change = StateChange(
        reference=ticket.reference,
        order_id=ticket.order_id,
        state=event.state,
        previous_state=before,
        open=event.state in OPEN,
    )
    return StateChanged(type=STATE_CHANGED, timestamp=event.at, data=change).model_dump_json().encode()


def call(
    url: str, secret: str, name: str, said: bytes, at: datetime, *, waits: float = WAITS, within: float = WITHIN
) -> Result:
    """Call a webhook and return what became of it; `name` is the same at every try.

    An answer of 2xx takes it; 410 wants no call ever again.
    """
    id_, timestamp = f"msg_{name.replace('.', '_')}", int(at.timestamp())  # the id holds none of the dots that part it
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "help-portal",
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": webhooks.signature(secret, id_, timestamp, said),
    }
    try:
        status = http_call.call(url, headers, said, waits=waits, within=within, most=0).status
    except http_call.CallFault as fault:
        return Result(fault=Fault.UNREACHABLE, detail=fault.detail, rests=True)
    if 200 <= status < 300:
        return Result()
    if status == GONE:
        return Result(fault=Fault.NOT_SET, detail=str(GONE), dropped=True)
    return Result(fault=Fault.NOT_NOW, detail=str(status))
