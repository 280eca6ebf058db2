"""The security headers of every answer, and how much each address takes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

SMALL = 64 * 1000
"""Bytes that an address takes in, unless its view says otherwise."""

DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""The Content-Security-Policy of every answer, unless its view loosens a directive (see `loosen`)."""
PICTURE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def init(app: Flask, *, https: bool, large: Mapping[str, int], types: Mapping[str, Sequence[str]]) -> None:
    """Have an app check what comes in and mark what goes out.

    `large` names the endpoints that take more bytes, `types` the blueprints that take other media types than forms.
    """
    app.config["MAX_CONTENT_LENGTH"] = SMALL
    app.config["HTTPS"] = https
    app.config["LARGE"] = large
    app.config["TYPES"] = types
    app.before_request(_take_in)
    app.after_request(_mark)


def loosen(response: Response, directive: str, *sources: str) -> Response:
    """Let one answer do what others may not: set a directive of its Content-Security-Policy to these sources."""
    response.headers["Content-Security-Policy"] = _policy({**DIRECTIVES, directive: " ".join(sources)})
    return response


def share(response: Response) -> Response:
    """Let pages of other sites load a public file."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _take_in() -> None:
    request.max_content_length = current_app.config["LARGE"].get(request.endpoint, SMALL)
    types = current_app.config["TYPES"].get(request.blueprint, FORM_TYPES)
    if request.method == "POST" and request.endpoint and request.mimetype not in types:
        raise UnsupportedMediaType
    if request.method == "POST" and request.content_length is None and _is_cut():
        raise RequestEntityTooLarge
    if request.mimetype == FORM_TYPES[0] and not _is_text(request.get_data()):
        raise BadRequest  # what is no UTF-8 would otherwise be read as percent signs and figures


def _is_cut() -> bool:
    """Return whether a body that did not say how long it is reached the limit, where reading it ends."""
    return len(request.get_data()) >= (request.max_content_length or 0)


def _is_text(body: bytes) -> bool:
    try:
        unquote_to_bytes(body).decode()
    except UnicodeDecodeError:
        return False
    return True


def _policy(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _mark(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy(DIRECTIVES))
    headers["X-Content-Type-Options"] = "nosniff"
    if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
        headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    headers.setdefault("Cache-Control", "no-store")
    if current_app.config["HTTPS"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
