"""The states of a ticket, and the answers of staff, in words for its customer; true at each step, and no promise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from portal.events import EventKind
from portal.i18n import lazy_gettext as _l
from portal.policy import State, Verdict


@dataclass(frozen=True, kw_only=True)
class StateWords:
    """A state for its customer: a headline, what it means, what comes next."""

    headline: str
    meaning: str
    next: str


STATE_WORDS: Mapping[State, StateWords] = {
    State.RECEIVED: StateWords(
        headline=_l("We have your request"),
        meaning=_l("It waits for a member of staff. The request itself changes nothing in the order."),
        next=_l("Open this page again to see the answer. We cannot say how long it takes."),
    ),
    State.IN_REVIEW: StateWords(
        headline=_l("Your request is being reviewed"),
        meaning=_l("A member of staff is looking at your order. The request itself changes nothing in it."),
        next=_l("The answer will stand here. We cannot say how long it takes."),
    ),
    State.WAITING_FOR_CUSTOMER: StateWords(
        headline=_l("We are waiting for your answer"),
        meaning=_l("Staff asked you something; the question is below."),
        next=_l("Until you answer, the review rests."),
    ),
    State.ACCEPTED: StateWords(
        headline=_l("Your request was accepted"),
        meaning=_l("Staff agreed to ask for a cancellation. The order is not canceled yet, and may still go on."),
        next=_l("What became of it will stand here."),
    ),
    State.CANCEL_SENT: StateWords(
        headline=_l("The panel was asked to stop the order"),
        meaning=_l("The panel has the cancellation, but has not confirmed it. The order may still go on."),
        next=_l("What the panel answers will stand here."),
    ),
    State.CANCELED: StateWords(
        headline=_l("The panel shows your order as canceled"),
        meaning=_l("The order was stopped."),
        next=_l("The amount is usually added back to the account balance."),
    ),
    State.PARTLY_CANCELED: StateWords(
        headline=_l("The panel shows your order as partly canceled"),
        meaning=_l("Delivery stopped; the part that was delivered counts."),
        next=_l("The undelivered part may be credited to the account balance."),
    ),
    State.NOT_CANCELED: StateWords(
        headline=_l("The order could not be canceled"),
        meaning=_l("Staff asked for it, but the panel or the provider did not stop the order."),
        next=_l("The order goes on as the panel shows it."),
    ),
    State.CREDITED: StateWords(
        headline=_l("An amount was added to your balance"),
        meaning=_l("Staff recorded a credit to your account balance for this order."),
        next=_l("Look at the balance in the panel. If something is missing, tell support this reference."),
    ),
    State.DECLINED: StateWords(
        headline=_l("Your request was declined"),
        meaning=_l("Staff reviewed your request and declined it. The reason is below."),
        next=_l("If the order changes, for example its status, you may send a new request."),
    ),
    State.WITHDRAWN: StateWords(
        headline=_l("You withdrew your request"),
        meaning=_l("Nobody works on it any more. To withdraw it changes nothing in the order."),
        next=_l("If you change your mind, send a new request."),
    ),
}

NOT_ANSWERED = StateWords(
    headline=_l("We asked the panel to stop the order, and have no answer"),
    meaning=_l("We do not know whether the panel has the cancellation. The order may still go on."),
    next=_l("Staff look at what became of it. What they find will stand here."),
)
NOT_TAKEN = StateWords(
    headline=_l("The panel did not take the cancellation"),
    meaning=_l("Staff asked for it, and the panel refused. The order goes on as the panel shows it."),
    next=_l("A member of staff looks at your request again. The answer will stand here."),
)
BY_EVENT: Mapping[EventKind, Mapping[State, StateWords]] = {
    EventKind.CANCEL_UNKNOWN: {State.CANCEL_SENT: NOT_ANSWERED},
    EventKind.CANCEL_REFUSED: {State.RECEIVED: NOT_TAKEN, State.IN_REVIEW: NOT_TAKEN},
}
"""What says more than a state in which the ticket is; of any other state it says nothing."""

SETTLED = (EventKind.CANCEL_TAKEN, EventKind.ANSWERED, EventKind.MOVED, EventKind.REOPENED)
"""What takes back all that was said before it."""


def state_words(state: State, kinds: Iterable[EventKind]) -> StateWords:
    """Return the words for a ticket in this state, whose history has lines of these kinds, the last first."""
    since = takewhile(lambda kind: kind not in SETTLED, kinds)
    found = (BY_EVENT[kind][state] for kind in since if state in BY_EVENT.get(kind, ()))
    return next(found, STATE_WORDS[state])


VERDICT_WORDS: Mapping[Verdict, str] = {
    Verdict.ACCEPT_FULL: _l("Accepted: we ask for the whole order to be stopped"),
    Verdict.ACCEPT_PART: _l("Accepted: we ask for the undelivered part to be stopped"),
    Verdict.DECLINE: _l("The order stays as it is"),
    Verdict.ASK: _l("We need to know more"),
}
