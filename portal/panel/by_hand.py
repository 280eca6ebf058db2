"""A panel that people work themselves: the portal neither asks it nor tells it anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portal.readings import CancelAnswer, Failure, Reading, Service


class ByHand:
    """The panel while none is set up."""

    shown = ""
    reads = False

    def check(self) -> None:
        """Ask nothing: there is nothing to reach."""

    def orders(self, ids: Sequence[str]) -> dict[str, Reading]:
        """Say nothing of any order."""
        return {}

    def services(self) -> list[Service]:
        """Know no services."""
        return []

    def cancel(self, order_id: str, name: str, in_time: Callable[[], bool]) -> CancelAnswer:
        """Send nothing, and say so."""
        return CancelAnswer(failure=Failure.UNREACHABLE, said="Nothing is sent: the panel is worked by hand.")
