"""Customers whom the main site hands over: the token leaves the address at once, and waits in a cookie for its form.

Each hand-over has a cookie and a name in the address of its own, so that several orders stay open side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from portal import tickets
from portal.clock import now
from portal.filing import Told
from portal.handover import Fault, Handover, Unusable, customer_filer, read
from portal.keys import digest
from portal.views.here import FORM_LASTS, browser, cookie_name, portal
from portal.views.tickets.access import grant

PURPOSE = "handover"
MOST_WAITING = 6000
"""Letters of hand-overs that wait in one browser: servers take only so many of cookies."""

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
    def filer(self) -> str | None:
        """Whom the main site vouches for: its customer, or, where it names none, whoever it sent in this browser."""
        return _filer(self.handover) if self.handover else None


def arrive(token: str, language: str) -> Response:
    """Lead whoever comes with a token to the form, or to the ticket that they filed for the order before."""
    at = now()
    try:
        handover = _read(token, at)
    except Unusable as fault:
        _log(fault)
        return redirect(url_for("tickets.new", language=language, handed=fault.fault), 303)
    name = handover.id[:NAMED]
    if tickets.of_handover(handover.id):  # the form says so, and leads to the request where this browser opened it
        _log(Unusable(Fault.USED, "a request was filed with it"))
        return _kept(redirect(url_for("tickets.new", language=language, handed=name), 303), name, token, at)
    language = handover.language if handover.language in portal().content.languages else language
    earlier = tickets.latest_for(handover.told.order_id, _filer(handover))
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
    try:
        if opened is None or not opened <= now() < opened + FORM_LASTS:
            raise Unusable(Fault.LOST, "its cookie is gone or too old")
        handover = _read(token, opened)  # its key may have been taken away meanwhile
        if handover.id[:NAMED] != name:
            raise Unusable(Fault.LOST, "its cookie has another's name")
    except Unusable as fault:
        _log(fault)
        return Handed(name=name, fault=fault.fault)
    return Handed(name=name, handover=handover)


def _read(token: str, opened: datetime) -> Handover:
    settings = portal().settings
    return read(token, {key.id: key.secret for key in settings.handover_keys}, opened, settings.public_url)


def _filer(handover: Handover) -> str:
    told = handover.told
    return customer_filer(told.customer_id) if told.customer_id else digest(f"handed over\0{browser()}")


def _log(fault: Unusable) -> None:
    current_app.logger.warning("a hand-over was not taken (%s): %s", fault.fault, fault)


def _kept(response: Response, name: str, token: str, at: datetime) -> Response:
    """Give the browser a token to keep, in the place of its oldest where it keeps many.

    It is kept when it was used too, so that "back" is told that it was.
    """
    secure = portal().settings.https
    value = portal().keys.sign(PURPOSE, f"{token.replace('.', '~')}~{int(at.timestamp())}")
    for cookie in _surplus(_cookie(name), len(value)):
        response.delete_cookie(cookie, secure=secure, httponly=True, samesite="Lax")
    lasts = int(FORM_LASTS.total_seconds())
    response.set_cookie(_cookie(name), value, max_age=lasts, secure=secure, httponly=True, samesite="Lax")
    return response


def _surplus(new: str, letters: int) -> Iterator[str]:
    """Yield the cookies of hand-overs, the oldest first, that must go before so many letters can come."""
    others = {name: value for name, value in request.cookies.items() if name.startswith(_cookie("")) and name != new}
    waiting = sorted(others, key=lambda name: _opened(others[name])[1] or datetime.min.replace(tzinfo=UTC))
    left = letters + sum(map(len, others.values()))
    for name in waiting:
        if left <= MOST_WAITING:
            return
        left -= len(others[name])
        yield name


def _opened(value: str) -> tuple[str, datetime | None]:
    """Return the token that a cookie keeps, and when it was opened; no moment where the cookie is not ours."""
    token, _, opened = (portal().keys.unsign(PURPOSE, value) or "").rpartition("~")
    return token.replace("~", "."), datetime.fromtimestamp(int(opened), UTC) if opened else None


def _cookie(name: str) -> str:
    return cookie_name(f"order-{name}")
