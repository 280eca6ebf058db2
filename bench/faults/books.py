"""What the database and the mail server say in the end of what customers were answered: all of it, once, and whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from bench.faults.customers import Filed
from portal.concerns import Carrier, NoticeState
from portal.events import EventKind
from portal.extensions import db
from portal.models import Event, Lookup, Notice, PolicyVersion, Ticket
from tests.post_office import Handed


@dataclass(frozen=True, kw_only=True)
class Books:
    """What is stored, row by row."""

    tickets: Sequence[Any]
    events: Mapping[int, Sequence[Event]]
    notices: Mapping[str, Any]
    lookups: Counter[str]
    policies: frozenset[str]
    sound: bool

    def faults(self, filed: Iterable[Filed]) -> list[str]:
        """Return what does not hold, in sentences: each answered ticket is there, once, whole, and no other is."""
        answered = {one.filing.order_id: one for one in filed}
        orders = Counter(ticket.order_id for ticket in self.tickets)
        others = [ticket for ticket in self.tickets if ticket.order_id not in answered]
        mine = [(ticket, answered[ticket.order_id]) for ticket in self.tickets if ticket.order_id in answered]
        expected = {name for ticket in self.tickets for name in _names(ticket.reference)}
        found = {
            "answered tickets are not there": len(answered.keys() - orders.keys()),
            "orders have more than one ticket": sum(times > 1 for times in orders.values()),
            "tickets have another reference than was answered": sum(t.reference != one.reference for t, one in mine),
            "tickets are there that nobody was told of": len(others),
            "tickets do not have one line of history": sum(not self._is_one_line(ticket) for ticket in self.tickets),
            "tickets do not hold all that was filed": sum(not self._is_whole(ticket, one) for ticket, one in mine),
            "notices are missing": len(expected - self.notices.keys()),
            "notices are about nothing": len(self.notices.keys() - expected),
            "mails go elsewhere": sum(self._goes_elsewhere(ticket) for ticket in self.tickets),
            "orders are not to be looked up once": sum(self.lookups[t.order_key] != 1 for t in self.tickets),
        }
        faults = [f"{number} {what}" for what, number in found.items() if number]
        return faults if self.sound else [*faults, "the database is corrupt"]

    def unsent(self) -> dict[str, int]:
        """Return how many notices are in another state than sent or dropped, by state."""
        ended = (NoticeState.SENT, NoticeState.DROPPED)
        return dict(Counter(notice.state.value for notice in self.notices.values() if notice.state not in ended))

    def held(self) -> int:
        """Return how many notices a worker holds, be it one that is gone."""
        return sum(notice.held_until is not None for notice in self.notices.values())

    def told_by_mail(self, filed: Iterable[Filed]) -> Sequence[Filed]:
        """Return those of which no worker holds the mail, be it one that is gone."""
        held = {name for name, notice in self.notices.items() if notice.held_until is not None}
        return [one for one in filed if _names(one.reference)[0] not in held]

    def _is_one_line(self, ticket: Any) -> bool:
        numbers = [(event.number, event.kind) for event in self.events.get(ticket.id, ())]
        return numbers == [(1, EventKind.FILED)] and ticket.version == 1

    def _is_whole(self, ticket: Any, one: Filed) -> bool:
        events = self.events.get(ticket.id, ())
        if not events or events[0].filing is None or events[0].decision is None:
            return False
        filing, typed, submission = events[0].filing, one.filing, events[0].submission
        said = (filing.order_id, filing.email, filing.reason) == (typed.order_id, typed.email, typed.reason)
        return said and ticket.email == typed.email and bool(submission) and events[0].policy_hash in self.policies

    def _goes_elsewhere(self, ticket: Any) -> bool:
        mail = self.notices.get(_names(ticket.reference)[0])
        return mail is not None and (mail.carrier, mail.recipient) != (Carrier.MAIL, ticket.email)


def read(app: Flask) -> Books:
    """Return what is stored."""
    with app.app_context():
        events: dict[int, list[Event]] = {}
        for event in db.session.scalars(select(Event).order_by(Event.ticket_id, Event.number)).unique():
            events.setdefault(event.ticket_id, []).append(event)
        asked = (Ticket.id, Ticket.order_id, Ticket.order_key, Ticket.reference, Ticket.version, Ticket.email)
        told = (Notice.name, Notice.carrier, Notice.recipient, Notice.state, Notice.held_until, Notice.tries)
        return Books(
            tickets=db.session.execute(select(*asked)).all(),
            events=events,
            notices={notice.name: notice for notice in db.session.execute(select(*told))},
            lookups=Counter(db.session.scalars(select(Lookup.order_key))),
            policies=frozenset(db.session.scalars(select(PolicyVersion.hash))),
            sound=_sound(),
        )


def mail_faults(filed: Iterable[Filed], taken: Iterable[Handed], most_doubled: int) -> list[str]:
    """Return what does not hold of mails: each filing's arrived, hardly any twice, and no other."""
    came = Counter((one.recipients, str(one.mail["Message-ID"]).split("@")[0].strip("<")) for one in taken)
    due = {((one.filing.email,), f"{one.reference}.1") for one in filed}
    doubled = sum(times - 1 for times in came.values())
    laws = {
        f"{len(due - came.keys())} mails did not arrive": due <= came.keys(),
        f"{len(came.keys() - due)} mails arrived that nobody is owed": came.keys() <= due,
        f"{doubled} mails came once more, at most {most_doubled} may": doubled <= most_doubled,
    }
    return [said for said, holds in laws.items() if not holds]


def _names(reference: str) -> tuple[str, str]:
    """Return the names of the notices of a first filing: to the customer, to staff."""
    return f"{reference}.1", f"{reference}.1.staff"


def _sound() -> bool:
    """Return whether SQLite finds its file whole; of PostgreSQL, that all could be read says so."""
    if db.engine.dialect.name != "sqlite":
        return True
    whole = db.session.scalar(text("PRAGMA integrity_check"))
    return whole == "ok" and not db.session.execute(text("PRAGMA foreign_key_check")).all()
