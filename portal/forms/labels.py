"""The interface's names for enums that the content does not name."""

from __future__ import annotations

from portal.filing import Problem
from portal.forms.fields import Known
from portal.i18n import lazy_gettext as _l
from portal.policy import State, Verdict

PROBLEMS = {
    Problem.WRONG_LINK: _l("I gave a wrong link"),
    Problem.WRONG_SERVICE: _l("I chose a wrong service"),
    Problem.WRONG_QUANTITY: _l("I chose a wrong quantity"),
    Problem.ORDERED_TWICE: _l("I ordered the same thing twice"),
    Problem.NO_LONGER_NEEDED: _l("I no longer need it"),
    Problem.SERVICE_PROBLEM: _l("Something is wrong with the service"),
    Problem.OTHER: _l("Something else"),
}
KNOWN = {Known.YES: _l("Yes"), Known.NO: _l("No"), Known.UNKNOWN: _l("I don’t know")}
THEMES = {"auto": _l("As the reader’s system"), "light": _l("Light"), "dark": _l("Dark")}
STATES = {
    State.RECEIVED: _l("Received"),
    State.IN_REVIEW: _l("In review"),
    State.WAITING_FOR_CUSTOMER: _l("Waiting for the customer"),
    State.ACCEPTED: _l("Accepted"),
    State.CANCEL_SENT: _l("Cancellation sent to the panel"),
    State.CANCELED: _l("Canceled on the panel"),
    State.PARTLY_CANCELED: _l("Partly canceled on the panel"),
    State.NOT_CANCELED: _l("Not canceled"),
    State.CREDITED: _l("Credited to the balance"),
    State.DECLINED: _l("Declined"),
    State.WITHDRAWN: _l("Withdrawn"),
}
VERDICTS = {
    Verdict.ACCEPT_FULL: _l("Accept in full"),
    Verdict.ACCEPT_PART: _l("Accept the undelivered part"),
    Verdict.DECLINE: _l("Decline"),
    Verdict.ASK: _l("Ask for more"),
}
