"""来庁の見込み: how many are expected on a day, as the last refresh and the one a week before the day saw it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime


class DayForecast(Base):
    """People expected on a day of an office, at one queue or (queue empty) altogether; days past keep their last one.

    One in ten days is below `p10`, half below `p50`, nine in ten below `p90`. `method` is `calendar`, or `recent` where
    there is less than a year. `shares` are the parts of the day's half hours, `[minute of the day, share]`.
    `week_before` is what stood here seven days before the day: `[p10, p50, p90]`.
    """

    __tablename__ = "day_forecast"
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    queue: Mapped[str] = mapped_column(String(24), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    p10: Mapped[float]
    p50: Mapped[float]
    p90: Mapped[float]
    method: Mapped[str] = mapped_column(String(8))
    shares: Mapped[Any] = mapped_column(Document)
    week_before: Mapped[Any] = mapped_column(Document)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
