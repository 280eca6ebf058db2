"""What the lines of a ticket's history can say. Pure."""

from __future__ import annotations

from enum import StrEnum


class Way(StrEnum):
    """How a filing came."""

    FORM = "form"
    HANDOVER = "handover"
    API = "api"


class EventKind(StrEnum):
    """What a line of a ticket's history says."""

    FILED = "filed"
    FILED_AGAIN = "filed_again"
    TAKEN = "taken"
    TAKEN_OVER = "taken_over"
    GIVEN_BACK = "given_back"
    NOTE = "note"
    FACTS_RECORDED = "facts_recorded"
    ANSWERED = "answered"
    MOVED = "moved"
    LINK_REPLACED = "link_replaced"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    CUSTOMER_WROTE = "customer_wrote"
    STAFF_WROTE = "staff_wrote"
    EMAIL_SET = "email_set"
    MAILS_OFF = "mails_off"
    MAILS_ON = "mails_on"
    FACTS_READ = "facts_read"
    AMOUNTS_RECORDED = "amounts_recorded"
    CANCEL_ASKED = "cancel_asked"
    CANCEL_CALLED_BACK = "cancel_called_back"
    CANCEL_TAKEN = "cancel_taken"
    CANCEL_REFUSED = "cancel_refused"
    CANCEL_UNKNOWN = "cancel_unknown"
    CANCEL_UNSENT = "cancel_unsent"


BY_PANEL = (
    EventKind.FACTS_READ,
    EventKind.CANCEL_TAKEN,
    EventKind.CANCEL_REFUSED,
    EventKind.CANCEL_UNKNOWN,
    EventKind.CANCEL_UNSENT,
)
"""The lines that nobody writes: the worker adds them for what the panel said, or did not say."""
