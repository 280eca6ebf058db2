"""Customers whom the main site hands over: the token leaves the address at once, and waits in a cookie for its form.

Each hand-over has a cookie and a name in the address of its own, so that several orders stay open side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from portal import tickets
from portal.clock import now
from portal.filing import Told
from portal.handover import Fault, Handover, Unusable, read
from portal.views.here import browser, cookie_name, portal
from portal.views.tickets.access import grant

PURPOSE = "handover"
WAITS = timedelta(hours=4)
"""How long the form of a hand-over can be sent, as every form: the token itself opens it for an hour at most."""

MOST_WAITING = 4
"""Hand-overs that wait in one browser: servers take only so many letters of cookies."""

NAMED = 12
"""Letters of a hand-over's id that name its cookie."""


@dataclass(frozen=True, kw_only=True)
class Handed:
    """The hand-over that the address of a request names: its name there, what it says, or why it is not taken."""

    name: str | None = None
    handover: Handover | None = None
    fault: Fault | None = None

    @property
    def told(self) -> Told | None:
        """What the main site told."""
        return self.handover.told if self.handover else None

    @property
    def customer(self) -> str | None:
        """The hash that names the customer."""
        return self.handover.customer if self.handover else None


def arrive(token: str, language: str) -> Response:
    """Lead whoever comes with a token to the form, or to the ticket that they filed for the order before."""
    at = now()
    try:
        handover = read(token, _keys(), at)
    except Unusable as fault:
        current_app.logger.warning("a hand-over was not taken: %s", fault)
        return redirect(url_for("tickets.new", language=language, handed=fault.fault), 303)
    if tickets.handover_used(handover.id):
        return redirect(url_for("tickets.new", language=language, handed=Fault.USED), 303)
    language = handover.language if handover.language in portal().content.languages else language
    name = handover.id[:NAMED]
    earlier = tickets.latest_for(handover.told.order_id, handover.customer or browser())
    if earlier is None or not portal().keys.has(earlier.key_id):
        return _kept(redirect(url_for("tickets.new", language=language, handed=name), 303), name, token, at)
    to_ticket = url_for("tickets.ticket", language=language, reference=earlier.reference, handed=name)
    response = grant(redirect(to_ticket, 303), earlier.reference, tickets.link_token(earlier, portal().keys))
    return _kept(response, name, token, at)


def handed() -> Handed:
    """Return the hand-over that the address of this request names."""
    name = request.args.get("handed")
    if not name:
        return Handed()
    if name in set(Fault):
        return Handed(name=name, fault=Fault(name))
    token, opened = _opened(request.cookies.get(_cookie(name), ""))
    if opened is None or not opened <= now() < opened + WAITS:
        return Handed(name=name, fault=Fault.LOST)
    try:
        handover = read(token, _keys(), opened)
    except Unusable as fault:  # its key was taken away meanwhile
        return Handed(name=name, fault=fault.fault)
    if handover.id[:NAMED] != name:
        return Handed(name=name, fault=Fault.LOST)
    return Handed(name=name, handover=handover)


def _keys() -> dict[str, str]:
    return {key.id: key.secret for key in portal().settings.handover_keys}


def _kept(response: Response, name: str, token: str, at: datetime) -> Response:
    """Give the browser a token to keep, in the place of its oldest where it keeps many.

    It is kept when it was used too, so that "back" is told that it was.
    """
    prefix, secure = _cookie(""), portal().settings.https
    waiting = sorted(
        (_opened(value)[1] or at, cookie) for cookie, value in request.cookies.items() if cookie.startswith(prefix)
    )
    for _, cookie in waiting[: max(0, len(waiting) - MOST_WAITING + 1)]:
        response.delete_cookie(cookie, secure=secure, httponly=True, samesite="Lax")
    value = portal().keys.sign(PURPOSE, f"{token.replace('.', '~')}~{int(at.timestamp())}")
    lasts = int(WAITS.total_seconds())
    response.set_cookie(_cookie(name), value, max_age=lasts, secure=secure, httponly=True, samesite="Lax")
    return response


def _opened(value: str) -> tuple[str, datetime | None]:
    """Return the token that a cookie keeps, and when it was opened; no moment where the cookie is not ours."""
    token, _, opened = (portal().keys.unsign(PURPOSE, value) or "").rpartition("~")
    return token.replace("~", "."), datetime.fromtimestamp(int(opened), UTC) if opened else None


def _cookie(name: str) -> str:
    return cookie_name(f"order-{name}")
