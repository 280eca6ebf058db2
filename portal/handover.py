"""Hand-overs: what the main site says, by a signed token, of the customer and the order that it sends (RFC 7519).

A token works for as long as it says, at most an hour; who keeps it says when it was opened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import jwt
from jwt.types import Options
from pydantic import Field, ValidationError

from portal.filing import Told
from portal.keys import digest
from portal.order_facts import OrderFacts, description
from portal.text import clean_line

ALGORITHM = "HS256"
LASTS = timedelta(hours=1)
SKEW = timedelta(minutes=1)
"""How far the clocks of two machines may be apart."""

LONGEST = 3600
"""Letters of a token: a browser keeps it in a cookie."""

SIGNATURE_ALONE: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""What PyJWT checks: the clock is ours to read, and the claims' shapes are checked below."""

OLDEST = timedelta(days=1)
"""How long ago a site may have looked an order up."""

Seconds = Annotated[float, Field(ge=0, lt=2**33)]
"""A moment as RFC 7519 writes it: seconds since 1970, parts of one too."""


class Fault(StrEnum):
    """Why a hand-over is not taken; `USED` and `LOST` are for whoever keeps it to find."""

    FORGED = "forged"
    EXPIRED = "expired"
    HALF = "half"
    USED = "used"
    LOST = "lost"


class Unusable(Exception):
    """The token is not taken; the message says why, to whoever runs the main site, without a value of it."""

    def __init__(self, fault: Fault, why: str) -> None:
        super().__init__(why)
        self.fault = fault


class Claims(OrderFacts):
    """The claims of a token; others are passed over. A language that is not ours is no fault."""

    jti: Annotated[str, Field(min_length=8, max_length=200)]
    exp: Seconds
    iat: Seconds | None = None
    nbf: Seconds | None = None
    aud: str | None = None
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Handover:
    """What a token says: the order as told, the language asked for, and the token's own name, by which it is used once.

    `id` is the SHA-256, in hex, of key id and `jti`.
    """

    id: str
    told: Told
    language: str | None


def customer_filer(customer_id: str) -> str:
    """Return the hash that names a customer of the main site as a filer."""
    return digest(f"customer\0{customer_id}")


def read(token: str, keys: Mapping[str, str], opened: datetime, audience: str) -> Handover:
    """Return what a token says that was opened at this moment. Raises `Unusable`.

    `keys` are secrets by their ids; `audience` is the address for which a token may say that it is.
    """
    if len(token) > LONGEST:
        raise Unusable(Fault.HALF, f"the token is longer than {LONGEST} letters")
    key_id, said = _signed(token, keys)
    claims = _claims(said)
    if opened.timestamp() >= claims.exp + SKEW.total_seconds():
        raise Unusable(Fault.EXPIRED, "`exp` has passed")
    if claims.exp > (opened + LASTS + SKEW).timestamp():
        raise Unusable(Fault.HALF, "`exp` is more than an hour ahead")
    if claims.nbf is not None and claims.nbf > (opened + SKEW).timestamp():
        raise Unusable(Fault.HALF, "`nbf` has not come yet")
    if claims.aud not in (None, audience):
        raise Unusable(Fault.FORGED, f"`aud` is not {audience}")
    told = claims.told(_looked_up(claims, opened))
    return Handover(id=digest(f"{key_id}\0{claims.jti}"), told=told, language=claims.language)


def _looked_up(claims: Claims, opened: datetime) -> datetime:
    """Return when the site looked the order up: never after the token was opened."""
    at = datetime.fromtimestamp(claims.iat, UTC) if claims.iat is not None else opened
    if not opened - OLDEST <= at <= opened + SKEW:
        raise Unusable(Fault.HALF, "`iat` is more than a day ago, or has not come yet")
    return min(at, opened)


def _signed(token: str, keys: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the id of the key that signed a token, and its claims."""
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, RecursionError):
        raise Unusable(Fault.FORGED, "this is no JWT") from None
    if not isinstance(key_id, str) or key_id not in keys:
        raise Unusable(Fault.FORGED, "the header `kid` names no key of PORTAL_HANDOVER_KEYS")
    try:
        said = jwt.decode(token, keys[key_id], algorithms=[ALGORITHM], options=SIGNATURE_ALONE)
    except jwt.InvalidAlgorithmError:
        raise Unusable(Fault.FORGED, f"the token is not signed by {ALGORITHM}") from None
    except jwt.InvalidTokenError:
        raise Unusable(Fault.FORGED, f"the key `{key_id}` did not sign this token") from None
    except RecursionError:
        raise Unusable(Fault.HALF, "a claim is nested too deep") from None
    return key_id, said


def _claims(said: Mapping[str, Any]) -> Claims:
    ours = {name: said[name] for name in Claims.model_fields if said.get(name) not in (None, "")}
    cleaned = {name: clean_line(value) if isinstance(value, str) else value for name, value in ours.items()}
    try:
        return Claims.model_validate_json(json.dumps(cleaned))
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
    except RecursionError:
        found = []
    raise Unusable(Fault.HALF, "; ".join(_why(dict(fault)) for fault in found) or "a claim is nested too deep")


def _why(fault: Mapping[str, Any]) -> str:
    """Return what is wrong with a claim, without its value."""
    name = str(fault["loc"][0]) if fault["loc"] else "the claims"
    should = description(Claims, name)
    return f"`{name}` should be {should}" if should and fault["type"] != "missing" else f"`{name}`: {fault['msg']}"
