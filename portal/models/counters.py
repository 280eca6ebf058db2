"""The table of what is limited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base
from portal.models.columns import Moment


class Counter(Base):
    """How often something was done by one key within one window of time."""

    __tablename__ = "counters"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(Moment, primary_key=True, index=True)
    times: Mapped[int] = mapped_column(Integer)
