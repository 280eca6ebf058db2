"""Real tickets as moulds: filed, answered and told by the portal's own code, then read back row by row.

What a mould holds of its own (its order, its words, its times) is known, so that a copy has others in their place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import JSON, Table, select

from portal import create_app, outbox, tickets
from portal.clock import now
from portal.concerns import Carrier
from portal.demo.ways import WAYS, Scene
from portal.events import Way
from portal.extensions import Base, db
from portal.filing import Filing, Problem, Told
from portal.keys import digest
from portal.models import Event, PolicyVersion, Staff, Ticket
from portal.outbox import Result
from portal.policy import Status
from portal.readings import Reading
from tests.build import settings_for
from tests.colleague import OLENA, TARAS, account
from tests.databases import SQLiteFiles, running

STAFF = (OLENA, TARAS)
LANGUAGES = ("uk", "en")
LONG_AGO = timedelta(days=60)
ENDED_WITHIN = timedelta(days=3)
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Mould:
    """A ticket's rows by table, parents first; `own` is what its texts hold of its own, by what it is."""

    rows: Sequence[tuple[Table, Row]]
    own: Mapping[str, str]
    filed_at: datetime
    language: str
    open: bool


@dataclass(frozen=True, kw_only=True)
class Moulds:
    """Moulds, and what they refer to: the policies that were spoken, and staff by id."""

    each: Sequence[Mould]
    policies: Sequence[Row]
    staff: Mapping[int, str]


def moulds(folder: Path) -> Moulds:
    """Return a mould of each way that a ticket can go, in each language, with and without the main site's word."""
    with SQLiteFiles(folder).migrated() as url, running(create_app(settings_for(url))) as app:
        for email in STAFF:
            account(app, email)
        with app.app_context():
            own = [_filed(app, place) for place in range(len(WAYS) * len(LANGUAGES))]
            _carry_notices()
            tickets.sweep_lookups(now())
            db.session.commit()
            return Moulds(
                each=[_mould(reference, said) for reference, said in own],
                policies=[dict(row) for row in db.session.execute(select(PolicyVersion.__table__)).mappings()],
                staff={staff.id: staff.email for staff in db.session.scalars(select(Staff))},
            )


def _filed(app: Flask, place: int) -> tuple[str, dict[str, str]]:
    portal, at = app.extensions["portal"], now() - LONG_AGO
    way, language = WAYS[place // 2], LANGUAGES[place % 2]
    own = _own(place)
    filing = _filing(own, place, at)
    done = tickets.file(
        filing,
        tickets.Filer(browser=own["filer"], language=language, proven_as=own["filer"] if filing.told else None),
        pictures=(),
        this=tickets.Try(submission=own["submission"], way=Way.HANDOVER if filing.told else Way.FORM),
        policy=portal.content.policy,
        keys=portal.keys,
        at=at,
    )
    filed = db.session.scalars(select(Ticket).where(Ticket.reference == done.reference)).one()
    raw = json.dumps({"status": "Pending", "charge": "0.90", "remains": "640", "order": own["order"]})
    seen = Reading(status=filing.status, shown="Pending", charge=Decimal("0.90"), currency="USD", remains=640, raw=raw)
    tickets.record(own["order"], seen, "panel.example.com", portal.content.policy, at + timedelta(minutes=1))
    staff = db.session.scalars(select(Staff).order_by(Staff.id)).all()[place % len(STAFF)]
    way(filed, staff, Scene(policy=portal.content.policy, keys=portal.keys, at=now(), chance=Random(place)))
    return filed.reference, own | {"reference": filed.reference, "nonce": filed.nonce, "token": filed.token_hash}


def _own(place: int) -> dict[str, str]:
    """Return what the mould of this place has of its own: each is found nowhere else in its rows."""
    return {
        "order": f"MouldOrder{place}x",
        "service": f"Mould service {place}x",
        "link": f"https://mould.example/{place}x",
        "reason": f"Mould reason {place}x",
        "payment": f"MouldPayment{place}x",
        "email": f"mould-{place}x@example.com",
        "filer": digest(f"mould's filer {place}"),
        "submission": digest(f"mould's submission {place}"),
    }


def _filing(own: Mapping[str, str], place: int, at: datetime) -> Filing:
    told = Told(at=at, order_id=own["order"], service_name=own["service"], quantity=1000, charge=Decimal("0.9"))
    return Filing(
        order_id=own["order"],
        service_name=own["service"],
        link=own["link"],
        status=list(Status)[place % 3],
        problem=list(Problem)[place % len(Problem)],
        link_changed=(True, False, None)[place % 3],
        duplicate_order=(None, False)[place % 2],
        reason=own["reason"],
        reference=own["payment"],
        email=own["email"] if place % 4 < 3 else "",
        told=told if place % 5 == 4 else None,
    )


def _carry_notices() -> None:
    """Have every notice sent as soon as it was written; those to staff are dropped, as where there is no channel."""
    while held := outbox.take(now()):
        outbox.finish(held, Result(dropped=held.carrier is Carrier.CHANNEL), held.made_at + timedelta(seconds=2))


def _mould(reference: str, own: Mapping[str, str]) -> Mould:
    ticket = tickets.by_reference(reference)
    assert ticket is not None
    rows = [(table, row) for table in Base.metadata.sorted_tables for row in _rows(table, ticket)]
    submissions = {
        f"submission {event.number}": event.submission
        for event in db.session.scalars(select(Event).where(Event.ticket_id == ticket.id, Event.number > 0))
        if event.submission not in (None, own["submission"])
    }
    return Mould(
        rows=rows,
        own={**own, **{name: str(value) for name, value in submissions.items()}},
        filed_at=ticket.filed_at,
        language=ticket.language,
        open=ticket.ended_at is None,
    )


def _rows(table: Table, ticket: Ticket) -> Iterator[Row]:
    """Yield the rows of a table that belong to a ticket or its order; JSON as the text that is stored."""
    names = {"id": ticket.id} if table.name == "tickets" else {"ticket_id": ticket.id, "order_key": ticket.order_key}
    name = next((name for name in names if name in table.columns), None)
    if name is None:
        return
    found = select(table).where(table.columns[name] == names[name]).order_by(*table.primary_key.columns)
    as_text = [column.name for column in table.columns if isinstance(column.type, JSON)]
    for row in db.session.execute(found).mappings():
        yield {**row, **{name: json.dumps(row[name]) for name in as_text}}
