"""The tables: columns, constraints, and the way back to `Facts`, `Decision` and `Filing`; nothing else."""

from __future__ import annotations

from portal.models.columns import Moment
from portal.models.counters import Counter
from portal.models.notices import Check, Notice
from portal.models.panel import Cancellation, Credited, Lookup, OrderReading, PanelService
from portal.models.programs import ApiKey, Webhook
from portal.models.staff import Staff, StaffLink, StaffSession
from portal.models.tickets import Event, Picture, PolicyVersion, Ticket, spoken

__all__ = [
    "ApiKey",
    "Cancellation",
    "Check",
    "Counter",
    "Credited",
    "Event",
    "Lookup",
    "Moment",
    "Notice",
    "OrderReading",
    "PanelService",
    "Picture",
    "PolicyVersion",
    "Staff",
    "StaffLink",
    "StaffSession",
    "Ticket",
    "Webhook",
    "spoken",
]
