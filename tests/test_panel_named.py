"""Which panel the settings name."""

from __future__ import annotations

from portal.demo.panel import KEY
from portal.panel import ByHand, panel
from portal.readings import Failure, PanelKind
from tests.build import settings_for


def test_the_settings_name_the_panel() -> None:
    by_hand = panel(settings_for("sqlite:////nothing"))
    assert (by_hand.shown, by_hand.reads, by_hand.services(), by_hand.orders(["1"])) == ("", False, [], {})
    by_hand.check()
    assert by_hand.cancel("1", "name", lambda: True).failure is Failure.UNREACHABLE
    assert isinstance(by_hand, ByHand)
    named = {"panel_url": "https://panel.example.com:8443/api/v2", "panel_key": KEY}
    spoken = panel(settings_for("sqlite:////nothing", panel_kind=PanelKind.API_V2, **named))
    assert (spoken.shown, spoken.reads) == ("panel.example.com:8443", True)
