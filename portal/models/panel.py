"""The tables of the panel: what it said, what it is to be asked, and what it was asked to cancel; credits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.cancellation import CancelState
from portal.extensions import Base
from portal.models.columns import Amount, Id, Moment, words
from portal.models.tickets import Ticket
from portal.policy import Status

IS_UNDER_WAY = text("state IN ('waiting', 'sending')")


class Lookup(Base):
    """An order that the panel is asked about at `next_at`; somebody waits for the answer since `asked_at`."""

    __tablename__ = "lookups"
    __table_args__ = (Index("ix_lookups_due", "next_at"),)

    order_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    order_id: Mapped[str] = mapped_column(String(40))
    next_at: Mapped[datetime] = mapped_column(Moment)
    held_until: Mapped[datetime | None] = mapped_column(Moment)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)


class OrderReading(Base):
    """What a `source` said of an order, first at `at`, and without a change until `last_at`; `raw` is its answer."""

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_order", "order_key", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_key: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[Status] = mapped_column(words(Status))
    shown: Mapped[str] = mapped_column(Text)
    charge: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str | None] = mapped_column(String(5))
    remains: Mapped[int | None] = mapped_column(BigInteger)
    start_count: Mapped[int | None] = mapped_column(BigInteger)
    refused: Mapped[str] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)


class PanelService(Base):
    """A service of the panel, and whether it lets orders be canceled; empty where it does not say."""

    __tablename__ = "services"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    cancel: Mapped[bool | None]


class Cancellation(Base):
    """One request to the panel to cancel an order, sent once: `name` is its own, and tells it from every other."""

    __tablename__ = "cancellations"
    __table_args__ = (
        Index(
            "uq_cancellations_order", "order_key", unique=True, sqlite_where=IS_UNDER_WAY, postgresql_where=IS_UNDER_WAY
        ),
        Index("ix_cancellations_due", "next_at", sqlite_where=IS_UNDER_WAY, postgresql_where=IS_UNDER_WAY),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    order_key: Mapped[str] = mapped_column(String(40), index=True)
    order_id: Mapped[str] = mapped_column(String(40))
    state: Mapped[CancelState] = mapped_column(words(CancelState))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    next_at: Mapped[datetime | None] = mapped_column(Moment)
    held_until: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer)
    said: Mapped[str] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)

    ticket: Mapped[Ticket] = relationship(lazy="select")


class Credited(Base):
    """The one credit of an order; without an amount where it was recorded before amounts were kept."""

    __tablename__ = "credits"

    order_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    at: Mapped[datetime] = mapped_column(Moment)
    amount: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str | None] = mapped_column(String(5))

    ticket: Mapped[Ticket] = relationship(lazy="select")
