"""The interface's names for enums that the content does not name."""

from __future__ import annotations

from portal.cancellation import CancelState
from portal.concerns import Carrier, NoticeKind, NoticeState
from portal.filing import Problem
from portal.forms.fields import Known
from portal.i18n import lazy_gettext as _l
from portal.outbox import Fault
from portal.policy import State, Verdict
from portal.readings import Failure

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
NOTICES = {
    NoticeKind.RECEIVED: _l("Request received"),
    NoticeKind.ASKED: _l("Question to the customer"),
    NoticeKind.ANSWERED: _l("Answer to the customer"),
    NoticeKind.WROTE: _l("Message to the customer"),
    NoticeKind.REOPENED: _l("Reviewed again"),
    NoticeKind.CANCELED: _l("What became of the order"),
    NoticeKind.CREDITED: _l("Credit to the balance"),
    NoticeKind.NOT_TAKEN: _l("Cancellation refused by the panel"),
    NoticeKind.LINK: _l("The link asked for again"),
    NoticeKind.NEW: _l("New request"),
    NoticeKind.CUSTOMER_WROTE: _l("The customer answered"),
    NoticeKind.OVERDUE: _l("Still without an answer"),
    NoticeKind.CANCEL_FAILED: _l("A cancellation to look at"),
    NoticeKind.STATE_CHANGED: _l("Change of state"),
}
CARRIERS = {
    Carrier.MAIL: _l("Mail to"),
    Carrier.CHANNEL: _l("Channel of staff"),
    Carrier.WEBHOOK: _l("The main site’s server, webhook"),
}
NOTICE_STATES = {
    NoticeState.WAITING: _l("Will be tried again"),
    NoticeState.SENT: _l("Sent"),
    NoticeState.REFUSED: _l("Refused for good"),
    NoticeState.GIVEN_UP: _l("Given up after many tries"),
    NoticeState.DROPPED: _l("Dropped"),
}
FAULTS = {
    Fault.UNREACHABLE: _l("The server could not be reached."),
    Fault.NOT_NOW: _l("The server did not take it now."),
    Fault.REFUSED: _l("The server knows no such address."),
    Fault.UNWANTED: _l("The server refused the mail for good."),
    Fault.BAD_ADDRESS: _l("No mail can be sent to such an address."),
    Fault.NOT_TAKEN: _l("The channel did not take it."),
    Fault.NOT_SET: _l("It is no longer set up."),
    Fault.UNFINISHED: _l("Workers ended while they were sending it."),
    Fault.BROKEN: _l("It could not be put into words."),
}
PANEL_FAULTS = {
    Failure.REFUSED: _l("The panel refuses the portal’s key or call."),
    Failure.UNREACHABLE: _l("The panel could not be reached."),
    Failure.UNKNOWN: _l("The panel gave no answer that can be understood."),
}
CANCELLATIONS = {
    CancelState.WAITING: _l("It waits to be sent."),
    CancelState.SENDING: _l("It is being sent."),
    CancelState.TAKEN: _l("The panel took it. That does not cancel the order yet."),
    CancelState.REFUSED: _l("The panel refused it."),
    CancelState.UNKNOWN: _l(
        "The panel did not answer in time: it may have it, or not. It is never sent twice by itself."
    ),
    CancelState.UNSENT: _l("The panel could not be reached. Nothing was sent."),
    CancelState.CALLED_BACK: _l("It was called back before it was sent."),
}
AMOUNTS = {
    "charge": _l("Charge"),
    "currency": _l("Currency"),
    "quantity": _l("Quantity"),
    "remains": _l("Remains"),
}
