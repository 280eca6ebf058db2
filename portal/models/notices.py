"""The tables of notices: the outbox, and what the worker found of the ways that they go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.concerns import Carrier, NoticeKind, NoticeState
from portal.extensions import Base
from portal.models.columns import Id, Moment, words
from portal.models.tickets import Ticket

IS_WAITING = text("next_at IS NOT NULL")
IS_UNSENT = text("state IN ('waiting', 'refused', 'given_up')")


class Notice(Base):
    """One message to one recipient: tried at `next_at`, held by a worker until `held_until`.

    `name` says what it is about, so that nothing is told twice. `recipient` is a mail address, or the id of a channel
    or webhook; empty where it is for all channels of staff, to be spread.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_due", "next_at", "id", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
        Index("ix_notices_unsent", "id", sqlite_where=IS_UNSENT, postgresql_where=IS_UNSENT),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind))
    carrier: Mapped[Carrier] = mapped_column(words(Carrier))
    recipient: Mapped[str] = mapped_column(String(254))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[NoticeState] = mapped_column(words(NoticeState))
    made_at: Mapped[datetime] = mapped_column(Moment)
    next_at: Mapped[datetime | None] = mapped_column(Moment)
    held_until: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    tries: Mapped[int] = mapped_column(Integer)
    fault: Mapped[str | None] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text)

    ticket: Mapped[Ticket | None] = relationship(lazy="joined")


class Check(Base):
    """What a worker last found of a way that notices go, or of itself; `fault` is empty where it works.

    It was last found to work `at`, and `faults` times at fault.
    """

    __tablename__ = "checks"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    shown: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(Moment)
    fault: Mapped[str | None] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text)
    faults: Mapped[int] = mapped_column(Integer, server_default="0")
