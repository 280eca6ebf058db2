"""A ticket's whole life in tests: every step that adds a line to its history, by whom, and which lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Flask

from portal import tickets
from portal.events import EventKind
from portal.keys import digest
from portal.policy import Facts, Policy, State, Status, Verdict
from portal.readings import Failure
from tests.colleague import OLENA, TARAS
from tests.panel_steps import answers_to_cancellation, is_never_reached, is_read
from tests.stored import filed, policy

ASK = tickets.Answer(verdict=Verdict.ASK, text="Send a picture of the order, please.")
DECLINE = tickets.Answer(verdict=Verdict.DECLINE, text="It runs already.", clause="unlikely-in-progress")
MATCH = "Wrote from the account's e-mail."

Step = tuple[str, str, list[EventKind], Callable[..., Any]]
"""Who does it, "" for nobody of the staff; what; the lines that adds; the call, given reference, staff, version, at."""


def steps(app: Flask) -> list[Step]:
    """Return a ticket's whole life after it was filed."""
    spoken = policy(app)
    return [*_reviewed(app, spoken), *_at_the_panel(spoken), *_ended()]


def accepts(reference: str, staff: Any, version: int, at: datetime, *, spoken: Policy) -> None:
    """Accept on what is seen on the panel at that moment."""
    on = tickets.Seen(status=Status.PROCESSING, at=at)
    given = tickets.Answer(verdict=Verdict.ACCEPT_FULL, text="", matched_by=MATCH, on=on)
    tickets.answer(reference, staff, given, spoken, version, at, reads=False)


def _reviewed(app: Flask, spoken: Policy) -> list[Step]:
    kind, keys = EventKind, app.extensions["portal"].keys
    facts = Facts(status=Status.PROCESSING, provider_allows=True)
    return [
        (OLENA, "takes it", [kind.TAKEN], tickets.take),
        (OLENA, "gives it back", [kind.GIVEN_BACK], tickets.give_back),
        (OLENA, "takes it again", [kind.TAKEN], tickets.take),
        (TARAS, "takes it over", [kind.TAKEN_OVER], tickets.take),
        (TARAS, "notes", [kind.NOTE], lambda r, s, v, at: tickets.add_note(r, s, "A note.", v, at)),
        (TARAS, "looks", [kind.FACTS_RECORDED], lambda r, s, v, at: tickets.record_facts(r, s, facts, spoken, v, at)),
        ("", "is read", [kind.FACTS_READ], lambda r, s, v, at: is_read(spoken, r, Status.PROCESSING, at)),
        (TARAS, "says what was paid", [kind.AMOUNTS_RECORDED], says_what_was_paid),
        (TARAS, "asks", [kind.ANSWERED], lambda r, s, v, at: tickets.answer(r, s, ASK, spoken, v, at, reads=False)),
        (TARAS, "writes", [kind.STAFF_WROTE], lambda r, s, v, at: tickets.write_to_customer(r, s, "Soon.", v, at)),
        ("", "says where", [kind.EMAIL_SET], lambda r, s, v, at: tickets.set_email(r, "customer@example.com", at)),
        ("", "wants no mails", [kind.MAILS_OFF], lambda r, s, v, at: tickets.turn_mails(r, at, on=False)),
        ("", "wants mails", [kind.MAILS_ON], lambda r, s, v, at: tickets.turn_mails(r, at, on=True)),
        ("", "answers", [kind.CUSTOMER_WROTE], lambda r, s, v, at: wrote(r, "Here it is.", at)),
        (TARAS, "asks again", [kind.ANSWERED],
         lambda r, s, v, at: tickets.answer(r, s, ASK, spoken, v, at, reads=False)),
        ("", "adds", [kind.FILED_AGAIN], lambda r, s, v, at: filed(app, at=at, reason="Here is more.")),
        (OLENA, "declines", [kind.TAKEN_OVER, kind.ANSWERED],
         lambda r, s, v, at: tickets.answer(r, s, DECLINE, spoken, v, at, reads=False)),
        (TARAS, "reopens", [kind.REOPENED], lambda r, s, v, at: tickets.reopen(r, s, "It stands still.", v, at)),
        (TARAS, "replaces the link", [kind.LINK_REPLACED], lambda r, s, v, at: tickets.replace_link(r, s, keys, v, at)),
    ]  # fmt: skip


def _at_the_panel(spoken: Policy) -> list[Step]:
    kind = EventKind
    accept: Step = (TARAS, "accepts", [kind.FACTS_RECORDED, kind.ANSWERED],
                    lambda r, s, v, at: accepts(r, s, v, at, spoken=spoken))  # fmt: skip
    ask: Step = (TARAS, "asks the panel", [kind.CANCEL_ASKED],
                 lambda r, s, v, at: tickets.ask_cancel(r, s, v, at, again=True))  # fmt: skip
    return [
        accept,
        ask,
        (OLENA, "calls it back", [kind.CANCEL_CALLED_BACK], tickets.call_back),
        ask,
        ("", "is never reached", [kind.CANCEL_UNSENT], lambda r, s, v, at: is_never_reached(at)),
        ask,
        ("", "refuses", [kind.CANCEL_REFUSED], lambda r, s, v, at: answers_to_cancellation(Failure.REFUSED, at)),
        accept,
        ask,
        (
            "",
            "does not answer",
            [kind.CANCEL_UNKNOWN],
            lambda r, s, v, at: answers_to_cancellation(Failure.UNKNOWN, at),
        ),
        (TARAS, "reopens", [kind.REOPENED], lambda r, s, v, at: tickets.reopen(r, s, "Once more.", v, at)),
        accept,
        ask,
        ("", "takes it", [kind.CANCEL_TAKEN], lambda r, s, v, at: answers_to_cancellation(None, at)),
        (TARAS, "reopens", [kind.REOPENED], lambda r, s, v, at: tickets.reopen(r, s, "It runs still.", v, at)),
        accept,
    ]


def _ended() -> list[Step]:
    kind, paid = EventKind, tickets.Paid(amount=Decimal("0.27"), currency="USD")
    return [
        (OLENA, "sends", [kind.MOVED], lambda r, s, v, at: tickets.move(r, s, State.CANCEL_SENT, "", v, at)),
        (OLENA, "sees", [kind.MOVED], lambda r, s, v, at: tickets.move(r, s, State.PARTLY_CANCELED, "Half.", v, at)),
        (OLENA, "credits", [kind.MOVED], lambda r, s, v, at: tickets.record_credit(r, s, paid, "", v, at)),
    ]  # fmt: skip


def says_what_was_paid(reference: str, staff: Any, version: int, at: datetime) -> None:
    """Record what the order cost."""
    amounts = tickets.Amounts(charge=Decimal("0.90"), currency="USD")
    tickets.record_amounts(reference, staff, amounts, version, at)


def wrote(reference: str, text: str, at: datetime) -> None:
    """Have the customer write to staff."""
    submission = digest(f"{reference}{text}")
    tickets.write_to_staff(reference, text, pictures=(), browser="a", submission=submission, at=at)
