"""The history of a ticket as staff read it: who did what, when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for

from portal.content import plain
from portal.events import BY_PANEL, EventKind, Way
from portal.forms.labels import AMOUNTS, STATES, VERDICTS
from portal.i18n import gettext, moment, money
from portal.policy import Source, Status, Verdict
from portal.views.here import portal
from portal.views.said import amount_words, words_of


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
            who=_who(event),
            what=f"{_what(event)} {_via(event)}".strip(),
            text=_text(event),
            private=event.kind is EventKind.NOTE,
            to_customer=event.kind is EventKind.STAFF_WROTE,
            pictures=_pictures(ticket, event),
        )
        for event in ticket.events
    ]


def _who(event: Any) -> str:
    if event.staff:
        return str(event.staff.name)
    by_panel = event.kind in BY_PANEL or event.kind is EventKind.MOVED
    return gettext("the panel") if by_panel else gettext("the customer")


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
    if event.kind is EventKind.MOVED and not event.staff:
        return gettext("shows: %(state)s", state=STATES[event.state])
    if event.kind is EventKind.MOVED and "credit" in event.data:
        paid = event.data["credit"]
        return gettext("credited %(amount)s", amount=money(Decimal(paid["amount"]), paid["currency"]))
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
        EventKind.FACTS_READ: gettext("was read"),
        EventKind.AMOUNTS_RECORDED: gettext("recorded what was paid, ordered or not delivered"),
        EventKind.CANCEL_ASKED: gettext("asked for the cancellation to be sent to the panel"),
        EventKind.CANCEL_CALLED_BACK: gettext("called the cancellation back before it was sent"),
        EventKind.CANCEL_TAKEN: gettext("took the cancellation; the order is not canceled by that yet"),
        EventKind.CANCEL_REFUSED: gettext("refused the cancellation"),
        EventKind.CANCEL_UNKNOWN: gettext("did not answer to the cancellation: nobody knows if it arrived"),
        EventKind.CANCEL_UNSENT: gettext("could not be reached: the cancellation was not sent"),
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
    by_panel = event.kind in (EventKind.CANCEL_TAKEN, EventKind.CANCEL_REFUSED)
    parts.append(said_of(event.data.get("said", ""), by_panel=by_panel))
    if "amounts" in event.data:
        parts += [f"{AMOUNTS[name]}: {amount_words(name, value)}" for name, value in event.data["amounts"].items()]
    if "on" in event.data:
        parts += _rests_on(event)
    if event.kind in (EventKind.FACTS_RECORDED, EventKind.FACTS_READ) and event.decision:
        status = words_of(event).status(event.facts.status).name
        shown = event.data.get("shown") if event.facts.status is Status.UNKNOWN else ""
        parts.append(gettext("Order status: %(status)s", status=shown or status))
        headline = words_of(event).headline(event.decision.outcome)
        parts.append(gettext("Policy’s answer: %(headline)s", headline=headline))
    return "\n".join(part for part in parts if part)


def said_of(said: str, *, by_panel: bool) -> str:
    """Return what the panel said to a cancellation, or what is known where it did not answer to it; "" for nothing."""
    if not said:
        return ""
    return gettext("The panel said: %(said)s", said=said) if by_panel else gettext("Detail: %(said)s", said=said)


def _rests_on(event: Any) -> Iterator[str]:
    """Yield what an acceptance rested on, and what could be credited by what was known then."""
    on, working = event.data["on"], event.data["working"]
    unknown = on["status"] == Status.UNKNOWN and on["shown"]
    status = on["shown"] if unknown else words_of(event).status(Status(on["status"])).name
    shown = {"status": status, "when": moment(datetime.fromisoformat(on["at"]))}
    if on["source"] == Source.PANEL:
        yield gettext("On what the panel showed, %(when)s: %(status)s", **shown)
    else:
        yield gettext("On what staff saw on the panel, %(when)s: %(status)s", **shown)
    if working["amount"] is not None:
        amount = money(Decimal(working["amount"]), working["currency"]["value"])
        yield gettext("May be credited by what was known then: at most %(amount)s", amount=amount)
