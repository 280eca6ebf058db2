"""What calls of the API send: the models check it, and the description of the API is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from portal.filing import LONGEST_REASON, LONGEST_REFERENCE, SHORTEST_REASON, Filing, Problem
from portal.order_facts import CustomerId, Language, Link, OrderFacts, ServiceName, description, text
from portal.patterns import CONTROLS, LINE, SEEN
from portal.policy import Circumstance, Facts, Status
from portal.text import clean

Reason: Any = text(
    rf"^[^{CONTROLS}]*{SEEN}[^{CONTROLS}]{{{SHORTEST_REASON - 2},}}{SEEN}[^{CONTROLS}]*$",
    LONGEST_REASON,
    "why the customer asks, in 10 to 2,000 characters",
    clean,
)
Reference: Any = text(rf"^$|{LINE}", LONGEST_REFERENCE, "a reference on one line, of at most 500 characters")
MOST_TOLD = 20
"""Faults of one body that are told."""

AnyBody = TypeVar("AnyBody", bound=BaseModel)


class Wrong(BaseModel):
    """One fault of a body: where (a JSON pointer, as a fragment) and what to send."""

    pointer: str
    detail: str


class BodyFault(Exception):
    """A body is not as its call needs it: `status` 400 where it is no JSON, else 422 with each fault."""

    def __init__(self, status: int, detail: str, errors: Sequence[Wrong] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors


class _Speaks(BaseModel):
    """A body that may ask for a language of the portal's."""

    @field_validator("language", check_fields=False)
    @classmethod
    def _ours(cls, value: str | None, info: ValidationInfo) -> str | None:
        languages = (info.context or {}).get("languages", ())
        if value is not None and value not in languages:
            raise ValueError(f"should be one of {', '.join(languages)}")
        return value


class FactsAsked(_Speaks):
    """The facts of an order, on which the policy is asked. A circumstance that is not known is left out, or null."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    status: Status
    sent_to_provider: bool | None = None
    provider_allows: bool | None = None
    service_issue: bool | None = None
    link_changed: bool | None = None
    wrong_link: bool | None = None
    duplicate_order: bool | None = None
    language: Annotated[Language | None, Field(description="the language of the answer")] = None

    def facts(self) -> Facts:
        """Return the facts as the policy takes them."""
        return Facts(status=self.status, **{c.value: getattr(self, c.value) for c in Circumstance})


class NewTicket(_Speaks, OrderFacts):
    """A request to review one order's cancellation, filed by the main site for its customer."""

    service_name: ServiceName
    link: Link
    status: Status
    customer_id: CustomerId
    problem: Problem
    link_changed: bool | None = None
    duplicate_order: bool | None = None
    reason: Reason
    reference: Reference = ""

    def filing(self, at: Any) -> Filing:
        """Return the filing: the order as the main site told it at this moment, the rest as the customer's words."""
        return Filing(
            order_id=self.order_id,
            service_name=self.service_name,
            link=self.link,
            status=self.status,
            problem=self.problem,
            link_changed=self.link_changed,
            duplicate_order=self.duplicate_order,
            reason=self.reason,
            reference=self.reference,
            email=self.email or "",
            told=self.told(at),
        )


def read(model: type[AnyBody], body: bytes, languages: Sequence[str]) -> AnyBody:
    """Return a call's body, checked. Raises `BodyFault`."""
    try:
        return model.model_validate_json(body, context={"languages": languages})
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        raise BodyFault(400, f"Send JSON: {found[0]['msg'].removeprefix('Invalid JSON: ')}.")
    if not found[0]["loc"]:
        raise BodyFault(422, "Send a JSON object.")
    known = f" The fields of this call are {', '.join(model.model_fields)}." if _more(found) else ""
    told = [_wrong(model, dict(e)) for e in found[:MOST_TOLD]]
    raise BodyFault(422, f"Mend the fields that `errors` names.{known}", told)


def _more(found: Sequence[Any]) -> bool:
    return any(error["type"] == "extra_forbidden" for error in found)


def _wrong(model: type[BaseModel], error: dict[str, Any]) -> Wrong:
    name = str(error["loc"][0])
    pointer = "#/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in error["loc"][:1])
    if error["type"] == "extra_forbidden":
        return Wrong(pointer=pointer, detail="is no field of this call: leave it out")
    described = description(model, name)
    if error["type"] == "missing":
        return Wrong(pointer=pointer, detail=f"is missing: send {described or 'it'}")
    if error["type"].startswith("string_") and described:
        return Wrong(pointer=pointer, detail=f"should be {described}")
    said = str(error.get("ctx", {}).get("error", error["msg"]))
    return Wrong(pointer=pointer, detail=said[:1].lower() + said[1:])
