"""What the shop's panel says: of an order, of its services, to a request to cancel. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.policy import Status


class PanelKind(StrEnum):
    """How the portal speaks with the shop's panel."""

    BY_HAND = "by-hand"
    API_V2 = "api-v2"


class Failure(StrEnum):
    """How a call of the panel can fail."""

    REFUSED = "refused"
    """The panel said no."""
    UNREACHABLE = "unreachable"
    """Nothing was sent: it may be tried again."""
    UNKNOWN = "unknown"
    """It was sent, and no answer came in time, or none that can be understood."""


class PanelFault(Exception):
    """A call failed; `detail` is what the panel said, or the kind of the fault, without keys."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure, self.detail = failure, detail


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the panel says of an order; `None` is what it does not say, or not as a number.

    `shown` is the status in its own word, "" for none. `charge` counts in units of `currency`. `remains` is as it
    came: it may be negative, or above the quantity. Where the panel `refused` to say anything, these are its words.
    `raw` is its answer for this order as JSON, without keys.
    """

    status: Status = Status.UNKNOWN
    shown: str = ""
    charge: Decimal | None = None
    currency: str | None = None
    remains: int | None = None
    start_count: int | None = None
    refused: str = ""
    raw: str = ""


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of the panel, and whether it lets orders be canceled; `None` where it does not say."""

    id: str
    name: str
    cancel: bool | None


@dataclass(frozen=True, kw_only=True)
class CancelAnswer:
    """What became of a request to cancel: taken, unless it failed. `said` are the panel's words, `raw` its answer."""

    failure: Failure | None = None
    said: str = ""
    raw: str = ""
