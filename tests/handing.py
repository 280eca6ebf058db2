"""Tokens of the main site, as it would sign them, and the customers who come with one."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from portal.clock import now
from portal.settings import SecretKey
from tests.build import HANDOVER_KEY, typed
from tests.filing import FORM
from tests.page import Page
from tests.visitor import Visitor

ORDER: dict[str, Any] = {
    "order_id": "1048576",
    "service_id": "1201",
    "service_name": "Instagram followers, slow",
    "link": "https://instagram.com/example.shop",
    "quantity": 1000,
    "charge": "0.90",
    "currency": "USD",
    "status": "processing",
    "sent_to_provider": True,
    "provider_allows": True,
    "customer_id": 4711,
    "email": "customer@example.com",
}
ALREADY_TOLD = dict.fromkeys(("order_id", "service_name", "link", "status", "email"))
"""What a customer whose whole order was handed over does not type."""


def token(*, key: SecretKey = HANDOVER_KEY, algorithm: str = "HS256", kid: str | None = "", **changes: Any) -> str:
    """Return a token for the order, changed as said; a claim changed to `None` is left out."""
    at = int(now().timestamp())
    claims = {**ORDER, "jti": secrets.token_hex(8), "iat": at, "exp": at + 900, **changes}
    said = {name: value for name, value in claims.items() if value is not None}
    headers = {"kid": key.id} if kid == "" else {}
    secret = {"none": "", "HS512": key.secret * 2}.get(algorithm, key.secret)
    return jwt.encode(said, secret, algorithm, headers=headers)


def come(visitor: Visitor, token: str, *, language: str = "en") -> Page:
    """Come from the main site with a token; return the page that it leads to."""
    return visitor.visit(f"/{language}/tickets/new?order={token}")


def file_handed(visitor: Visitor, page: Page, **changes: Any) -> Page:
    """Fill in and send the form of a page that a hand-over led to; return the answer."""
    return visitor.send_form(page, typed(**{**ALREADY_TOLD, "problem": "other", **changes}), form=FORM)


def named(page: Page) -> str:
    """Return the name that a hand-over has in the address of a page; "" where it has none."""
    return parse_qs(urlsplit(page.url).query).get("handed", [""])[0]


def asked(page: Page) -> set[str]:
    """Return the names of the fields of an order that a page lets a customer type."""
    typeable = page.all("input:not([type=hidden])[name], textarea[name]")
    return {str(tag["name"]) for tag in typeable} & ALREADY_TOLD.keys()


def handed_over(visitor: Visitor, *, language: str = "en", **changes: Any) -> Page:
    """Come with a token and file the ticket; return the confirmation."""
    answer = file_handed(visitor, come(visitor, token(**changes), language=language))
    assert answer.status == 303, answer.text
    return visitor.visit(str(answer.location))
