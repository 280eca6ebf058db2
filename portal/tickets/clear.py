"""Personal data taken out of tickets that ended long ago; what statistics need stays.

The one place that changes events, or deletes what belongs to a ticket. Batch by batch, each in a commit of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, select, tuple_, update

from portal import evidence
from portal.concerns import NoticeKind
from portal.extensions import begin_writing, db
from portal.filing import Filing
from portal.models import Cancellation, Credited, Event, Lookup, Notice, OrderReading, Ticket
from portal.policy import State
from portal.tickets.find import Key, fold

BATCH = 100
"""Tickets of a commit: so few that nobody waits long to write."""
STEP = 500
"""Pages of SQLite's search index that are written anew at once."""

AWAITS_CREDIT = (State.CANCELED, State.PARTLY_CANCELED)
STAYS = (
    *("way", "facts", "source", "sources", "decision", "seen_at"),
    *("verdict", "clause", "working", "amounts", "credit", "from"),
)
"""What stays of the data of events; what is not named goes."""
EMPTIED = ("text", "email", "shown")
"""What stays as an empty text: whoever reads an event looks for it."""


def clear(ended_before: datetime, at: datetime, *, uncredited: bool) -> Iterator[int]:
    """Take personal data out of the tickets that ended by then; yield how many, commit by commit.

    Canceled ones whose order has no credit yet are left, unless these `uncredited` ones go too.
    """
    after: Key | None = None
    while rows := _next(ended_before, after, uncredited=uncredited):
        _clear(rows, at)
        db.session.commit()
        after = (rows[-1].ended_at, rows[-1].id)
        yield len(rows)
    db.session.rollback()
    _forget_words()


def clearable(ended_before: datetime) -> tuple[int, int]:
    """Return how many tickets that ended by then can be cleared, and how many of them await their order's credit."""
    counted = select(func.count(), func.count().filter(_awaits_credit())).where(_ended(ended_before))
    every, awaiting = db.session.execute(counted).one()
    return every, awaiting


def cleared_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's data without what is personal."""
    kept = {name: data[name] for name in STAYS if name in data}
    kept |= dict.fromkeys((name for name in EMPTIED if name in data), "")
    if "filing" in data:
        kept["filing"] = Filing.of(data["filing"]).cleared().data()
    if "on" in data:
        kept["on"] = {**data["on"], "shown": ""}
    return kept


def _ended(before: datetime) -> ColumnElement[bool]:
    return (Ticket.ended_at <= before) & Ticket.cleared_at.is_(None)


def _awaits_credit() -> ColumnElement[bool]:
    credited = select(Credited.ticket_id).where(Credited.order_key == Ticket.order_key).exists()
    return Ticket.state.in_(AWAITS_CREDIT) & ~credited


def _next(before: datetime, after: Key | None, *, uncredited: bool) -> list[Row[Any]]:
    """Return the next tickets to clear, locked: id, reference, order_key, ended_at."""
    _begin()
    columns = (Ticket.id, Ticket.reference, Ticket.order_key, Ticket.ended_at)
    due = select(*columns).where(_ended(before)).order_by(Ticket.ended_at, Ticket.id).limit(BATCH)
    if not uncredited:
        due = due.where(~_awaits_credit())
    if after:
        due = due.where(tuple_(Ticket.ended_at, Ticket.id) > after)
    return list(db.session.execute(due.with_for_update(of=Ticket, skip_locked=True)))


def _clear(rows: list[Row[Any]], at: datetime) -> None:
    ids, keys = [row.id for row in rows], {row.order_key for row in rows}
    evidence.delete_of(ids)
    db.session.execute(delete(Notice).where(Notice.ticket_id.in_(ids)))
    _clear_events(ids)
    _clear_tickets(rows, at)
    _clear_orders(keys)


def _begin() -> None:
    """Begin to write; SQLite overwrites what is deleted, which else it leaves in its file until the place is needed."""
    begin_writing()
    if db.engine.dialect.name == "sqlite":
        db.session.connection().exec_driver_sql("PRAGMA secure_delete=ON")


def _forget_words() -> None:
    """Write SQLite's search index anew, step by step: what is deleted is only marked as gone in it; commit."""
    if db.engine.dialect.name != "sqlite":
        return
    pages, changes = -STEP, 2  # below zero: all parts of the index are to become one
    while changes > 1:
        _begin()
        connection = db.session.connection()
        driver: Any = connection.connection.driver_connection
        before = driver.total_changes
        connection.exec_driver_sql("INSERT INTO ticket_search (ticket_search, rank) VALUES ('merge', ?)", (pages,))
        changes, pages = driver.total_changes - before, STEP
        db.session.commit()


def _clear_tickets(rows: list[Row[Any]], at: datetime) -> None:
    """Empty the tickets; where a value must be there, or be no other ticket's, it is one that nobody can come by."""
    table: Any = Ticket.__table__
    emptied = {"order_id": "", "nonce": "", "key_id": "", "email": None, "matched_by": None, "mails_off_at": None}
    own: dict[str, Any] = {name: bindparam("own") for name in ("order_key", "filer", "token_hash")}
    cleared = update(table).where(table.c.id == bindparam("ticket"))
    values = [{"ticket": row.id, "own": f"~{row.reference}", "found_by": fold(row.reference)} for row in rows]
    statement = cleared.values(**emptied, **own, search_text=bindparam("found_by"), cleared_at=at)
    db.session.connection().execute(statement, values)


def _clear_events(ids: Collection[int]) -> None:
    table: Any = Event.__table__
    found = db.session.execute(select(Event.id, Event.data).where(Event.ticket_id.in_(ids)))
    values = [{"event": event.id, "left": cleared_data(event.data)} for event in found]
    if not values:
        return
    cleared = update(table).where(table.c.id == bindparam("event"))
    statement = cleared.values(data=bindparam("left"), submission=None, handover=None)
    db.session.connection().execute(statement, values)


def _clear_orders(keys: Collection[str]) -> None:
    """Forget what is known of these orders, where no ticket that is not cleared is about them."""

    def over(column: Any) -> Any:
        return column.in_(keys) & ~select(Ticket.id).where(Ticket.order_key == column).exists()

    db.session.execute(delete(OrderReading).where(over(OrderReading.order_key)))
    db.session.execute(delete(Lookup).where(over(Lookup.order_key)))
    asked_for = func.lower(Notice.data["order_id"].as_string())  # a link asked for, by whoever it was
    links = (Notice.ticket_id.is_(None), Notice.kind == NoticeKind.LINK)
    db.session.execute(delete(Notice).where(*links, over(asked_for)))
    own = select(Ticket.order_key).where(Ticket.id == Cancellation.ticket_id).scalar_subquery()
    emptied = {"order_id": "", "said": "", "raw": "", "order_key": own}
    db.session.execute(update(Cancellation).where(over(Cancellation.order_key)).values(emptied))
