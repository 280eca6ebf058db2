"""A notice as a call of a webhook: what changed, in JSON, signed."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing, suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from portal import webhooks
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
        status = _answered(url, headers, said, waits, within)
    except (OSError, HTTPException, ValueError) as error:
        return Result(fault=Fault.UNREACHABLE, detail=type(error).__name__, rests=True)
    if 200 <= status < 300:
        return Result()
    if status == GONE:
        return Result(fault=Fault.NOT_SET, detail=str(GONE), dropped=True)
    return Result(fault=Fault.NOT_NOW, detail=str(status))


def _answered(url: str, headers: dict[str, str], said: bytes, waits: float, within: float) -> int:
    """Send a call and return the status of its answer; what it says besides is not read, and no way on followed."""
    at = urlsplit(url)
    secure = ssl.create_default_context() if at.scheme == "https" else None
    host, path = at.hostname or "", f"{at.path or '/'}?{at.query}".removesuffix("?")
    with closing(HTTPSConnection(host, at.port, context=secure) if secure else HTTPConnection(host, at.port)) as line:
        line.sock = sock = socket.create_connection((line.host, line.port), waits)
        if secure:
            line.sock = sock = secure.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        timer = Timer(within, _cut, [sock])
        timer.daemon = True
        timer.start()
        try:
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            line.request("POST", path, said, headers)
            with closing(line.getresponse()) as answer:
                return answer.status
        finally:
            timer.cancel()


def _cut(sock: socket.socket) -> None:
    """Have whoever waits for the socket wait no longer; that of TLS stays as it is for them, and sees its end."""
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
