"""What can happen to a request, step by step, as customers and staff do it; each step by its name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Flask

from portal import tickets
from portal.clock import now
from portal.keys import digest, random_token
from portal.models import Staff
from portal.policy import Facts, State, Status, Verdict
from portal.readings import Failure
from tests import answering, panel_steps
from tests.answering import just_seen
from tests.carrying import ANNA
from tests.colleague import OLENA, TARAS, account
from tests.stored import filed, policy, ticket, work

Step = Callable[[Flask, str], None]


def staffs(do: Callable[..., Any], email: str = OLENA) -> Step:
    """Return a step of somebody of the staff: `do(reference, staff, version)`."""
    return lambda app, reference: work(app, reference, do, account(app, email))


def alone(do: Callable[[str], Any]) -> Step:
    """Return a step that nobody of the staff takes: the customer does, or a worker."""

    def step(app: Flask, reference: str) -> None:
        with app.app_context():
            do(reference)

    return step


def answers(verdict: Verdict) -> Step:
    """Return the step by which staff answer so."""

    def step(app: Flask, reference: str) -> None:
        given = tickets.Answer(verdict=verdict, text="Some words.", matched_by="By mail.", on=just_seen())
        answering.answers(app, reference, given)

    return step


def moves(state: State, text: str = "") -> Step:
    """Return the step by which staff record a state."""
    return staffs(lambda ref, staff, seen: tickets.move(ref, staff, state, text, seen, now()))


def pays(text: str = "") -> Step:
    """Return the step by which staff record a credit."""
    paid = tickets.Paid(amount=Decimal("0.27"), currency="USD")
    return staffs(lambda ref, staff, seen: tickets.record_credit(ref, staff, paid, text, seen, now()))


def record_amounts(ref: str, staff: Staff, seen: int) -> object:
    """Have staff record what was paid."""
    return tickets.record_amounts(ref, staff, tickets.Amounts(charge=Decimal("0.90"), currency="USD"), seen, now())


def reads(status: Status) -> Step:
    """Return the step by which the panel is read, and shows this status."""

    def step(app: Flask, reference: str) -> None:
        with app.app_context():
            panel_steps.is_read(policy(app), reference, status, now())

    return step


def panel_answers(failure: Failure | None) -> Step:
    """Return the step by which the panel answers so to the cancellation that waits."""
    return alone(lambda _: panel_steps.answers_to_cancellation(failure, now()))


def replace_link(app: Flask, reference: str) -> None:
    """Have staff replace the secret link."""
    keys = app.extensions["portal"].keys
    staffs(lambda ref, staff, seen: tickets.replace_link(ref, staff, keys, seen, now()))(app, reference)


def record_facts(app: Flask, reference: str) -> None:
    """Have staff record what the panel shows."""
    facts, spoken = Facts(status=Status.PENDING), policy(app)
    staffs(lambda ref, staff, seen: tickets.record_facts(ref, staff, facts, spoken, seen, now()))(app, reference)


def write(reference: str) -> None:
    """Write to staff as the customer."""
    tickets.write_to_staff(reference, "Hello!", pictures=(), browser="", submission=digest(random_token()), at=now())


def filed_again(app: Flask) -> None:
    """File for the same order from the same browser."""
    filed(app, email=ANNA, at=now(), reason="There is more to it than I wrote.")


def withdraw(app: Flask, reference: str) -> None:
    """Withdraw a request in the version that it has."""
    with app.app_context():
        tickets.withdraw(reference, ticket(reference).version, now())


STEPS: dict[str, Step] = {
    "file again": lambda app, reference: filed_again(app),
    "take": staffs(lambda ref, staff, seen: tickets.take(ref, staff, seen, now())),
    "take over": staffs(lambda ref, staff, seen: tickets.take(ref, staff, seen, now()), TARAS),
    "give back": staffs(lambda ref, staff, seen: tickets.give_back(ref, staff, seen, now())),
    "note": staffs(lambda ref, staff, seen: tickets.add_note(ref, staff, "Strange fellow", seen, now())),
    "record facts": record_facts,
    "replace the link": replace_link,
    "ask": answers(Verdict.ASK),
    "accept": answers(Verdict.ACCEPT_FULL),
    "accept a part": answers(Verdict.ACCEPT_PART),
    "decline": answers(Verdict.DECLINE),
    "write": staffs(lambda ref, staff, seen: tickets.write_to_customer(ref, staff, "A word.", seen, now())),
    "send": moves(State.CANCEL_SENT),
    "send with words": moves(State.CANCEL_SENT, "It was sent."),
    "cancel": moves(State.CANCELED),
    "cancel with words": moves(State.CANCELED, "It was stopped."),
    "cancel partly": moves(State.PARTLY_CANCELED),
    "cancel partly with words": moves(State.PARTLY_CANCELED, "Half of it."),
    "not cancel": moves(State.NOT_CANCELED),
    "not cancel with words": moves(State.NOT_CANCELED, "It was too late."),
    "credit": pays(),
    "credit with words": pays("It is there."),
    "ask the panel to cancel": staffs(
        lambda ref, staff, seen: tickets.ask_cancel(ref, staff, seen, now(), again=False)
    ),
    "call it back": staffs(lambda ref, staff, seen: tickets.call_back(ref, staff, seen, now())),
    "the panel takes it": panel_answers(None),
    "the panel refuses it": panel_answers(Failure.REFUSED),
    "the panel does not answer": panel_answers(Failure.UNKNOWN),
    "the panel is never reached": alone(lambda _: panel_steps.is_never_reached(now())),
    "read": reads(Status.IN_PROGRESS),
    "read as canceled": reads(Status.CANCELED),
    "record amounts": staffs(record_amounts),
    "reopen": staffs(lambda ref, staff, seen: tickets.reopen(ref, staff, "Seen by staff", seen, now())),
    "customer writes": alone(write),
    "withdraw": lambda app, reference: withdraw(app, reference),
    "set the address": alone(lambda ref: tickets.set_email(ref, "other@example.com", now())),
    "turn mails off": alone(lambda ref: tickets.turn_mails(ref, now(), on=False)),
    "turn mails on": alone(lambda ref: tickets.turn_mails(ref, now(), on=True)),
}
