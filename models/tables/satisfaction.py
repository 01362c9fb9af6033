"""満足度: one score of one visit; once its day is over nothing says any more whose it was."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base


class Satisfaction(Base):
    """How satisfied somebody was, 0 to 10; `visit_id` keeps it to one a visit and is emptied after the day."""

    __tablename__ = "satisfaction"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 10", name="score"),
        Index("ix_satisfaction_day", "office_id", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    queue: Mapped[str] = mapped_column(String(4))
    source: Mapped[str] = mapped_column(String(12))
    score: Mapped[int]
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), unique=True)
