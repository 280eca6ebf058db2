"""What docs/notices.md tells whoever runs the portal: its numbers, and the addresses of channels that it shows."""

from __future__ import annotations

import warnings
from datetime import timedelta
from typing import Any

from portal.notices.channels import channels
from portal.outbox import PAUSES
from tests.build import settings_for
from tests.code_reading import ROOT, names, table

DOCUMENT = ROOT / "docs" / "notices.md"
KINDS = ["NotifyTelegram", "NotifySlack", "NotifySlack", "NotifyDiscord", "NotifyEmail"]


def kind(address: str) -> str:
    """Return which channel an address is to Apprise, whose import warns of what Python 3.13 takes away."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import apprise

        return type(apprise.Apprise.instantiate(address)).__name__


def test_each_address_of_a_channel_that_the_document_shows_is_one_that_apprise_and_the_settings_know() -> None:
    shown = [names(row[1])[0] for row in table(DOCUMENT, "channel")]
    assert [kind(address) for address in shown] == KINDS
    changes: dict[str, Any] = {"staff_channels": " ".join(shown)}
    settings = settings_for("sqlite:////tmp/a.sqlite", **changes)
    assert [channel.url for channel in channels(settings.staff_channels)] == shown


def test_the_pauses_that_the_document_tells_are_those_of_the_outbox() -> None:
    told = "1, 5 and 15 minutes, 1, 3, 6, 12, 24 and 24 hours"
    assert told in DOCUMENT.read_text(encoding="utf-8")
    minutes, hours = (1, 5, 15), (1, 3, 6, 12, 24, 24)
    assert (*(timedelta(minutes=n) for n in minutes), *(timedelta(hours=n) for n in hours)) == PAUSES
