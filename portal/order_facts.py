"""What the main site may state of an order, as JSON: in a hand-over and in a call of the API alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from portal.filing import LONGEST_LINK, LONGEST_SERVICE_NAME, Told
from portal.patterns import ADDRESS, LINE, LINK, ORDER_ID
from portal.policy import Status
from portal.text import LONGEST_ADDRESS, clean_line

MOST = 10**15


def _whole(value: Any) -> Any:
    """Take 249.0 for 249, as JSON Schema does; leave everything else as it came."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _figures(value: Any) -> Any:
    """Take a whole number for its figures: ids are often kept as numbers."""
    value = _whole(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST else value


def _id(pattern: str, described: str) -> Any:
    """Return the type of an id: a text, or a whole number."""
    number = {"type": "integer", "minimum": 0, "maximum": MOST}
    schema = {"anyOf": [{"type": "string", "pattern": pattern}, number], "description": described}
    return Annotated[str, BeforeValidator(_figures), Field(pattern=pattern), WithJsonSchema(schema)]


def text(pattern: str, most: int, described: str, cleaner: Callable[[str], str] = clean_line) -> Any:
    """Return the type of a text of this pattern, of so many characters at the most; it is cleaned as typed ones are."""

    def cleaned(value: str) -> str:
        kept = cleaner(value)
        if value and not kept:
            raise ValueError(f"should be {described}, with something to see")
        return kept

    return Annotated[str, Field(pattern=pattern, max_length=most, description=described), AfterValidator(cleaned)]


OrderId: Any = _id(f"^{ORDER_ID}$", "1 to 40 Latin letters, figures, “-” or “_”; or a whole number")
CustomerId: Any = _id(r"^[!-~]{1,100}$", "1 to 100 ASCII characters without spaces; or a whole number")
ServiceId: Any = _id(r"^[!-~]{1,40}$", "1 to 40 ASCII characters without spaces; or a whole number")
ServiceName: Any = text(LINE, LONGEST_SERVICE_NAME, "a name on one line, of at most 200 characters")
Link: Any = text(f"^({LINK})$", LONGEST_LINK, "an http(s) address, a bare domain path or @name")
Quantity: Any = Annotated[
    int,
    BeforeValidator(_whole),
    Field(ge=0, le=MOST),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MOST, "description": "how many were ordered"}),
]
Charge: Any = text(r"^[0-9]{1,12}(\.[0-9]{1,8})?$", 21, "what was paid, as a text such as “0.27819”")
Currency: Any = text(r"^[A-Z]{3,5}$", 5, "a currency's code in capitals, such as USD")
Email: Any = text(f"^{ADDRESS}$", LONGEST_ADDRESS, "one e-mail address")
Language: Any = text(r"^[a-z]{2,3}(_[A-Z][A-Za-z]{1,3})?$", 8, "the id of a language, such as uk")


class OrderFacts(BaseModel):
    """What the main site states of an order as its own knowledge; all but the order ID as it likes.

    A charge counts with its currency alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    order_id: OrderId
    service_id: ServiceId | None = None
    service_name: ServiceName | None = None
    link: Link | None = None
    quantity: Quantity | None = None
    charge: Charge | None = None
    currency: Currency | None = None
    status: Status | None = None
    sent_to_provider: bool | None = None
    provider_allows: bool | None = None
    customer_id: CustomerId | None = None
    email: Email | None = None
    language: Language | None = None

    def told(self, at: datetime) -> Told:
        """Return what is stated, as told at this moment."""
        stated = {name: getattr(self, name) for name in OrderFacts.model_fields if name != "language"}
        if self.charge is None or self.currency is None:
            stated |= {"charge": None, "currency": None}
        else:
            stated["charge"] = Decimal(self.charge)
        if self.status is Status.UNKNOWN:
            stated["status"] = None  # nobody's knowledge is no fact
        return Told(at=at, **stated)


def description(model: type[BaseModel], name: str) -> str | None:
    """Return what a field of a model should be, in words; where it may be null, what it is otherwise."""
    schema = model.model_json_schema()
    field = schema["properties"].get(name, {})
    kinds = [field, *field.get("anyOf", ())]
    kinds += [schema["$defs"][kind["$ref"].rpartition("/")[2]] for kind in kinds if "$ref" in kind]
    values = next((f"one of {', '.join(kind['enum'])}" for kind in kinds if "enum" in kind), None)
    said: str | None = values or next((kind["description"] for kind in kinds if "description" in kind), None)
    return said
