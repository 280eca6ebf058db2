"""What an answer would rest on now, in words for staff: what the panel said last, or that it is being asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import tickets
from portal.i18n import gettext, moment
from portal.policy import Status
from portal.views.here import reads_panel, words


@dataclass(frozen=True, kw_only=True)
class GroundWords:
    """The ground of an answer: in `text`; whether the panel is being asked just now; whether staff may say it."""

    text: str
    fresh: bool
    waits: bool
    may_tell: bool


def ground_words(ticket: Any, panel: tickets.OnPanel, at: datetime) -> GroundWords:
    """Return what an acceptance would rest on now."""
    reads = reads_panel()
    last = tickets.ground(ticket, panel, reads=reads)
    fresh = last is not None and last.is_fresh(at)
    may_tell = not (fresh and reads) and tickets.may_tell(panel, at, reads=reads)
    waits = not fresh and not may_tell and panel.asked_at is not None
    return GroundWords(text=_text(panel, last, fresh, waits, may_tell), fresh=fresh, waits=waits, may_tell=may_tell)


def _text(panel: tickets.OnPanel, last: Any, fresh: bool, waits: bool, may_tell: bool) -> str:
    if waits:
        return gettext("The panel is being asked what it shows now. That takes some seconds.")
    shown = {"when": moment(last.at), "status": _shown(last)} if last else {}
    if fresh:
        return gettext("%(when)s the panel showed: %(status)s. You can answer on that.", **shown)
    if may_tell and not reads_panel():
        return gettext("To accept, say what the panel shows now: the answer rests on it.")
    said = str(panel.last.refused) if panel.last else ""
    if may_tell and said:
        return gettext("The panel says of this order: “%(said)s”. Look for yourself, and say what it shows.", said=said)
    if may_tell:
        return gettext("The panel has not answered in ten seconds. Look for yourself, and say what it shows.")
    if said:
        return gettext("The panel said of this order: “%(said)s”. It is asked again when you accept.", said=said)
    if last is None:
        return gettext("The panel was not read yet. It is asked when you accept.")
    return gettext("%(when)s the panel showed: %(status)s. It is asked again when you accept.", **shown)


def _shown(last: tickets.Ground) -> str:
    """Return the status that was shown; in the panel's own word where it is one that the portal does not know."""
    return (last.shown if last.status is Status.UNKNOWN else "") or words().status(last.status).name
