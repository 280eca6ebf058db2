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
from portal.i18n import gettext, language, moment
from portal.policy import State, Verdict
from portal.state_words import STATE_WORDS, VERDICT_WORDS, StateWords, state_words
from portal.views.said import Said, said, words_of
from portal.views.tickets.credit import CreditStory, credit_story, may_be_credited


@dataclass(frozen=True, kw_only=True)
class Step:
    """A thing that happened, and when."""

    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """What staff said to the customer, or the customer to staff, and `when`, in words."""

    at: datetime
    when: str
    by_staff: bool
    heading: str
    headline: str
    text: str
    clause: ClauseText | None
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Story:
    """All that a ticket's page shows."""

    reference: str
    order_id: str
    state: State
    words: StateWords
    steps: tuple[Step, ...]
    messages: tuple[Message, ...]
    filings: tuple[Said, ...]
    added: bool
    credit: CreditStory | None
    may_be: ClauseText | None

    @property
    def replies(self) -> tuple[Message, ...]:
        """What staff said, the first first."""
        return tuple(message for message in self.messages if message.by_staff)


WRITTEN = (EventKind.ANSWERED, EventKind.STAFF_WROTE, EventKind.CUSTOMER_WROTE)

TOLD_APART = (EventKind.CANCEL_TAKEN, EventKind.CANCEL_REFUSED, EventKind.CANCEL_UNKNOWN)
"""What the panel said to a cancellation is a step of its own, also where the ticket stays where it is."""


def story(ticket: Any) -> Story:
    """Return the story of a ticket: what was filed, how it moved, what was answered; nothing that only staff see."""
    return Story(
        reference=ticket.reference,
        order_id=ticket.order_id,
        state=ticket.state,
        words=state_words(ticket.state, (event.kind for event in reversed(ticket.events))),
        steps=tuple(_steps(ticket.events)),
        messages=tuple(_message(ticket, e) for e in ticket.events if e.kind in WRITTEN or _told(e)),
        filings=tuple(said(e, partial(_picture, ticket)) for e in ticket.events if e.filing),
        added=ticket.events[-1].kind is EventKind.FILED_AGAIN,
        credit=credit_story(ticket),
        may_be=may_be_credited(ticket),
    )


def _picture(ticket: Any, picture: int) -> str:
    return url_for("tickets.picture", language=language(), reference=ticket.reference, picture=picture)


def _told(event: Any) -> bool:
    return event.kind is EventKind.MOVED and bool(event.data.get("text"))


def _message(ticket: Any, event: Any) -> Message:
    if event.kind is EventKind.CUSTOMER_WROTE:
        return Message(
            at=event.at,
            when=moment(event.at),
            by_staff=False,
            heading=gettext("You wrote"),
            headline=gettext("You wrote"),
            text=event.data["text"],
            clause=None,
            pictures=tuple(_picture(ticket, picture.id) for picture in event.pictures),
        )
    if event.kind is EventKind.STAFF_WROTE:
        return written(event.at, event.data["text"])
    verdict = Verdict(event.data["verdict"]) if "verdict" in event.data else None
    clause = words_of(event).clauses.get(event.data.get("clause", ""))
    return answered(event.at, event.state, verdict, event.data.get("text", ""), clause)


def written(at: datetime, text: str) -> Message:
    """Return a message of staff as the customer reads it."""
    headline = gettext("We wrote to you")
    return Message(at=at, when=moment(at), by_staff=True, heading=headline, headline=headline, text=text, clause=None)


def answered(at: datetime, state: State, verdict: Verdict | None, text: str, clause: ClauseText | None) -> Message:
    """Return an answer of staff, or what they saw on the panel, as the customer reads it."""
    headline = str(VERDICT_WORDS[verdict]) if verdict else str(STATE_WORDS[state].headline)
    heading = gettext("Our answer: %(headline)s", headline=headline)
    return Message(at=at, when=moment(at), by_staff=True, heading=heading, headline=headline, text=text, clause=clause)


def _steps(events: Iterable[Any]) -> Iterable[Step]:
    """Yield each change of state, and each further filing; not who works on it."""
    before = None
    for event in events:
        if event.kind is EventKind.FILED_AGAIN:
            yield Step(at=event.at, text=gettext("You added to your request"))
        elif event.state is not before or event.kind in TOLD_APART:
            yield Step(at=event.at, text=str(state_words(event.state, [event.kind]).headline))
        before = event.state
