"""The API's blueprint: how its calls are let in, how often, and how their faults are told."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.exc import OperationalError

from portal import api_keys, limits
from portal.api.asked import AnyBody, BodyFault, read
from portal.api.scopes import Scope
from portal.clock import now
from portal.extensions import db
from portal.i18n import negotiated, speak
from portal.problems import problem
from portal.views.here import address, count, portal

bp = Blueprint("api", __name__, url_prefix="/api/v1")

NO_KEY = "Send a working key of the API, with the header Authorization: Bearer KEY."


class Refused(Exception):
    """A call is not let in; `status` and the message say why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def let_in(scope: Scope) -> Any:
    """Return the key of this call, which must have the scope; count the call. Raises `Refused`, `TooMany`."""
    key = _key()
    _count(key)
    if key is None:
        raise Refused(401, NO_KEY)
    if not api_keys.may(key, scope):
        raise Refused(403, f"This key lacks the scope {scope}. Use one that has it: `flask key make` makes it.")
    return key


def let_anyone_in() -> None:
    """Count a call that needs no key, and stores nothing: it is answered where it cannot be counted too.

    Raises `Refused`, `TooMany`.
    """
    try:
        key = _key()
        _count(key)
    except OperationalError:
        db.session.rollback()
        return
    if key is None and "Authorization" in request.headers:
        raise Refused(401, f"{NO_KEY} Or leave the header out: this call needs none.")


def body(model: type[AnyBody]) -> AnyBody:
    """Return the body of this call, checked; from here on the call speaks the language that it asks for."""
    languages = portal().content.languages
    sent = read(model, request.get_data(), languages)
    speak(getattr(sent, "language", None) or negotiated())
    return sent


def _key() -> Any | None:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return api_keys.working(key.strip()) if kind.lower() == "bearer" and key.strip() else None


def _count(key: Any | None) -> None:
    """Count a call: of its key, or of its address where it has none that works."""
    what, who = ("calls_key", f"key {key.id}") if key else ("calls_address", address())
    count(what, who, now())
    db.session.commit()


@bp.errorhandler(Refused)
def _refused(refused: Refused) -> Response:
    response = problem(refused.status, refused.detail)
    if refused.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


@bp.errorhandler(BodyFault)
def _not_as_needed(fault: BodyFault) -> Response:
    return problem(fault.status, fault.detail, [wrong.model_dump() for wrong in fault.errors])


@bp.errorhandler(limits.TooMany)
def _too_many(refusal: limits.TooMany) -> Response:
    db.session.rollback()
    response = problem(429, f"Too many calls. Send it again in {refusal.retry_after} seconds.")
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response
