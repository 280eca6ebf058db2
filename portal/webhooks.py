"""Webhooks: addresses of the main site that are told of a ticket's change of state, signed as Standard Webhooks says.

The database keeps a nonce; the secret is made of it with a key of `PORTAL_SECRET_KEYS`, as a ticket's link is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from portal.extensions import begin_writing, db
from portal.keys import Keyring
from portal.models import Webhook

PURPOSE = "webhook"
PREFIX = "whsec_"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class WebhookFault(Exception):
    """What was asked of the webhooks cannot be done; the message says why, plainly."""


def add(url: str, keys: Keyring, at: datetime) -> tuple[Webhook, str]:
    """Add an address to call; return it and its secret. Raises `WebhookFault`."""
    _check(url)
    begin_writing()
    webhook = Webhook(url=url, nonce=secrets.token_hex(16), key_id=keys.newest, made_at=at)
    db.session.add(webhook)
    db.session.commit()
    return webhook, secret(webhook, keys)


def secret(webhook: Webhook, keys: Keyring) -> str:
    """Return the secret that signs calls, `whsec_` and base64 of 32 bytes; `KeyError` where its key is gone."""
    made = keys.mac(PURPOSE, webhook.nonce, webhook.key_id)
    return PREFIX + base64.b64encode(base64.urlsafe_b64decode(made + "=")).decode()


def signature(secret: str, id_: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature` for a call (Standard Webhooks, HMAC-SHA256)."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{id_}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def listed() -> Sequence[Webhook]:
    """Return every webhook, the first first."""
    return db.session.scalars(select(Webhook).order_by(Webhook.id)).all()


def working(number: int) -> Webhook | None:
    """Return the webhook of this number that was not withdrawn."""
    webhook = db.session.get(Webhook, number)
    return webhook if webhook is not None and webhook.withdrawn_at is None else None


def withdraw(number: int, at: datetime) -> Webhook:
    """Call an address no longer. Raises `WebhookFault`."""
    begin_writing()
    webhook = db.session.get(Webhook, number)
    if webhook is None:
        db.session.rollback()
        raise WebhookFault(f"there is no webhook {number}: `flask webhook list` shows them")
    webhook.withdrawn_at = webhook.withdrawn_at or at
    db.session.commit()
    return webhook


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        whole = parts.hostname and parts.port != 0 and url.isprintable() and " " not in url and url.isascii()
    except ValueError:
        whole = False
    if not whole or "@" in parts.netloc or parts.fragment:
        raise WebhookFault("the address should be such as https://shop.example.com/hooks/tickets, without a password")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise WebhookFault("the address should begin with https:// unless it is on this machine itself")
