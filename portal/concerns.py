"""Whom a line of a ticket's history concerns, and what they are told of it. Pure."""

from __future__ import annotations

from enum import StrEnum

from portal.events import EventKind
from portal.policy import State, Verdict


class Carrier(StrEnum):
    """By what a notice travels: mail to the customer, a channel of staff, a call of the main site's server."""

    MAIL = "mail"
    CHANNEL = "channel"
    WEBHOOK = "webhook"


class NoticeKind(StrEnum):
    """What a notice says: to the customer, to staff, to a program."""

    RECEIVED = "received"
    ASKED = "asked"
    ANSWERED = "answered"
    WROTE = "wrote"
    REOPENED = "reopened"
    CANCELED = "canceled"
    CREDITED = "credited"
    NOT_TAKEN = "not_taken"
    LINK = "link"

    NEW = "new"
    CUSTOMER_WROTE = "customer_wrote"
    OVERDUE = "overdue"
    CANCEL_FAILED = "cancel_failed"

    STATE_CHANGED = "state_changed"


class NoticeState(StrEnum):
    """Where a notice is: it waits for its next try, or it ended in one of four ways."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


UNSENT = (NoticeState.WAITING, NoticeState.REFUSED, NoticeState.GIVEN_UP)
"""The states in which a notice is still somebody's to look after."""

BY_KIND = {
    EventKind.FILED: NoticeKind.RECEIVED,
    EventKind.FILED_AGAIN: NoticeKind.RECEIVED,
    EventKind.STAFF_WROTE: NoticeKind.WROTE,
    EventKind.REOPENED: NoticeKind.REOPENED,
    EventKind.CANCEL_REFUSED: NoticeKind.NOT_TAKEN,
}
TO_STAFF = {
    EventKind.FILED: NoticeKind.NEW,
    EventKind.FILED_AGAIN: NoticeKind.CUSTOMER_WROTE,
    EventKind.CUSTOMER_WROTE: NoticeKind.CUSTOMER_WROTE,
    EventKind.CANCEL_REFUSED: NoticeKind.CANCEL_FAILED,
    EventKind.CANCEL_UNKNOWN: NoticeKind.CANCEL_FAILED,
    EventKind.CANCEL_UNSENT: NoticeKind.CANCEL_FAILED,
}


def told_to_customer(kind: EventKind, state: State, verdict: Verdict | None, *, words: bool) -> NoticeKind | None:
    """Return what the customer is told of an event, which left the ticket in this state; `None` where nothing.

    `words` is whether staff wrote something for the customer with it.
    """
    if kind is EventKind.ANSWERED:
        return NoticeKind.ASKED if verdict is Verdict.ASK else NoticeKind.ANSWERED
    if kind is EventKind.MOVED and state is State.CREDITED:
        return NoticeKind.CREDITED
    if kind is EventKind.MOVED:
        return NoticeKind.CANCELED if state is not State.CANCEL_SENT else NoticeKind.WROTE if words else None
    if kind is EventKind.CANCEL_REFUSED and state is not State.IN_REVIEW:
        return None  # it came late, and the ticket went another way
    return BY_KIND.get(kind)
