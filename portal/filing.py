"""A filing: what a customer said of one order, once, and what the main site told of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.policy import Facts, Source, Status

LONGEST_SERVICE_NAME = 200
LONGEST_LINK = 2048
SHORTEST_REASON = 10
LONGEST_REASON = 2000
LONGEST_REFERENCE = 500
"""Lengths in characters."""


_Readers = Mapping[str, Callable[[Any], Any]]


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
class Told:
    """What the main site states of an order as its own knowledge, and when; `None` is what it does not state.

    `charge` is what was paid for `quantity` pieces, in units of `currency`.
    """

    at: datetime
    order_id: str
    service_id: str | None = None
    service_name: str | None = None
    link: str | None = None
    quantity: int | None = None
    charge: Decimal | None = None
    currency: str | None = None
    status: Status | None = None
    sent_to_provider: bool | None = None
    provider_allows: bool | None = None
    customer_id: str | None = None
    email: str | None = None

    def names(self) -> tuple[str, ...]:
        """Return the names of what the main site states."""
        return tuple(f.name for f in fields(self) if f.name != "at" and getattr(self, f.name) is not None)

    def added_to(self, facts: Facts) -> Facts:
        """Return facts with those of the main site in the place of a customer's."""
        known = {name: getattr(self, name) for name in self._facts()}
        return replace(facts, **known)

    def sources(self) -> dict[str, Source]:
        """Return which facts come from the main site."""
        return dict.fromkeys(self._facts(), Source.MAIN_SITE)

    def _facts(self) -> Iterator[str]:
        yield from (name for name in self.names() if name in Facts.__dataclass_fields__)

    def data(self) -> dict[str, Any]:
        """Return what was told as it is stored."""
        told = {name: getattr(self, name) for name in self.names()}
        return {"at": self.at.isoformat(), **told, **({"charge": str(self.charge)} if self.charge is not None else {})}

    def cleared(self) -> Told:
        """Return what was told without what is personal: whose the order is, which one, and for what page."""
        return replace(self, order_id="", link=None, customer_id=None, email=None)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Told:
        """Return what `data()` gave."""
        read: _Readers = {"at": datetime.fromisoformat, "charge": Decimal, "status": Status}
        return cls(**{name: read[name](value) if name in read else value for name, value in data.items()})


@dataclass(frozen=True, kw_only=True)
class Filing:
    """The fields of the ticket form; `reference` is the customer's own, `None` in a question is "I don't know".

    `email` is where the customer wants to be told of the ticket.

    `told` is what the main site handed over with the customer: its own values stand in the fields.
    """

    order_id: str
    service_name: str
    link: str
    status: Status
    problem: Problem
    link_changed: bool | None
    duplicate_order: bool | None
    reason: str
    reference: str
    email: str = ""
    told: Told | None = None

    @property
    def claimed(self) -> Facts:
        """The facts that the customer's answers state."""
        return stated(self.status, self.problem, self.link_changed, self.duplicate_order)

    @property
    def facts(self) -> Facts:
        """The facts that the filing states: those claimed, under those that the main site told."""
        return self.told.added_to(self.claimed) if self.told else self.claimed

    def source(self, name: str) -> Source:
        """Return who states the field or fact of this name."""
        return Source.MAIN_SITE if self.told and name in self.told.names() else Source.CUSTOMER

    def data(self) -> dict[str, Any]:
        """Return the filing as it is stored."""
        return {**asdict(self), "told": self.told.data() if self.told else None}

    def cleared(self) -> Filing:
        """Return the filing without what is personal: empty texts in its place, so that it reads as any other."""
        told = self.told.cleared() if self.told else None
        return replace(self, order_id="", link="", reason="", reference="", email="", told=told)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Filing:
        """Return the filing that `data()` gave."""
        read: _Readers = {"status": Status, "problem": Problem, "told": lambda told: Told.of(told) if told else None}
        return cls(**{name: read[name](value) if name in read else value for name, value in data.items()})


def order_key(order_id: str) -> str:
    """Return the order ID as orders are compared: capitals and small letters equal."""
    return order_id.lower()
