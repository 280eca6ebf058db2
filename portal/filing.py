"""A filing: what a customer said of one order, once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from portal.policy import Facts, Status


class Problem(StrEnum):
    """Why a customer asks. Only `WRONG_LINK` states a circumstance."""

    WRONG_LINK = "wrong_link"
    WRONG_SERVICE = "wrong_service"
    WRONG_QUANTITY = "wrong_quantity"
    ORDERED_TWICE = "ordered_twice"
    NO_LONGER_NEEDED = "no_longer_needed"
    SERVICE_PROBLEM = "service_problem"
    OTHER = "other"


def stated(
    status: Status,
    problem: Problem | None = None,
    link_changed: bool | None = None,
    duplicate_order: bool | None = None,
) -> Facts:
    """Return the facts that a customer's four answers state."""
    return Facts(
        status=status,
        wrong_link=True if problem is Problem.WRONG_LINK else None,
        link_changed=link_changed,
        duplicate_order=duplicate_order,
    )


@dataclass(frozen=True, kw_only=True)
class Filing:
    """The fields of the ticket form; `reference` is the customer's own, `None` in a question is "I don't know"."""

    order_id: str
    service_name: str
    link: str
    status: Status
    problem: Problem
    link_changed: bool | None
    duplicate_order: bool | None
    reason: str
    reference: str

    @property
    def facts(self) -> Facts:
        """The facts that the filing states."""
        return stated(self.status, self.problem, self.link_changed, self.duplicate_order)

    def data(self) -> dict[str, Any]:
        """Return the filing as it is stored."""
        return asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Filing:
        """Return the filing that `data()` gave."""
        return cls(**{**data, "status": Status(data["status"]), "problem": Problem(data["problem"])})


def order_key(order_id: str) -> str:
    """Return the order ID as orders are compared: capitals and small letters equal."""
    return order_id.lower()
