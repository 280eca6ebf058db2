"""The channels of staff: Telegram, Slack, Discord, mail and whatever else Apprise speaks to."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus

from portal.keys import digest
from portal.outbox import Fault, Result

WITHIN = 60.0
"""Seconds for a whole message: far less than a worker holds a notice."""
TALKERS = ("apprise", "urllib3")
"""Logs of others that may hold a channel's address: what they say reaches no log but what we keep of it here."""
SHORTEST_SECRET = 3
LONGEST_DETAIL = 200


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel by an id that gives nothing away, and by what staff see of it."""

    id: str
    shown: str
    url: str = field(repr=False)

    def send(self, title: str, text: str, *, within: float = WITHIN) -> Result:
        """Send a message; return what became of it, in Apprise's words without the channel's own."""
        with warnings.catch_warnings():
            # Its import warns of what Python 3.13 takes away, and a message may warn of the server by name.
            warnings.simplefilter("ignore")
            import apprise  # it costs a third of a second, and only a worker with channels needs it

            for name in TALKERS:
                logging.getLogger(name).propagate = False
            capture: Any = apprise.LogCapture
            with capture(level=logging.WARNING, fmt="%(message)s") as said:
                sender = apprise.Apprise()
                if not sender.add(self.url):
                    return Result(fault=Fault.NOT_TAKEN, detail="Apprise does not know such an address")
                taken = sender.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT, timeout=within)
                words = said.getvalue()
        if taken:
            return Result()
        return Result(fault=Fault.NOT_TAKEN, detail=self._without_secrets(words), rests=True)

    def _without_secrets(self, words: str) -> str:
        rest, _, query = self.url.partition("://")[2].partition("?")
        parts = {*re.split(r"[:/@#,&=]+", rest), *(pair.partition("=")[2] for pair in query.split("&"))}
        parts |= {*map(unquote, parts), *map(unquote_plus, parts)}
        for part in sorted((part for part in parts if len(part) >= SHORTEST_SECRET), key=len, reverse=True):
            words = re.sub(re.escape(part), "…", words, flags=re.IGNORECASE)
        return " ".join(words.split())[:LONGEST_DETAIL]


def channels(urls: Sequence[str]) -> tuple[Channel, ...]:
    """Return the channels of these Apprise addresses, named by their kind and place in the list."""
    return tuple(
        Channel(id=digest(url)[:12], shown=f"{url.partition('://')[0]} ({number})", url=url)
        for number, url in enumerate(urls, 1)
    )
