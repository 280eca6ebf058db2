"""What machines ask that watch the portal: whether it lives, whether it is ready, and figures for operators."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from portal import outbox
from portal.clock import now
from portal.extensions import db
from portal.migrated import migration_of
from portal.views.here import portal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

bp = Blueprint("outside", __name__)
PATHS = ("/livez", "/readyz", "/metrics")
TEXT = "text/plain; charset=utf-8"


class ByAnyName:
    """A WSGI app in front of a Flask app: whoever watches calls a machine by its address, not by the public name."""

    def __init__(self, app: WSGIApplication, host: str) -> None:
        self._app, self._host = app, host

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ.get("PATH_INFO") in PATHS:
            environ["HTTP_HOST"] = self._host
        return self._app(environ, start)


@bp.get("/livez")
def live() -> Response:
    """Say that this process answers; nothing else is asked."""
    return Response("The portal lives.\n", content_type=TEXT)


@bp.get("/readyz")
def ready() -> Response:
    """Say whether the database answers and is as the code wants it, and how long the oldest due notice is due.

    A notice that waits makes nothing unready: customers are served all the same.
    """
    wanted, at = current_app.config["MIGRATION"], now()
    said: dict[str, Any] = {"ready": False, "database": False, "migration": None, "wanted_migration": wanted}
    try:
        found = migration_of(db.session.connection())
        said |= {"database": True, "migration": found}
        if found == wanted:
            due = outbox.oldest_due(at)
            said |= {"ready": True, "oldest_due_notice_seconds": round((at - due).total_seconds(), 1) if due else 0.0}
    except SQLAlchemyError:
        db.session.rollback()
    return Response(json.dumps(said) + "\n", 200 if said["ready"] else 503, content_type="application/json")


@bp.get("/metrics")
def metrics() -> Response:
    """Show figures to whoever has the token; while none is set, there is no such address."""
    figures = current_app.extensions["figures"]
    if figures is None:
        abort(404)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    known = hmac.compare_digest(given.encode(), str(portal().settings.metrics_token).encode())
    if scheme.lower() != "bearer" or not known:
        refused = Response("Send the token of PORTAL_METRICS_TOKEN.\n", 401, content_type=TEXT)
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    return Response(figures.text(now()), content_type=figures.content_type)
