"""The channels of staff: Telegram, Slack, Discord, mail and whatever else Apprise speaks to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.keys import digest
from portal.outbox import Fault, Result

LONGEST_DETAIL = 200


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel by an id that gives nothing away, and by what staff see of it."""

    id: str
    shown: str
    url: str = field(repr=False)

    def send(self, title: str, text: str) -> Result:
        """Send a message; return what became of it, in Apprise's words without the channel's own."""
        import apprise  # it costs a third of a second, and only a worker with channels needs it

        sender = apprise.Apprise()
        if not sender.add(self.url):
            return Result(fault=Fault.NOT_TAKEN, detail="Apprise does not know such an address")
        capture: Any = apprise.LogCapture
        with capture(level=apprise.logging.WARNING, fmt="%(message)s") as said:
            taken = sender.notify(title=title, body=text)
            words = said.getvalue()
        return Result() if taken else Result(fault=Fault.NOT_TAKEN, detail=self._without_secrets(words))

    def _without_secrets(self, words: str) -> str:
        secrets = sorted(filter(None, re.split(r"[:/?&=@]+", self.url.partition("://")[2])), key=len, reverse=True)
        for secret in secrets:
            words = words.replace(secret, "…")
        return " ".join(words.split())[:LONGEST_DETAIL]


def channels(urls: Sequence[str]) -> tuple[Channel, ...]:
    """Return the channels of these Apprise addresses, named by their kind and place in the list."""
    return tuple(
        Channel(id=digest(url)[:12], shown=f"{url.partition('://')[0]} ({number})", url=url)
        for number, url in enumerate(urls, 1)
    )
