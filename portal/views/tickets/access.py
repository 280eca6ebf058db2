"""Who may see a ticket: whoever has its secret link, by a cookie for that ticket alone."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import request
from werkzeug.wrappers import Response

from portal import tickets
from portal.views.here import cookie_name, portal

LASTS = 3600
"""Seconds that an opened ticket stays open without being looked at."""

AnyResponse = TypeVar("AnyResponse", bound=Response)


def grant(response: AnyResponse, reference: str, token: str) -> AnyResponse:
    """Let the browser that gets this response see the ticket, for an hour from now."""
    response.set_cookie(
        _cookie(reference), token, max_age=LASTS, secure=portal().settings.https, httponly=True, samesite="Lax"
    )
    return response


def renew(response: AnyResponse, reference: str) -> AnyResponse:
    """Let the browser see the ticket for an hour more."""
    return grant(response, reference, request.cookies[_cookie(reference)])


def opened(reference: str) -> Any | None:
    """Return the ticket of this reference where the browser opened its secret link; else `None`."""
    token = request.cookies.get(_cookie(reference), "")
    ticket = tickets.by_token(token, portal().keys) if token else None
    return ticket if ticket is not None and ticket.reference == reference else None


def opened_for(order_id: str) -> Any | None:
    """Return an open ticket for the order among those whose secret links the browser opened."""
    prefix = _cookie("")
    references = [name.removeprefix(prefix) for name in request.cookies if name.startswith(prefix)]
    of_order = tickets.open_among(references, order_id)
    return next((ticket for ticket in map(opened, of_order) if ticket is not None), None)


def _cookie(reference: str) -> str:
    return cookie_name(f"ticket-{reference}")
