"""窓口数のくわしい計算: a plan that somebody asked for, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

STATES = ("asked", "running", "done", "cancelled", "failed")


class StaffingTuning(Base):
    """Counters of a week for a target from a span of days, of one queue or of all (""); found by `state`.

    `holder` computes it and was seen at `seen_at`; `progress` is a percentage.
    """

    __tablename__ = "staffing_tuning"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        Index("ix_staffing_tuning_state", "state"),
        Index("ix_staffing_tuning_office", "office_id", "queue", "asked_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    queue: Mapped[str] = mapped_column(String(4), default="")
    share: Mapped[float]
    within: Mapped[float]
    first: Mapped[date]
    last: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    progress: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    holder: Mapped[str] = mapped_column(String(60), default="")
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result: Mapped[Any] = mapped_column(Document, default=dict)
