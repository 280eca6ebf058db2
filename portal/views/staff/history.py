"""The history of a ticket as staff read it: who did what, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from portal.content import plain
from portal.events import EventKind, Way
from portal.forms.labels import STATES, VERDICTS
from portal.i18n import gettext
from portal.policy import Verdict
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
    to_customer: bool
    pictures: tuple[str, ...]


def history(ticket: Any) -> list[HistoryLine]:
    """Return every event of a ticket, the first first."""
    return [
        HistoryLine(
            number=event.number,
            at=event.at,
            who=event.staff.name if event.staff else gettext("the customer"),
            what=f"{_what(event)} {_via(event)}".strip(),
            text=_text(event),
            private=event.kind is EventKind.NOTE,
            to_customer=event.kind is EventKind.STAFF_WROTE,
            pictures=_pictures(ticket, event),
        )
        for event in ticket.events
    ]


def _pictures(ticket: Any, event: Any) -> tuple[str, ...]:
    """Return the addresses of the screenshots of a message; those of a filing stand with it."""
    if event.kind is not EventKind.CUSTOMER_WROTE:
        return ()
    return tuple(url_for(".picture", reference=ticket.reference, picture=p.id) for p in event.pictures)


def _via(event: Any) -> str:
    """Return by whose help a filing came, in brackets; nothing where the customer filed it alone."""
    shop = portal().settings.shop_name
    return {
        Way.FORM: "",
        Way.HANDOVER: gettext("(sent here by %(shop)s)", shop=shop),
        Way.API: gettext("(passed on by %(shop)s)", shop=shop),
    }[event.way]


def _what(event: Any) -> str:
    if event.kind is EventKind.ANSWERED:
        return gettext("answered: %(verdict)s", verdict=VERDICTS[Verdict(event.data["verdict"])])
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
        EventKind.CUSTOMER_WROTE: gettext("wrote to staff"),
        EventKind.STAFF_WROTE: gettext("wrote to the customer"),
        EventKind.EMAIL_SET: gettext("changed where mails about the request go"),
        EventKind.MAILS_OFF: gettext("turned the mails about the request off"),
        EventKind.MAILS_ON: gettext("turned the mails about the request on again"),
    }[event.kind]


def _text(event: Any) -> str:
    parts = [event.data.get("text", ""), event.data.get("email", "")]
    if "from" in event.data:
        parts.append(
            gettext(
                "Written when the ended request %(reference)s was to be reviewed again", reference=event.data["from"]
            )
        )
    clause = words_of(event).clauses.get(event.data.get("clause", ""))
    if clause:
        parts.append(gettext("Clause: %(name)s", name=plain(clause.label) or plain(clause.text)))
    if event.data.get("matched_by"):
        parts.append(gettext("Matched with the owner: %(how)s", how=event.data["matched_by"]))
    if event.kind is EventKind.FACTS_RECORDED and event.decision:
        headline = words_of(event).headline(event.decision.outcome)
        parts.append(gettext("Policy’s answer: %(headline)s", headline=headline))
    return "\n".join(part for part in parts if part)
