"""What is wrong with a call of the API, as a problem document (RFC 9457). In English: developers read it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, request

API = "/api/"
"""How the addresses begin whose faults are told so."""


def for_a_program() -> bool:
    """Return whether this request is a call of the API."""
    return request.path.startswith(API)


def problem(status: int, detail: str, errors: Sequence[Mapping[str, Any]] = (), reference: str = "") -> Response:
    """Return a problem document: a status, what to do about it, the faults of a body, a reference for support."""
    said: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        said["errors"] = list(errors)
    if reference:
        said["reference"] = reference
    body = json.dumps(said, ensure_ascii=False)
    return Response(body + "\n", status, content_type="application/problem+json")


DETAILS = {
    400: "Send the request as the document at /api/v1/openapi.json describes it.",
    404: "There is nothing at this address. The calls are listed at /api/v1/openapi.json.",
    405: "This address does not take this method; the Allow header names those that it takes.",
    413: "Send a body of at most 64 kB.",
    415: "Send the body as JSON, with the header Content-Type: application/json.",
    500: "Something went wrong on our side. If it happens again, tell support the reference.",
    503: "Nothing was stored. Try again in a minute; file a ticket with the same Idempotency-Key.",
}
"""What to do about each fault that is no call's own."""


def known(status: int, reference: str = "") -> Response:
    """Return the problem document of a fault that is no call's own."""
    return problem(status, DETAILS.get(status, DETAILS[400]), reference=reference)
