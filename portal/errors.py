"""A plain page for each thing that can go wrong, in the person's language, with the way on and no trace."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from portal import problems, watched
from portal.files import Unreachable
from portal.i18n import gettext
from portal.logs import broken

RETRY_SECONDS = 30
"""When to try again where the database cannot be written to, or a screenshot not read."""


def init(app: Flask) -> None:
    """Have an app answer every fault with a page."""
    app.register_error_handler(CSRFError, lambda fault: page(400, *stale_words(fault)))
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(PoolTimeout, _unavailable)
    app.register_error_handler(Unreachable, _unreadable)
    app.register_error_handler(Exception, _unknown)


def page(status: int, title: str, advice: str, reference: str = "", typed: Sequence[str] = ()) -> Response:
    """Return an error page, with what was `typed`; plain words to a host that is not ours, a problem to programs."""
    if isinstance(request.routing_exception, SecurityError):
        return Response(f"{title}. {advice}\n", status, content_type="text/plain; charset=utf-8")
    if problems.for_a_program():
        return problems.known(status, reference)
    body = render_template(
        "errors/error.html", status=status, title=title, advice=advice, reference=reference, typed=typed
    )
    return make_response(body, status)


def stale_words(fault: CSRFError | None, *, below: bool = False) -> tuple[str, str]:
    """Return what to say of a form whose token is missing, forged or too old; `below` it may stand filled in again."""
    if fault is not None and "referrer" in fault.description:
        return (
            gettext("Your browser did not say from which page the form came"),
            gettext("Allow this site to see it (the setting is often called “referrer”), then send the form again."),
        )
    if not request.cookies:
        return (
            gettext("Your browser did not send the cookie of this form"),
            gettext("Allow cookies for this site. What you typed is below: send it again.")
            if below
            else gettext("Allow cookies for this site, go back, reload the page and send it again."),
        )
    return (
        gettext("This page was open for too long"),
        gettext("Nothing was stored. What you typed is below: look through it and send it again.")
        if below
        else gettext("Nothing was stored. Go back, reload the page and send it again."),
    )


def _words(status: int) -> tuple[str, str]:
    said = {
        400: (gettext("We could not read the request"), gettext("Go back, check what you sent and try again.")),
        404: (
            gettext("There is no such page"),
            gettext("Check the address, or begin again from the cancellation policy."),
        ),
        405: (
            gettext("This address does not take such a request"),
            gettext("Begin again from the cancellation policy."),
        ),
        413: (
            gettext("What you sent is too large"),
            gettext(
                "Go back: what you typed is still there. Choose smaller pictures, at most 5 MB each, and send again."
            ),
        ),
        415: (
            gettext("This address takes only forms"),
            gettext("Open the page in a browser and send the form from there."),
        ),
    }
    return said.get(status, (gettext("The request could not be answered"), gettext("Go back and try again.")))


def _known(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        return _unknown(error)
    answer = page(error.code, *_words(error.code))
    if isinstance(error, MethodNotAllowed):
        answer.headers.extend([(k, v) for k, v in error.get_headers() if k == "Allow"])
    return answer


def _unavailable(error: SQLAlchemyError) -> Response:
    watched.fault(**broken(error))
    title = gettext("The portal cannot store anything at the moment")
    advice = gettext("Nothing was stored. Go back: what you typed is still there. Try again in a minute.")
    answer = page(503, title, advice)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _unreadable(error: Unreachable) -> Response:
    current_app.logger.error("a screenshot could not be read: %s", error)
    answer = page(503, gettext("The screenshot cannot be shown at the moment"), gettext("Try again in a minute."))
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _unknown(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    watched.fault(reference=reference, **broken(error))
    title = gettext("Something went wrong on our side")
    advice = gettext("Go back and try again. If it happens again, tell support this reference:")
    return page(500, title, advice, reference)
