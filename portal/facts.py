"""The facts of an order that decide: its status, its circumstances, and where they came from. Pure.

Imported by way of `portal.policy`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product


class Status(StrEnum):
    """What the panel shows of an order; `UNKNOWN` where nobody knows, never a guess."""

    PENDING = "pending"
    PROCESSING = "processing"
    IN_PROGRESS = "in_progress"
    PARTIAL = "partial"
    CANCELED = "canceled"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


class Circumstance(StrEnum):
    """A further fact about an order: true, false or not known."""

    SENT_TO_PROVIDER = "sent_to_provider"
    PROVIDER_ALLOWS = "provider_allows"
    SERVICE_ISSUE = "service_issue"
    LINK_CHANGED = "link_changed"
    WRONG_LINK = "wrong_link"
    DUPLICATE_ORDER = "duplicate_order"


class Source(StrEnum):
    """Where a fact came from."""

    CUSTOMER = "customer"
    MAIN_SITE = "main_site"
    PANEL = "panel"
    STAFF = "staff"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an order; `None` is a circumstance that is not known."""

    status: Status = Status.UNKNOWN
    sent_to_provider: bool | None = None
    provider_allows: bool | None = None
    service_issue: bool | None = None
    link_changed: bool | None = None
    wrong_link: bool | None = None
    duplicate_order: bool | None = None

    def value(self, circumstance: Circumstance) -> bool | None:
        """Return whether the circumstance is true, false or not known (`None`)."""
        known: bool | None = getattr(self, circumstance.value)
        return known


def every_facts() -> Iterator[Facts]:
    """Yield all 5,103 combinations: 7 statuses × 3 values of each of 6 circumstances."""
    known = (True, False, None)
    for status, values in product(Status, product(known, repeat=len(Circumstance))):
        yield Facts(status=status, **dict(zip(Circumstance, values, strict=True)))
