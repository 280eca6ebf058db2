"""A ticket as its customer reads it: where it is, what that means, what happened, what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.content import ClauseText
from portal.events import EventKind
from portal.i18n import gettext
from portal.policy import State, Verdict
from portal.views.said import Said, said, words_of


@dataclass(frozen=True, kw_only=True)
class StateWords:
    """A state for its customer: a headline, what it means, what comes next."""

    headline: str
    meaning: str
    next: str


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
    replies = [reply(e) for e in ticket.events if e.kind in (EventKind.ANSWERED, EventKind.MOVED)]
    return Story(
        reference=ticket.reference,
        order_id=ticket.order_id,
        state=ticket.state,
        words=state_words(ticket.state),
        steps=tuple(_steps(ticket.events)),
        replies=tuple(r for r in replies if r.text or r.clause)[::-1],
        filings=tuple(said(e) for e in ticket.events if e.filing),
        added=ticket.events[-1].kind is EventKind.FILED_AGAIN,
    )


def reply(event: Any) -> Reply:
    """Return an answer of staff, with its clause as the policy of that day had it."""
    verdict = Verdict(event.data["verdict"]) if "verdict" in event.data else None
    return Reply(
        at=event.at,
        headline=_verdict_words(verdict) if verdict else state_words(event.state).headline,
        text=event.data.get("text", ""),
        clause=words_of(event).clauses.get(event.data.get("clause", "")),
    )


def state_words(state: State) -> StateWords:
    """Return a state in words for its customer; true at each step, and no promise."""
    return StateWords(headline=_headlines()[state], meaning=_meanings()[state], next=_next()[state])


def _steps(events: Iterable[Any]) -> Iterable[Step]:
    """Yield each change of state, and each further filing; not who works on it."""
    before = None
    for event in events:
        if event.kind is EventKind.FILED_AGAIN:
            yield Step(at=event.at, text=gettext("You added to your request"))
        elif event.state is not before:
            yield Step(at=event.at, text=_headlines()[event.state])
        before = event.state


def _verdict_words(verdict: Verdict) -> str:
    return {
        Verdict.ACCEPT_FULL: gettext("We will ask the panel to stop the order"),
        Verdict.ACCEPT_PART: gettext("We will ask the panel to stop the undelivered part"),
        Verdict.DECLINE: gettext("The order stays as it is"),
        Verdict.ASK: gettext("We need to know more"),
    }[verdict]


def _headlines() -> dict[State, str]:
    return {
        State.RECEIVED: gettext("We have your request"),
        State.IN_REVIEW: gettext("Your request is being reviewed"),
        State.WAITING_FOR_CUSTOMER: gettext("We are waiting for your answer"),
        State.ACCEPTED: gettext("Your request was accepted"),
        State.CANCEL_SENT: gettext("The panel was asked to stop the order"),
        State.CANCELED: gettext("The panel shows your order as canceled"),
        State.PARTLY_CANCELED: gettext("The panel shows your order as partly canceled"),
        State.NOT_CANCELED: gettext("The order could not be canceled"),
        State.CREDITED: gettext("An amount was added to your balance"),
        State.DECLINED: gettext("Your request was declined"),
        State.WITHDRAWN: gettext("You withdrew your request"),
    }


def _meanings() -> dict[State, str]:
    return {
        State.RECEIVED: gettext("It waits for a member of staff. The order itself goes on as before."),
        State.IN_REVIEW: gettext("A member of staff is looking at your order. The order itself goes on as before."),
        State.WAITING_FOR_CUSTOMER: gettext("Staff asked you something; the question is below."),
        State.ACCEPTED: gettext(
            "Staff agreed to ask for a cancellation. The order is not canceled yet, and may still go on."
        ),
        State.CANCEL_SENT: gettext(
            "The panel has the cancellation, but has not confirmed it. The order may still go on."
        ),
        State.CANCELED: gettext("The order was stopped."),
        State.PARTLY_CANCELED: gettext("Delivery stopped; the part that was delivered counts."),
        State.NOT_CANCELED: gettext("Staff asked for it, but the panel or the provider did not stop the order."),
        State.CREDITED: gettext("Staff recorded a credit to your account balance for this order."),
        State.DECLINED: gettext("Staff reviewed your request and did not ask for a cancellation. The reason is below."),
        State.WITHDRAWN: gettext("Nobody works on it any more. The order goes on as before."),
    }


def _next() -> dict[State, str]:
    return {
        State.RECEIVED: gettext("Open this page again to see the answer. We cannot say how long it takes."),
        State.IN_REVIEW: gettext("The answer will stand here. We cannot say how long it takes."),
        State.WAITING_FOR_CUSTOMER: gettext("Until you answer, the review rests."),
        State.ACCEPTED: gettext("What became of it will stand here."),
        State.CANCEL_SENT: gettext("What the panel answers will stand here."),
        State.CANCELED: gettext("The amount is usually added back to the account balance."),
        State.PARTLY_CANCELED: gettext("The undelivered part may be credited to the account balance."),
        State.NOT_CANCELED: gettext("The order goes on as the panel shows it."),
        State.CREDITED: gettext(
            "Look at the balance in the panel. If something is missing, tell support this reference."
        ),
        State.DECLINED: gettext("If the order changes, for example its status, you may send a new request."),
        State.WITHDRAWN: gettext("If you change your mind, send a new request."),
    }
