"""The ways that tickets of the demonstration go after they were filed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from portal import tickets
from portal.keys import Keyring, digest
from portal.models import Staff, Ticket
from portal.policy import Facts, Policy, State, Status, Verdict


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where the demonstration plays: its policy, its keys, the present moment, a source of chance."""

    policy: Policy
    keys: Keyring
    at: datetime
    chance: random.Random


Way = Callable[[Ticket, Staff, Scene], None]


def _waits(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    """Leave it as it was filed."""


def _taken(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    tickets.take(ticket.reference, staff, ticket.version, _later(ticket, 1))


def _looked_up(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    _taken(ticket, staff, scene)
    seen = Facts(status=Status.IN_PROGRESS, sent_to_provider=True, provider_allows=True, link_changed=False)
    tickets.record_facts(ticket.reference, staff, seen, scene.policy, ticket.version, _later(ticket, 2))
    tickets.add_note(ticket.reference, staff, "Питаю постачальника.", ticket.version, _later(ticket, 3))


def _answered_back(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    _asked(ticket, staff, scene)
    text = "Ось номер платежу: 40812." if ticket.language == "uk" else "The payment has the number 40812."
    at, submission = _later(ticket, 3), digest(f"answer {ticket.reference}")
    tickets.write_to_staff(ticket.reference, text, pictures=(), browser="", submission=submission, at=at)


def _answered(verdict: Verdict, clause: str, text: str) -> Way:
    def answer(ticket: Ticket, staff: Staff, scene: Scene) -> None:
        at = _later(ticket, 2)
        on = tickets.Seen(status=ticket.status, at=at)
        given = tickets.Answer(verdict=verdict, clause=clause, text=text, matched_by="The account’s e-mail.", on=on)
        tickets.answer(ticket.reference, staff, given, scene.policy, ticket.version, at, reads=False)

    return answer


_QUESTION = {
    "uk": "Надішліть, будь ласка, знімок екрана із замовленням.",
    "en": "Please send a screenshot of the order.",
}


def _asked(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    _answered(Verdict.ASK, "", _QUESTION[ticket.language])(ticket, staff, scene)


_accepted = _answered(Verdict.ACCEPT_FULL, "", "We ask the provider to stop it.")
_accepted_in_part = _answered(Verdict.ACCEPT_PART, "", "We ask the provider to stop what was not delivered.")


def _then(accept: Way, *states: State) -> Way:
    def move(ticket: Ticket, staff: Staff, scene: Scene) -> None:
        accept(ticket, staff, scene)
        for hours, state in enumerate(states, 3):
            tickets.move(ticket.reference, staff, state, "", ticket.version, _later(ticket, hours))

    return move


def _credited(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    _then(_accepted_in_part, State.PARTLY_CANCELED)(ticket, staff, scene)
    paid = tickets.Paid(amount=Decimal("0.57"), currency="USD")
    tickets.record_credit(ticket.reference, staff, paid, "", ticket.version, _later(ticket, 4))


def _withdrawn(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    tickets.withdraw(ticket.reference, ticket.version, _later(ticket, 1))


def _later(ticket: Ticket, hours: int) -> datetime:
    return ticket.filed_at + timedelta(hours=hours / 2)


WAYS: tuple[Way, ...] = (
    _waits,
    _waits,
    _taken,
    _looked_up,
    _asked,
    _answered_back,
    _answered(Verdict.DECLINE, "unlikely-in-progress", "Delivery has begun, and the provider does not stop it."),
    _accepted,
    _then(_accepted, State.CANCEL_SENT),
    _then(_accepted, State.CANCEL_SENT, State.NOT_CANCELED),
    _then(_accepted, State.CANCELED),
    _then(_accepted_in_part, State.CANCEL_SENT, State.PARTLY_CANCELED),
    _credited,
    _withdrawn,
)
