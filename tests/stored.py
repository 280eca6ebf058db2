"""What the database holds, and tickets put there as customers would file them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import tickets
from portal.clock import now
from portal.extensions import Base, db
from portal.filing import Filing, Problem
from portal.keys import digest, random_token
from portal.models import Event, Staff, Ticket
from portal.policy import Edition, Outcome, Policy, State, Status

RIGHT: dict[str, Any] = {
    "order_id": "1048576",
    "service_name": "Instagram followers, slow",
    "link": "https://instagram.com/example.shop",
    "status": Status.PENDING,
    "problem": Problem.WRONG_LINK,
    "link_changed": False,
    "duplicate_order": False,
    "reason": "I pasted the link of another account by mistake.",
    "reference": "",
}
PASSED = timedelta(hours=3)
"""How long ago a ticket was filed, unless a test says otherwise."""


def everything(app: Flask) -> dict[str, list[Any]]:
    """Return every row of every table, to compare before and after."""
    with app.app_context():
        rows = {
            name: sorted(repr(tuple(row)) for row in db.session.execute(select(table)))  # a row cuts long texts itself
            for name, table in Base.metadata.tables.items()
        }
        db.session.rollback()
        return rows


def filed(app: Flask, browser: str = "a customer's", at: datetime | None = None, **changes: Any) -> str:
    """File a ticket, right in every field but those that are changed; return its reference."""
    portal = app.extensions["portal"]
    with app.app_context():
        filer = tickets.Filer(browser=digest(browser), language="en")
        done = tickets.file(
            Filing(**{**RIGHT, **changes}),
            filer,
            pictures=(),
            this=tickets.Try(submission=digest(random_token())),
            policy=portal.content.policy,
            keys=portal.keys,
            at=at or now() - PASSED,
        )
        return done.reference


def secret_link(app: Flask, reference: str) -> str:
    """Return the path of a ticket's secret link."""
    with app.app_context():
        return f"/t/{tickets.link_token(ticket(reference), app.extensions['portal'].keys)}"


def ticket(reference: str) -> Ticket:
    """Return the ticket of a reference, which is there."""
    found = tickets.by_reference(reference)
    assert found is not None
    return found


def kinds(app: Flask, reference: str) -> list[str]:
    """Return what the lines of a ticket's history say, in order."""
    with app.app_context():
        return [event.kind.value for event in ticket(reference).events]


def last_event(app: Flask, reference: str) -> Event:
    """Return the last line of a ticket's history."""
    with app.app_context():
        return ticket(reference).events[-1]


def state(app: Flask, reference: str) -> str:
    """Return the state that a ticket is in."""
    with app.app_context():
        return ticket(reference).state.value


def policy(app: Flask) -> Policy:
    """Return the policy that the app speaks by."""
    spoken: Policy = app.extensions["portal"].content.policy
    return spoken


def another_policy(app: Flask, hash_: str) -> Policy:
    """Return the app's policy as an edition that no ticket refers to yet."""
    spoken = policy(app)
    edition = Edition(hash=hash_, version=spoken.edition.version, content=spoken.edition.content)
    return Policy(edition=edition, rows=spoken.rows, clauses=spoken.clauses, advice=spoken.advice)


def work(app: Flask, reference: str, do: Callable[[str, Staff, int], Any], email: str) -> None:
    """Have a member of staff do something with a ticket as it is: `do(reference, staff, version)`."""
    with app.app_context():
        staff = db.session.scalars(select(Staff).where(Staff.email == email)).one()
        do(reference, staff, ticket(reference).version)


def shelf(app: Flask, number: int, **changes: Any) -> list[str]:
    """Store so many tickets at once, filed a minute apart, the oldest first; return their order IDs."""
    begun = now() - timedelta(days=20)
    orders = [f"A{place:05}" for place in range(number)]
    with app.app_context():
        db.session.add_all(
            _shelved(order, begun + timedelta(minutes=place), changes) for place, order in enumerate(orders)
        )
        db.session.commit()
    return orders


def _shelved(order: str, at: datetime, changes: dict[str, Any]) -> Ticket:
    return Ticket(
        **{
            "reference": f"X{order}",
            "version": 0,
            "state": State.RECEIVED,
            "language": "en",
            "order_id": order,
            "order_key": order.lower(),
            "filer": digest(order),
            "proven": False,
            "service_name": "TikTok likes",
            "status": Status.PENDING,
            "outcome": Outcome.BEST_CHANCE,
            "search_text": f"{order.lower()}\ntiktok likes",
            "filed_at": at,
            "nonce": "0" * 32,
            "key_id": "new",
            "token_hash": digest(order),
            **changes,
        }
    )
