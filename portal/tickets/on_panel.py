"""What is known of an order at the panel, read at once: what it said and was told, and whether it is being asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.models import Cancellation, OrderReading, Ticket
from portal.tickets.cancel import cancellations_of
from portal.tickets.lookups import waiting_since
from portal.tickets.readings import readings_of


@dataclass(frozen=True, kw_only=True)
class OnPanel:
    """What the panel said of an order, and its cancellations, the first first; somebody waits since `asked_at`."""

    readings: Sequence[OrderReading]
    asked_at: datetime | None
    cancellations: Sequence[Cancellation]

    @property
    def last(self) -> OrderReading | None:
        """What the panel said last."""
        return self.readings[-1] if self.readings else None


def on_panel(ticket: Ticket) -> OnPanel:
    """Return what is known of a ticket's order at the panel."""
    return OnPanel(
        readings=readings_of(ticket.order_id),
        asked_at=waiting_since(ticket.order_id),
        cancellations=cancellations_of(ticket.order_key),
    )
