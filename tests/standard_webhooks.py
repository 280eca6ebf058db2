"""Whoever is called by a webhook, as the Standard Webhooks specification has them verify a call."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE = 300
"""Seconds by which a call may be old, or early."""


class Unverified(Exception):
    """A call is not to be believed; the message says why."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, at: float) -> None:
    """Verify a call that came at this moment, in seconds since 1970. Raises `Unverified`."""
    prefix, key = secret[:6], base64.b64decode(secret[6:], validate=True)
    if prefix != "whsec_" or not 24 <= len(key) <= 64:
        raise Unverified("no secret")
    id_, timestamp, signatures = (headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    if abs(at - int(timestamp)) > TOLERANCE:
        raise Unverified("old, or early")
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in (id_.encode(), b".", timestamp.encode(), b".", body):
        mac.update(part)
    right = base64.b64encode(mac.digest()).decode()
    versions = (signature.split(",", 1) for signature in signatures.split(" "))
    if not any(version == "v1" and hmac.compare_digest(signed, right) for version, signed in versions):
        raise Unverified("signed otherwise")
