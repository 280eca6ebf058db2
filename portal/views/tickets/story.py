"""A ticket as its customer reads it: where it is, what that means, what happened, what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for

from portal.content import ClauseText
from portal.events import EventKind
from portal.i18n import gettext, language
from portal.policy import State, Verdict
from portal.views.said import Said, said, words_of
from portal.views.tickets.state_words import STATE_WORDS, StateWords


@dataclass(frozen=True, kw_only=True)
class Step:
    """A thing that happened, and when."""

    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What staff said to the customer."""

    at: datetime
    headline: str
    text: str
    clause: ClauseText | None


@dataclass(frozen=True, kw_only=True)
class Story:
    """All that a ticket's page shows."""

    reference: str
    order_id: str
    state: State
    words: StateWords
    steps: tuple[Step, ...]
    replies: tuple[Reply, ...]
    filings: tuple[Said, ...]
    added: bool


def story(ticket: Any) -> Story:
    """Return the story of a ticket: what was filed, how it moved, what was answered; nothing that only staff see."""
    replies = [reply(e) for e in ticket.events if e.kind is EventKind.ANSWERED or _told(e)]
    return Story(
        reference=ticket.reference,
        order_id=ticket.order_id,
        state=ticket.state,
        words=STATE_WORDS[ticket.state],
        steps=tuple(_steps(ticket.events)),
        replies=tuple(replies)[::-1],
        filings=tuple(said(e, partial(_picture, ticket)) for e in ticket.events if e.filing),
        added=ticket.events[-1].kind is EventKind.FILED_AGAIN,
    )


def _picture(ticket: Any, picture: int) -> str:
    return url_for("tickets.picture", language=language(), reference=ticket.reference, picture=picture)


def _told(event: Any) -> bool:
    return event.kind is EventKind.MOVED and bool(event.data.get("text"))


def reply(event: Any) -> Reply:
    """Return an answer of staff, with its clause as the policy of that day had it."""
    verdict = Verdict(event.data["verdict"]) if "verdict" in event.data else None
    return Reply(
        at=event.at,
        headline=_verdict_words(verdict) if verdict else str(STATE_WORDS[event.state].headline),
        text=event.data.get("text", ""),
        clause=words_of(event).clauses.get(event.data.get("clause", "")),
    )


def _steps(events: Iterable[Any]) -> Iterable[Step]:
    """Yield each change of state, and each further filing; not who works on it."""
    before = None
    for event in events:
        if event.kind is EventKind.FILED_AGAIN:
            yield Step(at=event.at, text=gettext("You added to your request"))
        elif event.state is not before:
            yield Step(at=event.at, text=str(STATE_WORDS[event.state].headline))
        before = event.state


def _verdict_words(verdict: Verdict) -> str:
    return {
        Verdict.ACCEPT_FULL: gettext("Accepted: we ask for the whole order to be stopped"),
        Verdict.ACCEPT_PART: gettext("Accepted: we ask for the undelivered part to be stopped"),
        Verdict.DECLINE: gettext("The order stays as it is"),
        Verdict.ASK: gettext("We need to know more"),
    }[verdict]
