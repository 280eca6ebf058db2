"""What can happen to a request, step by step, as customers and staff do it; each step by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from portal import tickets
from portal.clock import now
from portal.keys import digest, random_token
from portal.policy import Facts, State, Status, Verdict
from tests.carrying import ANNA
from tests.colleague import OLENA, TARAS, account
from tests.stored import filed, policy, ticket, work

Step = Callable[[Flask, str], None]


def staffs(do: Callable[..., Any], email: str = OLENA) -> Step:
    """Return a step of somebody of the staff: `do(reference, staff, version)`."""
    return lambda app, reference: work(app, reference, do, account(app, email))


def customers(do: Callable[[str], Any]) -> Step:
    """Return a step of the customer."""

    def step(app: Flask, reference: str) -> None:
        with app.app_context():
            do(reference)

    return step


def answers(verdict: Verdict) -> Step:
    """Return the step by which staff answer so."""
    given = tickets.Answer(verdict=verdict, text="Some words.", matched_by="By mail.")

    def step(app: Flask, reference: str) -> None:
        spoken = policy(app)
        staffs(lambda ref, staff, seen: tickets.answer(ref, staff, given, spoken, seen, now()))(app, reference)

    return step


def moves(state: State, text: str = "") -> Step:
    """Return the step by which staff record a state."""
    return staffs(lambda ref, staff, seen: tickets.move(ref, staff, state, text, seen, now()))


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
    "credit": moves(State.CREDITED),
    "credit with words": moves(State.CREDITED, "It is there."),
    "reopen": staffs(lambda ref, staff, seen: tickets.reopen(ref, staff, "Seen by staff", seen, now())),
    "customer writes": customers(write),
    "withdraw": lambda app, reference: withdraw(app, reference),
    "set the address": customers(lambda ref: tickets.set_email(ref, "other@example.com", now())),
    "turn mails off": customers(lambda ref: tickets.turn_mails(ref, now(), on=False)),
    "turn mails on": customers(lambda ref: tickets.turn_mails(ref, now(), on=True)),
}
