"""Calls of the API in tests: with a key, or as a stranger."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from flask import Flask

from portal import api_keys
from portal.api.scopes import Scope
from portal.clock import now
from portal.extensions import db
from portal.models import ApiKey
from tests.page import Page
from tests.visitor import Visitor

TICKET: dict[str, Any] = {
    "order_id": "1048576",
    "service_name": "Instagram followers, slow",
    "link": "https://instagram.com/example.shop",
    "status": "pending",
    "problem": "other",
    "link_changed": False,
    "reason": "The customer ordered the wrong thing and asked us in chat.",
    "customer_id": "4711",
    "sent_to_provider": False,
    "language": "en",
}


def key_with(app: Flask, *scopes: Scope) -> str:
    """Make a key with these scopes, with all where none is named."""
    with app.app_context():
        return api_keys.make("The shop", scopes or tuple(Scope), now())


def withdraw_all(app: Flask) -> None:
    """Withdraw every key."""
    with app.app_context():
        for key in db.session.query(ApiKey).all():
            api_keys.withdraw(key.id, now())


class Program:
    """A program of the main site: it calls the API with a key, or without."""

    def __init__(self, app: Flask, key: str | None = None) -> None:
        self._visitor = Visitor(app)
        self._key = key

    def get(self, path: str, **headers: str) -> Page:
        """Call an address of the API."""
        return self._visitor.open(f"/api/v1{path}", headers=self._headers(headers))

    def post(self, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> Page:
        """Send a body as JSON, or these bytes."""
        sent: dict[str, Any] = {"json": body} if raw is None else {"data": raw, "content_type": "application/json"}
        return self._visitor.open(f"/api/v1{path}", method="POST", headers=self._headers(headers), **sent)

    def file(self, named: str | None = None, *, without: Sequence[str] = (), **changes: Any) -> Page:
        """File a ticket, right in every field but those that are changed or left out."""
        body = {name: value for name, value in {**TICKET, **changes}.items() if name not in without}
        return self.post("/tickets", body, Idempotency_Key=named or secrets.token_hex(8))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        key = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        return key | {name.replace("_", "-"): value for name, value in more.items()}


def problem(answer: Page, status: int) -> Any:
    """Return the problem document of an answer, which must have this status."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.html
    assert answer.json["status"] == status
    assert answer.json["detail"].endswith(".")
    return answer.json
