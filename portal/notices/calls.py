"""A notice as a call of a webhook: what changed, in JSON, signed."""

from __future__ import annotations

import json
from datetime import datetime

import urllib3

from portal import webhooks
from portal.models import Event, Ticket
from portal.outbox import Fault, Result
from portal.policy import OPEN

WITHIN = 15
"""Seconds for a whole call."""
TYPE = "ticket.state_changed"
GONE = 410

_pool = urllib3.PoolManager(maxsize=1, retries=False)


def body(event: Event, ticket: Ticket, before: str | None) -> bytes:
    """Return what a call says: where the ticket was and where it went, and none of the customer's words."""
    data = {
        "reference": ticket.reference,
        "order_id": ticket.order_id,
        "state": event.state,
        "previous_state": before,
        "open": event.state in OPEN,
    }
    return json.dumps({"type": TYPE, "timestamp": event.at.isoformat(), "data": data}).encode()


def call(url: str, secret: str, id_: str, said: bytes, at: datetime) -> Result:
    """Call a webhook; `id_` is the same at every try. An answer of 2xx takes it; 410 wants no call ever again."""
    timestamp = int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "help-portal",
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": webhooks.signature(secret, id_, timestamp, said),
    }
    try:
        answer = _pool.request(
            "POST",
            url,
            body=said,
            headers=headers,
            redirect=False,
            timeout=urllib3.Timeout(total=WITHIN),
            preload_content=False,
        )
        answer.close()  # what it says besides is not read
    except urllib3.exceptions.HTTPError as error:
        return Result(fault=Fault.UNREACHABLE, detail=type(error).__name__)
    if 200 <= answer.status < 300:
        return Result()
    if answer.status == GONE:
        return Result(fault=Fault.NOT_SET, detail=str(GONE), dropped=True)
    return Result(fault=Fault.NOT_NOW, detail=str(answer.status))
