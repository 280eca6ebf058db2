"""The answers of API v2 in all their variants: of orders and of services. Pure.

The shape of an answer is not agreed among panels. What cannot be told from it stays not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from portal.panel.said import Numeral, Scribe
from portal.policy import Status
from portal.readings import Failure, PanelFault, Reading, Service

NOT_UNDERSTOOD = "the panel's answer cannot be understood"
NOTHING_SAID = "The panel said nothing of this order."
LONGEST_STATUS = 40
LONGEST_ID = 40
LONGEST_NAME = 200

STATUSES = {
    "pending": Status.PENDING,
    "processing": Status.PROCESSING,
    "inprogress": Status.IN_PROGRESS,
    "active": Status.IN_PROGRESS,
    "partial": Status.PARTIAL,
    "canceled": Status.CANCELED,
    "cancelled": Status.CANCELED,
    "refunded": Status.CANCELED,
    "completed": Status.COMPLETED,
    "complete": Status.COMPLETED,
}
"""What the words mean, in small letters and without what parts them.

`Active` is said of drip-feed orders and of subscriptions, of which some is being delivered. `Refunded` is what some
panels show of an order that was canceled and paid back whole. `Queued` and `Creating` stay not known: one panel shows
them while an order waits with itself, another once it stands in the provider's queue, so that "pending" would promise
more than was said. `Fail` and `Error` do not say whether anything was delivered.
"""
_SAID_OF_ORDERS = ("status", "charge", "remains", "start_count")
_NOT_AN_ERROR: tuple[Any, ...] = (None, False, "", [], {})
_YES = {"1": True, "true": True, "0": False, "false": False}
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_COUNT = re.compile(r"(-?[0-9]{1,15})(\.0{1,15})?")
_CURRENCY = re.compile(r"[A-Za-z]{3,5}")


def error(said: Any, scribe: Scribe) -> str:
    """Return the words of an error, or "" where it is none."""
    found = said.get("error") if isinstance(said, dict) else None
    if found in _NOT_AN_ERROR or (isinstance(found, Numeral) and found == "0"):
        return ""
    if found is True and isinstance(said.get("message"), str):
        found = said["message"]
    return scribe.line(found)


def same(named: Any, order_id: str) -> bool:
    """Return whether an answer names this order."""
    return isinstance(named, str) and named.strip().casefold() == order_id.casefold()


def one(said: Any, order_id: str, scribe: Scribe) -> Reading:
    """Return what is said of the one order that was asked for. Raises `PanelFault`."""
    if isinstance(said, dict):
        if isinstance(said.get(order_id), dict) or (len(said) == 1 and same(next(iter(said)), order_id)):
            return many(said, [order_id], scribe)[order_id]
        named = said.get("order", Numeral(order_id))
        if same(named, order_id) and any(name in said for name in _SAID_OF_ORDERS):
            return reading(said, scribe)
    if isinstance(said, list) and said:
        return many(said, [order_id], scribe)[order_id]
    raise PanelFault(Failure.UNKNOWN, NOT_UNDERSTOOD)


def many(said: Any, ids: Sequence[str], scribe: Scribe) -> dict[str, Reading]:
    """Return what is said of each order that was asked for. Raises `PanelFault`."""
    if not isinstance(said, dict | list):
        raise PanelFault(Failure.UNKNOWN, NOT_UNDERSTOOD)
    named = list(said.items()) if isinstance(said, dict) else list(_by_order(said))
    found = {order_id: _of(order_id, named) for order_id in ids}
    if said and not any(found.values()):
        raise PanelFault(Failure.UNKNOWN, NOT_UNDERSTOOD)
    return {order_id: _agreed(items, scribe) for order_id, items in found.items()}


def _by_order(said: list[Any]) -> Iterable[tuple[str, Any]]:
    for item in said:
        named = item.get("order") if isinstance(item, dict) else None
        if isinstance(named, str):
            yield named, item


def _of(order_id: str, named: list[tuple[str, Any]]) -> list[Any]:
    """Return what is said under the ID as it was asked, or else under it in other letters."""
    exact = [item for name, item in named if name == order_id]
    return exact or [item for name, item in named if same(name, order_id)]


def _agreed(items: list[Any], scribe: Scribe) -> Reading:
    if not items:
        return Reading(refused=NOTHING_SAID)
    return reading(items[0], scribe) if len(items) == 1 else Reading(raw=scribe.raw(items))


def reading(said: Any, scribe: Scribe) -> Reading:
    """Return what is said of one order; what is said of it in no known way is its `raw` alone."""
    raw = scribe.raw(said)
    if isinstance(said, str) and not isinstance(said, Numeral):
        return Reading(refused=scribe.line(said) or NOTHING_SAID, raw=raw)
    if not isinstance(said, dict):
        return Reading(raw=raw)
    if words := error(said, scribe):
        return Reading(refused=words, raw=raw)
    word = said.get("status")
    return Reading(
        status=status(word),
        shown=scribe.line(word, LONGEST_STATUS) if isinstance(word, str) else "",
        charge=_amount(said.get("charge")),
        currency=_currency(said.get("currency")),
        remains=_count(said.get("remains")),
        start_count=_count(said.get("start_count")),
        raw=raw,
    )


def status(word: Any) -> Status:
    """Return what a panel's word for a status means; `UNKNOWN` where it is not known, never a guess."""
    if not isinstance(word, str):
        return Status.UNKNOWN
    return STATUSES.get(re.sub(r"[\s_-]+", "", word).lower(), Status.UNKNOWN)


def services(said: Any, scribe: Scribe) -> list[Service]:
    """Return the services that are understood. Raises `PanelFault` where it is no list of them."""
    if isinstance(said, list):
        return [service for service in (_service(item, scribe) for item in said) if service]
    if isinstance(said, dict):  # a list with gaps, as PHP writes it
        found = services(list(said.values()), scribe)
        if found or not said:
            return found
    raise PanelFault(Failure.UNKNOWN, NOT_UNDERSTOOD)


def _service(said: Any, scribe: Scribe) -> Service | None:
    id_, name = (said.get("service"), said.get("name")) if isinstance(said, dict) else (None, None)
    if not (isinstance(id_, str) and isinstance(name, str)):
        return None
    id_, name = id_.strip(), scribe.line(name, LONGEST_NAME)
    if not name or id_ != scribe.line(id_, LONGEST_ID) or not id_:
        return None
    return Service(id=id_, name=name, cancel=_flag(said.get("cancel")))


def _flag(said: Any) -> bool | None:
    if isinstance(said, bool):
        return said
    return _YES.get(said.strip().lower()) if isinstance(said, str) else None


def _amount(said: Any) -> Decimal | None:
    plain = _plain(said)
    return Decimal(plain) if _AMOUNT.fullmatch(plain) else None


def _count(said: Any) -> int | None:
    plain = _COUNT.fullmatch(_plain(said))
    return int(plain[1]) if plain else None


def _currency(said: Any) -> str | None:
    plain = _plain(said)
    return plain.upper() if _CURRENCY.fullmatch(plain) else None


def _plain(said: Any) -> str:
    return said.strip() if isinstance(said, str) else ""
