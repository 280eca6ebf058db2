"""Tickets: filed, listed, answered, withdrawn. The one writer of tickets; one commit each."""

from __future__ import annotations

from portal.tickets.file import Filer, HandoverUsed, Try, file
from portal.tickets.find import (
    Filters,
    Key,
    Page,
    by_reference,
    filed_before,
    filing_of,
    handover_used,
    latest_for,
    of_order_or_filer,
    open_counts,
    open_page,
    search_page,
)
from portal.tickets.history import Conflict, Refused
from portal.tickets.links import by_token, link_token, replace_link
from portal.tickets.work import (
    TAKEABLE,
    AnotherOpen,
    Answer,
    NotMatched,
    add_note,
    answer,
    give_back,
    move,
    record_facts,
    reopen,
    take,
    withdraw,
)

__all__ = [
    "TAKEABLE",
    "AnotherOpen",
    "Answer",
    "Conflict",
    "Filer",
    "Filters",
    "HandoverUsed",
    "Key",
    "NotMatched",
    "Page",
    "Refused",
    "Try",
    "add_note",
    "answer",
    "by_reference",
    "by_token",
    "file",
    "filed_before",
    "filing_of",
    "give_back",
    "handover_used",
    "latest_for",
    "link_token",
    "move",
    "of_order_or_filer",
    "open_counts",
    "open_page",
    "record_facts",
    "reopen",
    "replace_link",
    "search_page",
    "take",
    "withdraw",
]
