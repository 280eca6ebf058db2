"""What API v2 answers to a request to cancel one order, in all its variants. Pure.

A cancellation is never asked for twice, so each answer that does not plainly say yes or no of this very order is
one that nobody knows.
"""

from __future__ import annotations

from typing import Any

from portal.panel.answers import NOT_UNDERSTOOD, error, same
from portal.panel.said import Scribe, Unreadable, parse
from portal.readings import CancelAnswer, Failure

_NAMED = ("order", "order_id")
_TOLD = ("cancel", "success")
_GATEWAY = (502, 503, 504)
"""Who answers so stands before the panel, and cannot know what it did."""


def cancel(status: int, body: bytes, order_id: str, scribe: Scribe) -> CancelAnswer:
    """Return what became of the request that was answered so."""
    well = 200 <= status < 300
    try:
        said = parse(body)
    except Unreadable:
        return CancelAnswer(failure=Failure.UNKNOWN, said="no JSON" if well else f"HTTP {status}")
    found = heard(said, order_id, scribe)
    if status in _GATEWAY or (not well and found.failure is not Failure.REFUSED):
        return CancelAnswer(failure=Failure.UNKNOWN, said=f"HTTP {status}", raw=found.raw)
    return found


def heard(said: Any, order_id: str, scribe: Scribe) -> CancelAnswer:
    """Return what is said of the request, where that is plain, whatever the answer's HTTP status."""
    items = _items(said, order_id)
    found = {_told(item, order_id, scribe, alone=len(items) == 1) for item in items}
    failure, words = found.pop() if len(found) == 1 else (Failure.UNKNOWN, NOT_UNDERSTOOD)
    return CancelAnswer(failure=failure, said=words, raw=scribe.raw(said))


def _items(said: Any, order_id: str) -> list[Any]:
    if isinstance(said, list):
        return said
    if isinstance(said, dict) and len(said) == 1:
        ((name, inner),) = said.items()
        if same(name, order_id) and isinstance(inner, dict):
            return [inner]
    return [said]


def _told(item: Any, order_id: str, scribe: Scribe, *, alone: bool) -> tuple[Failure | None, str]:
    """Return the failure and the words of one item; without the order's name, it must be the only one."""
    unclear = Failure.UNKNOWN, NOT_UNDERSTOOD
    if not isinstance(item, dict):
        return unclear
    named = [item[name] for name in _NAMED if name in item]
    if not all(same(name, order_id) for name in named) or not (named or alone):
        return unclear
    told = [item[name] for name in _TOLD if name in item]
    yes = [value is True or value == "1" for value in told]
    words = error(item, scribe) or error(item.get("cancel"), scribe)
    if words:
        return unclear if any(yes) else (Failure.REFUSED, words)
    if yes and all(yes):
        message = item.get("message")
        return None, scribe.line(message) if isinstance(message, str) else ""
    return unclear
