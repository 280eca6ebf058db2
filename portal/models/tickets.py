"""The tables of tickets, and the way back to `Facts`, `Decision` and `Filing`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.events import EventKind, Way
from portal.extensions import Base
from portal.filing import Filing
from portal.models.columns import Id, Moment, words
from portal.models.staff import Staff
from portal.policy import Decision, Facts, Outcome, Side, Source, State, Status

IS_OPEN = text("ended_at IS NULL")
DOES_WAIT = text("waits_since IS NOT NULL")
IS_UNCLEARED = text("cleared_at IS NULL AND ended_at IS NOT NULL")


class PolicyVersion(Base):
    """A policy that some ticket refers to, whole, so that what was said stays readable."""

    __tablename__ = "policy_versions"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text, deferred=True)
    first_used_at: Mapped[datetime] = mapped_column(Moment)


class Ticket(Base):
    """A request to review one order's cancellation. `status` and `outcome` are those last known.

    It waits for staff since `waits_since`. Mails go to `email`, until they were turned off. What was personal in it was
    taken out at `cleared_at`.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("uq_tickets_open", "order_key", "filer", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_tickets_open_oldest", "filed_at", "id", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_tickets_state_oldest", "state", "filed_at", "id"),
        Index("ix_tickets_order", "order_key", "id"),
        Index("ix_tickets_filer", "filer", "id"),
        Index("ix_tickets_waits", "waits_since", sqlite_where=DOES_WAIT, postgresql_where=DOES_WAIT),
        Index("ix_tickets_uncleared", "ended_at", sqlite_where=IS_UNCLEARED, postgresql_where=IS_UNCLEARED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[State] = mapped_column(words(State))
    language: Mapped[str] = mapped_column(String(12))
    order_id: Mapped[str] = mapped_column(String(40))
    order_key: Mapped[str] = mapped_column(String(40))
    filer: Mapped[str] = mapped_column(String(64))
    proven: Mapped[bool]
    matched_by: Mapped[str | None] = mapped_column(Text)
    service_name: Mapped[str] = mapped_column(Text)
    status: Mapped[Status] = mapped_column(words(Status))
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    search_text: Mapped[str] = mapped_column(Text, deferred=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    filed_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    waits_since: Mapped[datetime | None] = mapped_column(Moment)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    email: Mapped[str | None] = mapped_column(String(254))
    mails_off_at: Mapped[datetime | None] = mapped_column(Moment)
    cleared_at: Mapped[datetime | None] = mapped_column(Moment)
    nonce: Mapped[str] = mapped_column(String(32))
    key_id: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)

    holder: Mapped[Staff | None] = relationship(lazy="joined")
    events: Mapped[list[Event]] = relationship(order_by="Event.number", lazy="select")


class Event(Base):
    """One line of a ticket's history; only ever added (but cleared). `staff_id` is empty where the customer acted."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("ticket_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    state: Mapped[State] = mapped_column(words(State))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    policy_hash: Mapped[str | None] = mapped_column(ForeignKey("policy_versions.hash"))
    submission: Mapped[str | None] = mapped_column(String(64), unique=True)
    handover: Mapped[str | None] = mapped_column(String(64), index=True, unique=True)

    staff: Mapped[Staff | None] = relationship(lazy="joined")
    policy: Mapped[PolicyVersion | None] = relationship(lazy="select")
    pictures: Mapped[list[Picture]] = relationship(order_by="Picture.id", lazy="selectin")

    @property
    def filing(self) -> Filing | None:
        """What was filed, where this event is a filing."""
        return Filing.of(self.data["filing"]) if "filing" in self.data else None

    @property
    def way(self) -> Way:
        """How it came, where this event is a filing."""
        return Way(self.data.get("way", Way.FORM))

    @property
    def facts(self) -> Facts | None:
        """The facts that this event states."""
        stated = self.data.get("facts")
        return Facts(**{**stated, "status": Status(stated["status"])}) if stated else None

    @property
    def seen_at(self) -> datetime:
        """When whoever recorded what the panel shows saw it there: when they recorded it, unless they said so."""
        said = self.data.get("seen_at")
        return datetime.fromisoformat(said) if said else self.at

    @property
    def decision(self) -> Decision | None:
        """What the policy said then."""
        said = self.data.get("decision")
        if not said:
            return None
        sides = {id_: Side(side) if side else None for id_, side in said["clauses"]}
        return Decision(outcome=Outcome(said["outcome"]), clauses=sides, advice=tuple(said["advice"]))


def spoken(
    facts: Facts, source: Source, decision: Decision, others: Mapping[str, Source] | None = None
) -> dict[str, Any]:
    """Return what an event keeps of facts, their source (and that of `others`, by name) and the decision on them."""
    return {
        "facts": vars(facts).copy(),
        "source": source,
        "sources": dict(others or {}),
        "decision": {
            "outcome": decision.outcome,
            "clauses": [[id_, side] for id_, side in decision.clauses.items()],
            "advice": list(decision.advice),
        },
    }


class Picture(Base):
    """A screenshot, re-encoded to WebP; outside any ticket while its form was refused (`browser` then holds it).

    Its `content` lies here, or elsewhere under the name of `file`.
    """

    __tablename__ = "pictures"
    __table_args__ = (Index("ix_pictures_kept", "browser", "stored_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    browser: Mapped[str | None] = mapped_column(String(64))
    stored_at: Mapped[datetime] = mapped_column(Moment)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    file: Mapped[str | None] = mapped_column(String(100))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
