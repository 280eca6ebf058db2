"""The orders and services of the demonstration's panel: tables of how it speaks of each, one row a variant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.demo.filled import SERVICES, TICKETS, order_id

INCORRECT = "Incorrect order ID"
LEFT_OUT = None
"""How an order is spoken of that an answer for several leaves out."""


class Fault(StrEnum):
    """What can go wrong with a call: those of `BEFORE` instead of doing anything, the others after it was done."""

    CUT = "cut"
    MAINTENANCE = "maintenance"
    CHALLENGE = "challenge"
    TOO_MANY = "too many"
    TOO_MANY_JSON = "too many, as JSON"
    BROKEN = "broken"
    BROKEN_JSON = "broken, as JSON"
    MOVED = "moved"
    WRONG_KEY = "wrong key"
    SLOW = "slow"
    DRIPS = "drips"
    CUT_IN_BODY = "cut in the body"
    DROPPED = "dropped"
    EMPTY = "empty"
    WRONG = "wrong"


BEFORE = frozenset(list(Fault)[: list(Fault).index(Fault.SLOW)])


class Shape(StrEnum):
    """How a panel answers a request to cancel one order."""

    LIST = "list"
    BESIDE = "beside"
    OBJECT = "object"
    SUCCESS = "success"
    FLAG = "flag"


@dataclass
class Order:
    """An order: how `status` speaks of it, and whether and in which shape `cancel` takes a cancellation or refuses it.

    `after` is how `status` speaks from the second time on that it is asked after a cancellation was taken. `faults`
    come with calls about this order, by action. `taken` counts the cancellations that were taken.
    """

    status: Any
    refuses: str = ""
    shape: Shape = Shape.LIST
    after: Any = LEFT_OUT
    faults: dict[str, Fault] = field(default_factory=dict)
    taken: int = 0
    seen_since: int = 0

    def asked(self) -> Any:
        """Return what `status` says this time."""
        self.seen_since += 1 if self.taken else 0
        return self.after if self.seen_since > 1 and self.after is not LEFT_OUT else self.status

    def canceled(self, id_: str) -> Any:
        """Take a cancellation or refuse it; return what `cancel` says where it is asked for this order alone."""
        self.taken += 0 if self.refuses else 1
        named = {"order": int(id_) if id_.isdecimal() else id_}
        told: Any = {"error": self.refuses} if self.refuses else 1
        match self.shape:
            case Shape.LIST:
                return [named | {"cancel": told}]
            case Shape.BESIDE:
                return [named | (told if self.refuses else {"cancel": told})]
            case Shape.OBJECT:
                return named | {"cancel": told if self.refuses else "1"}
            case Shape.SUCCESS:
                return told if self.refuses else {"success": True}
            case Shape.FLAG:
                return {"cancel": told if self.refuses else True}


def _said(status: str, remains: Any = "640", charge: Any = "0.90000", **more: Any) -> dict[str, Any]:
    return {
        "charge": charge,
        "start_count": "3572",
        "status": status,
        "remains": remains,
        "currency": "USD",
        **more,
    }


_CANCELED = _said("Canceled", "1000", "0.00000")
_PARTIAL = _said("Partial", "640", "0.32400")

VARIANTS: Sequence[Callable[[], Order]] = (
    lambda: Order(_said("In progress"), after=_PARTIAL),
    lambda: Order(_said("Pending", 1000, 0.9, start_count=0), after=_CANCELED),
    lambda: Order(_PARTIAL, refuses="Order cannot be canceled"),
    lambda: Order(_CANCELED, refuses="Order is already canceled", shape=Shape.BESIDE),
    lambda: Order(_said("Completed", "0"), refuses="Order is already completed"),
    lambda: Order(_said("In progress", "-12", start_count="Unknown"), refuses="error.cancel_disabled"),
    lambda: Order(_said("Processing", "2000"), shape=Shape.SUCCESS, after=_CANCELED),
    lambda: Order(_said("in_progress"), shape=Shape.OBJECT, after=_PARTIAL),
    lambda: Order(_said("Awaiting moderation"), shape=Shape.FLAG, after=_CANCELED),
    lambda: Order({"error": INCORRECT}, refuses=INCORRECT),
    lambda: Order(INCORRECT, refuses=INCORRECT, shape=Shape.SUCCESS),
    lambda: Order({"status": "Active", "runs": "10", "orders": [91, 92]}, refuses="Drip-feed cannot be canceled"),
    lambda: Order({"status": "Active", "posts": "5", "expiry": "2030-01-01"}, refuses="error.incorrect_service_type"),
    lambda: Order({"status": "In progress", "remains": "640"}, after={"status": "Cancelled", "remains": "1000"}),
    lambda: Order(_said("Pending", "1000"), after=_CANCELED, faults={"cancel": Fault.DROPPED}),
    lambda: Order(_said("Fail"), refuses="Order cannot be canceled", shape=Shape.FLAG),
    lambda: Order(LEFT_OUT, refuses=INCORRECT),
)
"""Every variant of an order, made anew at each call."""


def orders_of_the_tickets() -> dict[str, Order]:
    """Return an order for each ticket of the demonstration, by ID: every variant comes up."""
    numbers = {order_id(number): number for number in reversed(range(TICKETS))}
    return {id_: VARIANTS[number % len(VARIANTS)]() for id_, number in numbers.items()}


def services() -> list[dict[str, Any]]:
    """Return the services that the tickets name; some let orders be canceled, some do not, some do not say."""
    flags: tuple[dict[str, Any], ...] = ({"cancel": True}, {"cancel": False}, {})
    return [
        {"service": number, "name": name, "type": "Default", "rate": "0.90", "min": "50", "max": "10000"}
        | flags[number % len(flags)]
        for number, name in enumerate(SERVICES, 1)
    ]
