"""The shop's panel: what it says of orders, and how it is asked to cancel one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from portal.panel.api_v2 import AT_ONCE, WITHIN, ApiV2
from portal.panel.by_hand import ByHand
from portal.readings import CancelAnswer, PanelKind, Reading, Service
from portal.settings import Settings

__all__ = ["AT_ONCE", "WITHIN", "ApiV2", "ByHand", "Panel", "panel"]


class Panel(Protocol):
    """A panel. A call holds its caller for at most `WITHIN` seconds; no text that it returns or raises has the key."""

    @property
    def shown(self) -> str:
        """Where it is, for staff: host and port; "" where none is reached."""

    @property
    def reads(self) -> bool:
        """Whether it can be asked anything."""

    def check(self) -> None:
        """Return if the panel can be reached and takes the key. Raises `PanelFault`."""

    def orders(self, ids: Sequence[str]) -> dict[str, Reading]:
        """Return a reading for every ID, of which there are at most `AT_ONCE`; none where it does not read.

        What it says no to is `refused` in its reading, but for all at once, or for the only one, raises `PanelFault`.
        """

    def services(self) -> list[Service]:
        """Return the services that are understood. Raises `PanelFault`."""

    def cancel(self, order_id: str, name: str, in_time: Callable[[], bool]) -> CancelAnswer:
        """Ask once that an order be canceled, and return what became of it; raises nothing but what `in_time` does.

        `in_time` is asked just before anything is sent: where it says no, nothing is. `name` is the request's own, the
        same whenever it is asked again, for panels that know the header `Idempotency-Key`.
        """


def panel(settings: Settings) -> Panel:
    """Return the panel that the settings name."""
    if settings.panel_kind is PanelKind.API_V2:
        return ApiV2(settings.panel_url or "", settings.panel_key or "")
    return ByHand()
