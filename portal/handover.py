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
from pydantic import ConfigDict, Field, ValidationError

from portal.filing import Told
from portal.keys import digest
from portal.order_facts import OrderFacts
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

Seconds = Annotated[int, Field(ge=0, lt=2**33)]


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
    """The claims of a token; others are passed over, as RFC 7519 asks."""

    model_config = ConfigDict(extra="ignore")

    jti: Annotated[str, Field(min_length=8, max_length=200)]
    exp: Seconds
    iat: Seconds | None = None


@dataclass(frozen=True, kw_only=True)
class Handover:
    """What a token says: the order as told, the language asked for, and the token's own name, by which it is used once.

    `id` is the SHA-256, in hex, of key id and `jti`.
    """

    id: str
    told: Told
    language: str | None

    @property
    def customer(self) -> str | None:
        """The hash that names the customer as a filer; `None` where the main site names none."""
        return customer(self.told.customer_id) if self.told.customer_id else None


def customer(customer_id: str) -> str:
    """Return the hash that names a customer of the main site as a filer."""
    return digest(f"customer\0{customer_id}")


def read(token: str, keys: Mapping[str, str], opened: datetime) -> Handover:
    """Return what a token says that was opened at this moment; `keys` are secrets by their ids. Raises `Unusable`."""
    if len(token) > LONGEST:
        raise Unusable(Fault.HALF, f"the token is longer than {LONGEST} letters")
    key_id, said = _signed(token, keys)
    claims = _claims(said)
    expires = datetime.fromtimestamp(claims.exp, UTC)
    if opened >= expires + SKEW:
        raise Unusable(Fault.EXPIRED, "`exp` has passed")
    if expires > opened + LASTS + SKEW:
        raise Unusable(Fault.HALF, "`exp` is more than an hour ahead")
    at = datetime.fromtimestamp(claims.iat, UTC) if claims.iat is not None else opened
    return Handover(id=digest(f"{key_id}\0{claims.jti}"), told=claims.told(min(at, opened)), language=claims.language)


def _signed(token: str, keys: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the id of the key that signed a token, and its claims."""
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError:
        raise Unusable(Fault.FORGED, "this is no JWT") from None
    if not isinstance(key_id, str) or key_id not in keys:
        raise Unusable(Fault.FORGED, "the header `kid` names no key of PORTAL_HANDOVER_KEYS")
    try:
        said = jwt.decode(token, keys[key_id], algorithms=[ALGORITHM], options=SIGNATURE_ALONE)
    except jwt.InvalidAlgorithmError:
        raise Unusable(Fault.FORGED, f"the token is not signed by {ALGORITHM}") from None
    except jwt.InvalidTokenError:
        raise Unusable(Fault.FORGED, f"the key `{key_id}` did not sign this token") from None
    return key_id, said


def _claims(said: Mapping[str, Any]) -> Claims:
    cleaned = {name: clean_line(value) if isinstance(value, str) else value for name, value in said.items()}
    try:
        return Claims.model_validate_json(json.dumps(cleaned))
    except ValidationError as error:
        found = [f"`{e['loc'][0]}`: {e['msg']}" for e in error.errors(include_input=False)]
        raise Unusable(Fault.HALF, "; ".join(found)) from None
