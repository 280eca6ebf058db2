"""Types of columns."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Enum, Integer, String
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite keeps it without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the moment as the database keeps it."""
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the moment aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Amount(TypeDecorator[Decimal]):
    """An exact amount, kept as the text of its figures: SQLite has no exact numbers but whole ones."""

    impl = String(60)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> str | None:
        """Return the amount as the database keeps it."""
        return f"{value:f}" if value is not None else None

    def process_result_value(self, value: str | None, dialect: Any) -> Decimal | None:
        """Return the amount."""
        return Decimal(value) if value is not None else None


def words(kind: type[StrEnum]) -> Enum:
    """Return the column type of an enum: its values as texts."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda e: [m.value for m in e])


Id = BigInteger().with_variant(Integer(), "sqlite")
