"""The history of a ticket as staff read it: who did what, when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.content import plain
from portal.events import EventKind
from portal.forms.labels import STATES, VERDICTS
from portal.i18n import gettext
from portal.policy import Facts, Verdict
from portal.views.here import portal
from portal.views.said import words_of


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One event: its number, when, who, what, and the words that belong to it."""

    number: int
    at: datetime
    who: str
    what: str
    text: str
    private: bool


def history(ticket: Any) -> list[HistoryLine]:
    """Return every event of a ticket, the first first."""
    return [
        HistoryLine(
            number=event.number,
            at=event.at,
            who=event.staff.name if event.staff else gettext("the customer"),
            what=_what(event),
            text=_text(event),
            private=event.kind is EventKind.NOTE,
        )
        for event in ticket.events
    ]


def latest_facts(ticket: Any) -> Facts:
    """Return the facts known last: those that staff recorded, or, before they did, those of the last filing."""
    recorded: Sequence[Facts] = [e.facts for e in ticket.events if e.kind is EventKind.FACTS_RECORDED]
    stated: Sequence[Facts] = [e.facts for e in ticket.events if e.facts]
    return recorded[-1] if recorded else stated[-1]


def _what(event: Any) -> str:
    if event.kind is EventKind.ANSWERED:
        return gettext("answered: %(verdict)s", verdict=VERDICTS[Verdict(event.data["verdict"])])
    if event.filing and event.filing.told:
        return gettext("filed a request, handed over by %(shop)s", shop=portal().settings.shop_name)
    if event.kind is EventKind.MOVED:
        return gettext("saw on the panel: %(state)s", state=STATES[event.state])
    return {
        EventKind.FILED: gettext("filed the request"),
        EventKind.FILED_AGAIN: gettext("filed again for the same order"),
        EventKind.TAKEN: gettext("took it into review"),
        EventKind.TAKEN_OVER: gettext("took it over"),
        EventKind.GIVEN_BACK: gettext("gave it back"),
        EventKind.NOTE: gettext("noted, for staff only"),
        EventKind.FACTS_RECORDED: gettext("recorded what the panel shows"),
        EventKind.LINK_REPLACED: gettext("made a new secret link; the old one works no longer"),
        EventKind.REOPENED: gettext("opened it again"),
        EventKind.WITHDRAWN: gettext("withdrew the request"),
    }[event.kind]


def _text(event: Any) -> str:
    parts = [event.data.get("text", "")]
    clause = words_of(event).clauses.get(event.data.get("clause", ""))
    if clause:
        parts.append(gettext("Clause: %(name)s", name=plain(clause.label) or plain(clause.text)))
    if event.data.get("matched_by"):
        parts.append(gettext("Matched with the owner: %(how)s", how=event.data["matched_by"]))
    if event.kind is EventKind.FACTS_RECORDED and event.decision:
        headline = words_of(event).headline(event.decision.outcome)
        parts.append(gettext("Policy’s answer: %(headline)s", headline=headline))
    return "\n".join(part for part in parts if part)
