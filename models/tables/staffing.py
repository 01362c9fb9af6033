"""窓口数のくわしい計算と勤務表: a plan that somebody asked for, what came of it, and what rosters are made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

STATES = ("asked", "running", "done", "cancelled", "failed")


class StaffingTuning(Base):
    """Counters of a week for a target from a span of days, of one queue or of all (""); found by `state`.

    `kind` says which plan it is; a roster has its week and its rules in `inputs`, as they were when it was asked for.
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
    kind: Mapped[str] = mapped_column(String(10), server_default="counters", default="counters")
    inputs: Mapped[Any] = mapped_column(Document, server_default="{}", default=dict)


class RosterRules(Base):
    """How the people of an office can work, as somebody kept it; the highest version holds. Nothing is changed."""

    __tablename__ = "roster_rules"
    __table_args__ = (UniqueConstraint("office_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    version: Mapped[int]
    own: Mapped[Any] = mapped_column(Document)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[str] = mapped_column(String(60))
