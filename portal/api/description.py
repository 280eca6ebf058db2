"""The description of the API: OpenAPI 3.1, from the same models that check its calls and make its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from portal import patterns
from portal.api.answered import EligibilityAnswer, PolicyAnswer, TicketAnswer, TicketFiled
from portal.api.asked import FactsAsked, NewTicket, Wrong
from portal.api.called import STATE_CHANGED, StateChanged
from portal.api.scopes import Scope

VERSION = "1.0.0"
PREFIX = "#/components/schemas/"
REFERENCE: Mapping[str, Any] = {
    "name": "reference",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Z0-9]{3}-[A-Z0-9]{4}$"},
}
IDEMPOTENCY_KEY: Mapping[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "a new random name a ticket; the same call with the same name is answered the same",
    "schema": {"type": "string", "pattern": patterns.IDEMPOTENCY_KEY},
}
SIGNED: Mapping[str, str] = {
    "webhook-id": "the name of this call, the same at every try",
    "webhook-timestamp": "when this try was made, in seconds since 1970",
    "webhook-signature": "v1, a comma, and base64 of HMAC-SHA256 over id.timestamp.body (Standard Webhooks)",
}
NEEDS_A_KEY: Sequence[Mapping[str, Sequence[str]]] = [{"key": []}]


class ProblemDocument(BaseModel):
    """A problem document (RFC 9457): what is wrong with a call, and what to send."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Wrong] | None = Field(None, description="each fault of the body")
    reference: str | None = Field(None, description="to tell support, where the fault is ours")


FAULTS = {
    304: "It did not change.",
    400: "The request is not as it is described here.",
    401: "The key is missing, unknown or withdrawn.",
    403: "The key lacks the scope of this call.",
    404: "There is nothing of this name.",
    409: "The Idempotency-Key came before with another body.",
    413: "The body is too large.",
    415: "The body is not sent as JSON.",
    422: "Fields of the body are wrong; `errors` names each.",
    429: "Too many calls; the header Retry-After says when to come back.",
    500: "Something went wrong on our side.",
    503: "Nothing could be stored.",
}
HEADERS = {
    "ETag": "the name of this version; send it as If-None-Match",
    "Location": "the address at which the ticket is followed",
    "Retry-After": "seconds to wait",
    "WWW-Authenticate": "Bearer",
}
HEADERS_OF: Mapping[int, Sequence[str]] = {304: ["ETag"], 401: ["WWW-Authenticate"], 429: ["Retry-After"]}
SENT = (400, 413, 415, 422)
"""Faults of whatever sends a body."""

OURS = (429, 500, 503)
"""Faults of every call."""


def describe(languages: Sequence[str], public_url: str) -> dict[str, Any]:
    """Return the description of the API of a portal at this address, with these languages."""
    asked, answered = (
        (FactsAsked, NewTicket),
        (PolicyAnswer, EligibilityAnswer, TicketFiled, TicketAnswer, ProblemDocument, StateChanged),
    )
    modes: Any = [(m, "validation") for m in asked] + [(m, "serialization") for m in answered]
    _, schemas = models_json_schema(modes, ref_template=PREFIX + "{model}")
    for model in asked:
        schemas["$defs"][model.__name__]["properties"]["language"]["anyOf"][0] = {"enum": list(languages)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Help portal",
            "version": VERSION,
            "description": "For the main site's servers: the cancellation policy, its answers, and tickets.",
        },
        "servers": [{"url": public_url}],
        "paths": _paths(),
        "webhooks": {STATE_CHANGED: {"post": _state_changed()}},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "a key of the API"}},
        },
    }


def _paths() -> dict[str, Any]:
    read = {"200": _answer("The policy.", PolicyAnswer, "ETag")}
    said = {"200": _answer("The policy's answer; never a yes.", EligibilityAnswer)}
    filed = {
        "200": _answer("Added to the open ticket.", TicketFiled, "Location"),
        "201": _answer("Filed.", TicketFiled, "Location"),
    }
    found = {"200": _answer("The ticket.", TicketAnswer)}
    calls = {
        "policy": _call("The policy as data", Scope.POLICY_READ, read, 304, 401, 403),
        "eligibility": _call("What the policy says of facts", None, said, *SENT, 401, body=FactsAsked),
        "fileTicket": _call(
            *("File a ticket for a customer", Scope.TICKETS_WRITE, filed, *SENT, 401, 403, 409),
            body=NewTicket,
            parameter=IDEMPOTENCY_KEY,
        ),
        "ticket": _call("Where a ticket is", Scope.TICKETS_READ, found, 401, 403, 404, parameter=REFERENCE),
    }
    named = {name: {"operationId": name, **call} for name, call in calls.items()}
    return {
        "/api/v1/policy": {"get": named["policy"]},
        "/api/v1/eligibility": {"post": named["eligibility"]},
        "/api/v1/tickets": {"post": named["fileTicket"]},
        "/api/v1/tickets/{reference}": {"get": named["ticket"]},
    }


def _state_changed() -> dict[str, Any]:
    """Return the description of the call that webhooks get."""
    return {
        "operationId": "ticketStateChanged",
        "summary": "A ticket's state changed",
        "description": "Called at the addresses that `flask webhook add` names, signed as Standard Webhooks says.",
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": what, "schema": {"type": "string"}}
            for name, what in SIGNED.items()
        ],
        "requestBody": {"required": True, "content": _json(StateChanged)},
        "responses": {
            "2XX": {"description": "It was taken."},
            "410": {"description": "Nothing more is wanted at this address: it is withdrawn."},
            "default": {"description": "It was not taken: it is called again, for about three days."},
        },
    }


def _call(
    summary: str,
    scope: Scope | None,
    answers: Mapping[str, Any],
    *faults: int,
    body: type[BaseModel] | None = None,
    parameter: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the description of a call; one without a scope takes a key, and needs none."""
    call: dict[str, Any] = {
        "summary": summary,
        "description": f"Needs a key with the scope {scope}."
        if scope
        else "Public, and limited; a key raises the limit.",
        "security": NEEDS_A_KEY if scope else [{}, *NEEDS_A_KEY],
        "responses": {**answers, **{str(status): _fault(status) for status in (*faults, *OURS)}},
    }
    if body:
        call["requestBody"] = {"required": True, "content": _json(body)}
    if parameter:
        call["parameters"] = [parameter]
    return call


def _answer(description: str, model: type[BaseModel], *headers: str) -> dict[str, Any]:
    return {"description": description, "headers": _headers(*headers), "content": _json(model)}


def _fault(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": f"{PREFIX}{ProblemDocument.__name__}"}}}
    told = {"description": FAULTS[status], "headers": _headers(*HEADERS_OF.get(status, ()))}
    return {**told, **({"content": content} if status >= 400 else {})}


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"description": HEADERS[name], "required": True, "schema": {"type": "string"}} for name in names}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"{PREFIX}{model.__name__}"}}}
