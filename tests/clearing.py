"""Tickets full of personal data that can be told from all else, ended long ago; and what is left of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import evidence, outbox, tickets
from portal.clock import now
from portal.events import Way
from portal.extensions import db
from portal.filing import Filing, Told
from portal.keys import digest, random_token
from portal.models import Event, Ticket
from portal.policy import State, Status, Verdict
from portal.readings import CancelAnswer, Failure, Reading
from tests.cancelling import PANEL, Desk
from tests.stored import RIGHT, everything, policy, ticket
from tests.test_commands import flask

AGO = timedelta(days=100)
ORDER = "Zebu-77"
PERSONAL = {
    "order_id": ORDER,
    "link": "https://social.example/wombat-page",
    "reason": "My axolotl pressed the button.",
    "reference": "Invoice of the pangolin",
    "email": "numbat@customers.example",
}
"""What a customer types; everything else that is personal below is an animal's too."""
ANIMALS = (
    *("zebu", "wombat", "axolotl", "pangolin", "numbat", "okapi", "dugong", "markhor", "serval", "gharial", "tapir"),
    *("jerboa", "kinkajou", "quoll", "ibex", "caracal", "saiga", "dikdik", "quokka", "fossa", "bongo", "tenrec"),
)
SERVICE = "TikTok likes, slow"


def cleared(app: Flask, *options: str, days: int = 30) -> str:
    """Have personal data taken out of tickets that ended so many days ago; return what is said."""
    done = flask(app, "tickets", "clear", "--ended-for", str(days), *options)
    assert done.exit_code == 0, done.output
    return done.output


def left(app: Flask, *words: str) -> set[str]:
    """Return those of the words, or else of the animals, that stand in any column of any table, by their tables."""
    kept = {name: "\n".join(rows).casefold() for name, rows in everything(app).items()}
    return {f"{name}: {word}" for name, rows in kept.items() for word in words or ANIMALS if word.casefold() in rows}


def desk(app: Flask) -> Desk:
    """Return a desk of staff a hundred days ago."""
    return Desk(app, now() - AGO)


def full(desk: Desk, order_id: str = ORDER) -> str:
    """Have a ticket that was filed with all that can be said, and worked on until it was accepted."""
    told = Told(
        at=desk.at,
        order_id=order_id,
        service_name=SERVICE,
        link="https://dugong.example",
        quantity=1000,
        charge=Decimal("0.90"),
        currency="USD",
        customer_id="okapi-4711",
        email="saiga@shop.example",
    )
    made = desk.app.extensions["portal"]
    with desk.app.app_context():
        shown = evidence.Screenshot(content=b"a quokka", width=1, height=1)
        picture = evidence.store([shown], digest("a customer's"), desk.at)[0].id
        this = tickets.Try(submission=digest(random_token()), handover=digest(random_token()), way=Way.HANDOVER,
                           noted={"body": "kinkajou"})  # fmt: skip
        filing = Filing(**{**RIGHT, **PERSONAL, "order_id": order_id, "service_name": SERVICE, "told": told})
        filer = tickets.Filer(browser=digest("a customer's"), language="uk")
        reference = tickets.file(
            filing, filer, pictures=[picture], this=this, policy=made.content.policy, keys=made.keys, at=desk.at
        ).reference
        tickets.write_to_staff(reference, "A markhor too.", pictures=(), browser="", submission=digest(random_token()),
                               at=desk.at)  # fmt: skip
        tickets.set_email(reference, "fossa@customers.example", desk.at)
        outbox.ask_for_link(random_token(), order_id.upper(), "caracal@customers.example", desk.at)
        db.session.commit()
    desk.staffs(reference, lambda r, s, v: tickets.add_note(r, s, "Seems to be a serval.", v, desk.at))
    desk.staffs(reference, lambda r, s, v: tickets.write_to_customer(r, s, "Dear gharial!", v, desk.at))
    seen = tickets.Seen(status=Status.IN_PROGRESS, at=desk.at)
    given = tickets.Answer(verdict=Verdict.ACCEPT_FULL, text="Yes, ibex.", matched_by="By the tapir.", on=seen)
    spoken = policy(desk.app)
    desk.staffs(reference, lambda r, s, v: tickets.answer(r, s, given, spoken, v, desk.at, reads=False))
    return reference


def canceled(desk: Desk, reference: str) -> None:
    """Have the panel take its cancellation, and show that it was canceled."""
    with desk.app.app_context():
        order_id = ticket(reference).order_id
    for failure in (Failure.UNREACHABLE, None):
        if failure:
            desk.ask(reference)
        answer = CancelAnswer(failure=failure, said="Jerboa!", raw='{"jerboa": 1}')
        with desk.app.app_context():
            sending = tickets.take_cancellation(desk.at)
            assert sending is not None
            tickets.finish_cancellation(sending, answer, desk.at)
        desk.passes(minutes=1)
    for status, shown in ((Status.UNKNOWN, "quoll"), (Status.CANCELED, "Canceled, dikdik")):
        reading = Reading(status=status, shown=shown, raw='{"bongo": 1}')
        with desk.app.app_context():
            tickets.record(order_id, reading, PANEL, spoken_by(desk), desk.at)
        desk.passes(minutes=1)


def spoken_by(desk: Desk) -> Any:
    """Return the policy of the desk's portal."""
    return policy(desk.app)


def credited(desk: Desk, reference: str) -> None:
    """Have staff record the credit."""
    paid = tickets.Paid(amount=Decimal("0.27"), currency="USD")
    desk.staffs(reference, lambda r, s, v: tickets.record_credit(r, s, paid, "For the tenrec.", v, desk.at))


def declined(desk: Desk, reference: str) -> None:
    """Have staff see that it was not canceled: it ended."""
    desk.move(reference, State.NOT_CANCELED)


def secrets_of(app: Flask, reference: str) -> set[str]:
    """Return what the database keeps to find a ticket, or who filed it, by: hashes of tokens, and what makes them."""
    with app.app_context():
        one = ticket(reference)
        events = db.session.scalars(select(Event).where(Event.ticket_id == one.id)).all()
        kept = {one.token_hash, one.nonce, one.filer}
        return kept | {s for event in events for s in (event.submission, event.handover) if s}


def row(app: Flask, reference: str) -> Ticket:
    """Return the row of a ticket."""
    with app.app_context():
        return ticket(reference)
