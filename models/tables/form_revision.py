"""様式の改版: a form as a city wrote it over the catalogue's, from a day on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import UTCDateTime

STATES = ("proposed", "released", "dropped")


class FormRevision(Base):
    """What one administrator proposed and another released; `number` counts a form's released ones from 1.

    `text` is never changed, rows are only added. Of the released ones that of the latest `first_day` is in force.
    """

    __tablename__ = "form_revision"
    __table_args__ = (
        UniqueConstraint("form", "number"),
        CheckConstraint(f"state IN {STATES}", name="state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(12))
    number: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(8), default="proposed")
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(100), default="")
    first_day: Mapped[date]
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proposed_by: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(60))
