"""Filing tickets in tests as customers do, one or many at once, and what was stored of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select

from portal.events import EventKind
from portal.extensions import Base, db
from portal.filing import Filing
from portal.models import Event, Picture, Ticket
from portal.policy import Decision, State
from tests.build import typed
from tests.page import Page
from tests.reading import attribute
from tests.visitor import Visitor

NEW = "/en/tickets/new"
FORM = "ticket-form"
Result = TypeVar("Result")


@dataclass(frozen=True)
class Line:
    """A stored event: what kind, what was filed with it, what the policy said, how many pictures came."""

    kind: EventKind
    filing: Filing | None
    decision: Decision | None
    pictures: int


@dataclass(frozen=True)
class Stored:
    """A stored ticket."""

    reference: str
    order_id: str
    state: State
    language: str
    filer: str
    events: tuple[Line, ...]

    @property
    def filing(self) -> Filing:
        """What was filed first."""
        first = self.events[0].filing
        assert first is not None
        return first


def stored_tickets(app: Flask) -> list[Stored]:
    """Return all tickets, oldest first."""
    with app.app_context():
        return [_stored(ticket) for ticket in db.session.scalars(select(Ticket).order_by(Ticket.id))]


def _stored(ticket: Ticket) -> Stored:
    events = tuple(Line(e.kind, e.filing, e.decision, len(e.pictures)) for e in ticket.events)
    return Stored(ticket.reference, ticket.order_id, ticket.state, ticket.language, ticket.filer, events)


def rows(app: Flask, *models: type[Base]) -> list[int]:
    """Return how many rows each of these tables has."""
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def nothing_stored(app: Flask) -> bool:
    """Return whether there is neither ticket nor event nor picture."""
    return rows(app, Ticket, Event, Picture) == [0, 0, 0]


def file(visitor: Visitor, path: str = NEW, **changes: Any) -> Page:
    """File a ticket as a customer does; return the confirmation."""
    answer = visitor.send(path, typed(**changes))
    assert answer.status == 303, f"{answer!r}: {answer.errors if answer.is_html else ''}"
    return visitor.visit(str(answer.location))


def sent_with(visitor: Visitor, *files: Any, **changes: Any) -> Page:
    """Send a ticket with these files."""
    return visitor.send(NEW, typed(**changes), forged={"screenshots": list(files)})


def filed_with(visitor: Visitor, *files: Any, **changes: Any) -> Page:
    """File a ticket with these files; return its page."""
    answer = sent_with(visitor, *files, **changes)
    assert answer.status == 303, answer.errors
    return visitor.visit(page_of(visitor.visit(str(answer.location))))


def pictures_on(page: Page) -> list[str]:
    """Return the addresses of the pictures on a page."""
    return [attribute(img, "src") for img in page.all("ul.pictures img")]


def page_of(confirmation: Page) -> str:
    """Return the path of the ticket's page."""
    return confirmation.path.removesuffix("/filed")


def reference_of(confirmation: Page) -> str:
    """Return the ticket's reference."""
    return page_of(confirmation).rpartition("/")[2]


def secret_path(confirmation: Page) -> str:
    """Return the path of the secret link that a confirmation shows."""
    return urlsplit(attribute(confirmation.one("#secret-link"), "value")).path


def at_once(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    """Return what the calls return, each made in a thread of its own, all at the same moment."""
    together, results = Barrier(len(calls)), list[Result]()

    def run(call: Callable[[], Result]) -> None:
        together.wait()
        results.append(call())

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(calls), "a call failed; its trace is above"
    return results


def quick(app: Flask) -> Visitor:
    """Return a visitor who sends a form in the second in which it was opened."""
    return Visitor(app, takes=timedelta(0))
