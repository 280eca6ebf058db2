"""Finding tickets: by reference or secret link, the list of open ones, the search through all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, column, func, or_, select, table, text, tuple_
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.filing import order_key
from portal.models import Event, Ticket
from portal.policy import OPEN, Outcome, State, Status
from portal.text import canonical

PAGE = 25
"""Tickets on a page of a list: what a look takes in, and each costs a third of a millisecond to write."""
MOST_OF_ORDER, MOST_LINKS = 200, 5
"""How many tickets of an order are looked through for an address, and how many of them it can have."""
LONGEST_SEARCHED = 20_000
"""Letters of a ticket that messages are searched in: those beyond are not found by their words."""
SHORTEST_TERM = 3
"""Letters that a word needs to be searched for inside texts: the index holds runs of three."""

BY_REFERENCE = select(Ticket).where(Ticket.reference == bindparam("reference"))
FILED_BEFORE = select(Event.ticket_id).where(Event.submission == bindparam("submission"))
OPEN_FOR = (
    select(Ticket.id)
    .where(Ticket.order_key == bindparam("order_key"), Ticket.filer == bindparam("filer"), Ticket.ended_at.is_(None))
    .with_for_update()
)
"""Asked all the time, so built once; with each filing, and nearly always in vain, so of ids alone."""

Key = tuple[datetime, int]
"""The place in the list after which a page begins: when filed, and the id."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which open tickets to list; `None` is any."""

    state: State | None = None
    status: Status | None = None
    outcome: Outcome | None = None
    holder_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Tickets, each with how many its order has; `after` is where the next page begins, `None` on the last."""

    rows: Sequence[tuple[Ticket, int]]
    after: Key | None


def by_reference(reference: str) -> Ticket | None:
    """Return the ticket of a reference."""
    if not reference.isprintable():  # PostgreSQL takes no NUL
        return None
    return db.session.scalar(BY_REFERENCE, {"reference": reference})


def filed_before(submission: str) -> Ticket | None:
    """Return the ticket that this submission made or was added to."""
    return _of_id(db.session.connection().scalar(FILED_BEFORE, {"submission": submission}))


def filing_of(submission: str) -> Event:
    """Return the event that this submission made; it was filed."""
    return db.session.scalars(select(Event).where(Event.submission == submission)).one()


def of_handover(handover: str) -> Ticket | None:
    """Return the ticket that was filed, or added to, with this hand-over."""
    return db.session.scalar(select(Ticket).join(Event).where(Event.handover == handover))


def latest_for(order_id: str, filer: str) -> Ticket | None:
    """Return the ticket for an order from a filer: the open one, else the newest that ended."""
    theirs = select(Ticket).where(Ticket.order_key == order_key(order_id), Ticket.filer == filer)
    return db.session.scalar(theirs.order_by(Ticket.ended_at.is_not(None), Ticket.id.desc()).limit(1))


def open_for(key: str, filer: str) -> Ticket | None:
    """Return the filer's open ticket for the order of this key, locked until the commit."""
    return _of_id(db.session.connection().scalar(OPEN_FOR, {"order_key": key, "filer": filer}))


def _of_id(id_: int | None) -> Ticket | None:
    return db.session.get(Ticket, id_, populate_existing=True) if id_ is not None else None


def open_among(references: Collection[str], order_id: str) -> Sequence[str]:
    """Return those of the references whose tickets are open and for this order."""
    if not references:
        return ()
    theirs = (Ticket.reference.in_(references), Ticket.order_key == order_key(order_id), Ticket.ended_at.is_(None))
    return db.session.scalars(select(Ticket.reference).where(*theirs).order_by(Ticket.id)).all()


def of_order_and_email(order_id: str, email: str) -> Sequence[Ticket]:
    """Return the tickets for an order whose mails go to this address: first those of proven customers and open ones.

    Capitals and small letters are alike in every script, which only SQL of one kind knows of.
    """
    theirs = select(Ticket).where(Ticket.order_key == order_key(order_id), Ticket.email.is_not(None))
    first = theirs.order_by(Ticket.proven.desc(), Ticket.ended_at.is_not(None), Ticket.id.desc()).limit(MOST_OF_ORDER)
    alike = [ticket for ticket in db.session.scalars(first) if canonical(str(ticket.email)) == canonical(email)]
    return alike[:MOST_LINKS]


def open_page(filters: Filters, after: Key | None) -> Page:
    """Return a page of open tickets, oldest first."""
    wanted = {name: value for name, value in vars(filters).items() if value is not None}
    place = {"filed_at": after[0], "id": after[1]} if after else {}
    return _page(_open(tuple(wanted), paged=bool(place)), {**wanted, **place})


def search_page(query: str, after: Key | None) -> Page:
    """Return a page of tickets, open and ended: first those of exactly this order ID or reference, then, newest first,
    those with every word (of three letters or more) in order ID, service, link, reason or reference, in any case.
    """
    query = query.lstrip("# ")
    exact = {"order_key": order_key(query), "reference": _as_reference(query)}
    terms = [term for term in fold(query).split() if len(term) >= SHORTEST_TERM]
    first = _rows(_exactly(), exact)[:PAGE] if after is None else ()
    if not terms:
        return Page(rows=first, after=None)
    rest = _page(_matching(terms, paged=after is not None), {**exact, "id": after[1] if after else None})
    return Page(rows=[*first, *rest.rows], after=rest.after)


def of_order_or_filer(ticket: Ticket, most: int = 20) -> Sequence[Ticket]:
    """Return other tickets for the order or from the filer, newest first."""
    values = {"order_key": ticket.order_key, "filer": ticket.filer, "id": ticket.id}
    return db.session.scalars(_related().limit(most), values).all()


@cache
def _related() -> Select[Any]:
    related = or_(Ticket.order_key == bindparam("order_key"), Ticket.filer == bindparam("filer"))
    return select(Ticket).where(related, Ticket.id != bindparam("id")).order_by(Ticket.id.desc())


def open_counts(most: int) -> dict[State, int]:
    """Return how many tickets each open state has, counting up to `most` of each."""
    row = db.session.connection().execute(_open_counts(), {"most": most}).one()
    return dict(zip(OPEN, row, strict=True))


@cache
def _open_counts() -> Select[Any]:
    most = bindparam("most", type_=Integer)
    some = (select(Ticket.id).where(Ticket.state == state).limit(most).subquery() for state in OPEN)
    return select(*(select(func.count()).select_from(one).scalar_subquery() for one in some))


def fold(*texts: str) -> str:
    """Return texts as they are searched: each on a line, capitals and small letters equal."""
    return "\n".join(part.casefold() for part in texts if part)


def _as_reference(query: str) -> str:
    """Return the reference that a query may be, with its dash where it was left out."""
    letters = query.upper().replace("-", "").replace(" ", "")
    return f"{letters[:3]}-{letters[3:]}"


@cache
def _open(filtered: tuple[str, ...], *, paged: bool) -> Select[Any]:
    """Return the open tickets, oldest first, by the columns that are filtered, from some place on."""
    conditions = [getattr(Ticket, name) == bindparam(name) for name in filtered]
    if paged:
        place = tuple_(bindparam("filed_at", type_=Ticket.filed_at.type), bindparam("id", type_=Ticket.id.type))
        conditions.append(tuple_(Ticket.filed_at, Ticket.id) > place)
    found = _with_order_count().where(Ticket.ended_at.is_(None), *conditions)
    return found.order_by(Ticket.filed_at, Ticket.id).limit(PAGE + 1)


@cache
def _exactly() -> Select[Any]:
    return _with_order_count().where(_is_exact()).order_by(Ticket.id.desc()).limit(PAGE)


def _is_exact() -> ColumnElement[bool]:
    return or_(Ticket.order_key == bindparam("order_key"), Ticket.reference == bindparam("reference"))


def _matching(terms: Sequence[str], *, paged: bool) -> Select[Any]:
    """Return the tickets that hold these terms, newest first.

    They are ordered by their ids alone, as both search indexes find them: a word that every ticket holds is no slower.
    """
    found, id_ = _containing(terms)
    found = found.where(~_is_exact())
    if paged:
        found = found.where(id_ < bindparam("id"))
    return found.order_by(id_.desc()).limit(PAGE + 1)


def _containing(terms: Iterable[str]) -> tuple[Select[Any], ColumnElement[int]]:
    """Return the tickets that hold these terms, and the ids to order them by: on SQLite those of its index itself,
    which reads no more of them than are asked for.
    """
    if db.engine.dialect.name == "sqlite":
        index = table("ticket_search", column("rowid", Integer))
        phrases = " AND ".join('"' + term.replace('"', '""') + '"' for term in terms)
        match = text("ticket_search MATCH :phrases").bindparams(phrases=phrases)
        return _with_order_count().join(index, index.c.rowid == Ticket.id).where(match), index.c.rowid
    held = (Ticket.search_text.contains(term, autoescape=True) for term in terms)
    return _with_order_count().where(and_(*held)), Ticket.__table__.c.id


@cache
def _with_order_count() -> Select[Any]:
    same = aliased(Ticket)
    count = select(func.count(same.id)).where(same.order_key == Ticket.order_key).correlate(Ticket).scalar_subquery()
    return select(Ticket, count)


def _rows(query: Select[Any], values: Mapping[str, Any]) -> Sequence[tuple[Ticket, int]]:
    return [(ticket, count) for ticket, count in db.session.execute(query, values)]


def _page(query: Select[Any], values: Mapping[str, Any]) -> Page:
    rows = _rows(query, values)
    last = rows[PAGE - 1][0] if len(rows) > PAGE else None
    return Page(rows=rows[:PAGE], after=(last.filed_at, last.id) if last else None)
