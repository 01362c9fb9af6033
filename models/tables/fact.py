"""集計: what the days and months of an office add up to; made from tickets, and made again when they change."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import UTCDateTime

GRAINS = ("month", "year")
EVERY = 7
NAMED = ("queue", "procedure")


class Sums:
    """One cell: people by what became of them, and of waits, gaps to the booked time and handlings (minutes) how many,
    sum, maximum and histogram (`models.rules.histograms`). Cells of counters hold their minutes and nobody else's."""

    came: Mapped[int]
    served: Mapped[int]
    booked: Mapped[int]
    booked_served: Mapped[int]
    prefilled: Mapped[int]
    prefillable: Mapped[int]
    no_shows: Mapped[int]
    within_target: Mapped[int]
    open_minutes: Mapped[float] = mapped_column(server_default="0")
    serving_minutes: Mapped[float] = mapped_column(server_default="0")
    waits_n: Mapped[int]
    waits_sum: Mapped[float]
    waits_max: Mapped[float | None]
    waits_spread: Mapped[bytes] = mapped_column(LargeBinary)
    gaps_n: Mapped[int]
    gaps_sum: Mapped[float]
    gaps_max: Mapped[float | None]
    gaps_spread: Mapped[bytes] = mapped_column(LargeBinary)
    handlings_n: Mapped[int]
    handlings_sum: Mapped[float]
    handlings_max: Mapped[float | None]
    handlings_spread: Mapped[bytes] = mapped_column(LargeBinary)


class DailyFact(Sums, Base):
    """One cell of one office day: `cut` says how the day was cut (`models.rules.facts.CUTS`), `key` which part."""

    __tablename__ = "daily_fact"
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    cut: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)


class PeriodFact(Sums, Base):
    """The daily facts of one weekday (0 = Monday) of one month or calendar year, which begins on `day`, added up.

    Under `EVERY` those of all its days: a look that does not tell weekdays apart reads a fifth of the rows.
    """

    __tablename__ = "period_fact"
    __table_args__ = (CheckConstraint(f"grain IN {GRAINS}", name="grain"),)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    grain: Mapped[str] = mapped_column(String(8), primary_key=True)
    cut: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)


class FactDay(Base):
    """A day whose facts are made, and when; None where its tickets changed since."""

    __tablename__ = "fact_day"
    __table_args__ = (Index("ix_fact_day_stale", "office_id", "made_at"),)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class FactName(Base):
    """What a queue or procedure of the facts is called now; for those who read the `star_` views."""

    __tablename__ = "fact_name"
    __table_args__ = (CheckConstraint(f"kind IN {NAMED}", name="kind"),)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
