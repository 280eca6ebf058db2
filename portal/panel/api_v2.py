"""A panel that is spoken with by API v2: form fields by POST, JSON in return."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from portal import http_call
from portal.panel import answers, cancels
from portal.panel.said import Scribe, Unreadable, parse
from portal.patterns import ORDER_ID
from portal.readings import CancelAnswer, Failure, PanelFault, Reading, Service

WAITS = 10.0
"""Seconds for the connection, and for each answer of the panel."""
WITHIN = 20.0
"""Seconds for a whole call, however slowly the panel answers."""
AT_ONCE = 100
"""How many orders one call may ask for."""
MOST = 2_000_000
"""Bytes of an answer that are read."""
MOST_SERVICES = 8_000_000
LONGEST_NAME = 100
"""Characters of a panel's name that are shown and kept."""
BUSY = (429, 500, 502, 503, 504)
"""With these a panel says nothing of what it was asked about, whatever its words: it is asked again later."""
NO_ORDER_ID = "This is not the ID of an order."

_PATH = "/api/v2"
_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/json",
    "User-Agent": "help-portal",
}


class ApiV2:
    """The panel at an address without `/api/v2`; the key is in the body of each call, and in nothing that it returns.

    Nothing is sent a second time by itself. What each call raises is said by `portal.panel.Panel`.
    """

    reads = True

    def __init__(self, url: str, key: str, *, waits: float = WAITS, within: float = WITHIN) -> None:
        self._url, self._key = url + _PATH, key
        self._waits, self._within = waits, within
        self._scribe = Scribe(key)
        self.shown = urlsplit(url).netloc[:LONGEST_NAME]

    def check(self) -> None:
        """Ask for the balance."""
        said = self._read("balance")
        if not (isinstance(said, dict) and "balance" in said):
            raise PanelFault(Failure.UNKNOWN, answers.NOT_UNDERSTOOD)

    def orders(self, ids: Sequence[str]) -> dict[str, Reading]:
        """Return what the panel says of each of these orders, at most `AT_ONCE`."""
        if len(ids) > AT_ONCE:
            raise ValueError(f"a call asks for at most {AT_ONCE} orders")
        found = {id_: Reading(refused=NO_ORDER_ID) for id_ in ids}
        asked = [id_ for id_ in found if re.fullmatch(ORDER_ID, id_)]
        if len(asked) == 1:
            found[asked[0]] = answers.one(self._read("status", order=asked[0]), asked[0], self._scribe)
        elif asked:
            found |= answers.many(self._read("status", orders=",".join(asked)), asked, self._scribe)
        return found

    def services(self) -> list[Service]:
        """Return the panel's services, as far as they are understood."""
        return answers.services(self._read("services", MOST_SERVICES), self._scribe)

    def cancel(self, order_id: str, name: str, in_time: Callable[[], bool]) -> CancelAnswer:
        """Ask once that an order be canceled; `name` is that of the request."""
        if not re.fullmatch(ORDER_ID, order_id):  # a comma would name two orders
            return CancelAnswer(failure=Failure.UNREACHABLE, said=NO_ORDER_ID)
        fields = {"action": "cancel", "orders": order_id}
        try:
            answered = self._call(fields, MOST, {"Idempotency-Key": name}, in_time)
        except http_call.NotSent as fault:
            return CancelAnswer(failure=Failure.UNREACHABLE, said=fault.detail)
        except http_call.NoAnswer as fault:
            return CancelAnswer(failure=Failure.UNKNOWN, said=fault.detail)
        return cancels.cancel(answered.status, answered.body, order_id, self._scribe)

    def _read(self, action: str, most: int = MOST, **fields: str) -> Any:
        """Return what the panel answers, which is no error. Raises `PanelFault`."""
        try:
            answered = self._call({"action": action, **fields}, most)
        except http_call.NotSent as fault:
            raise PanelFault(Failure.UNREACHABLE, fault.detail) from None
        except http_call.NoAnswer as fault:
            raise PanelFault(Failure.UNKNOWN, fault.detail) from None
        well = 200 <= answered.status < 300
        try:
            said = parse(answered.body)
        except Unreadable:
            raise PanelFault(Failure.UNKNOWN, "no JSON" if well else f"HTTP {answered.status}") from None
        words = answers.error(said, self._scribe)
        if answered.status in BUSY or not (well or words):
            raise PanelFault(Failure.UNKNOWN, f"HTTP {answered.status} {words}".strip())
        if words:
            raise PanelFault(Failure.REFUSED, words)
        return said

    def _call(
        self,
        fields: dict[str, str],
        most: int,
        headers: dict[str, str] | None = None,
        in_time: Callable[[], bool] = lambda: True,
    ) -> http_call.Answered:
        return http_call.call(
            self._url,
            _HEADERS | (headers or {}),
            urlencode({"key": self._key, **fields}).encode(),
            waits=self._waits,
            within=self._within,
            most=most,
            in_time=in_time,
        )
