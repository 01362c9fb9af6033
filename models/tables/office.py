"""庁舎: offices, their hours, their counters, and what each offers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

TOPICS = ("retention", "messages", "places", "sealing")


class Office(Base):
    """A building in which residents are served.

    `later_hours` are the weekly hours that were set after the first ones: by first day, as `rules.week_hours` writes
    them.
    """

    __tablename__ = "office"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100), default="")
    name_easy: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(200))
    telephone: Mapped[str] = mapped_column(String(20), default="")
    access: Mapped[str] = mapped_column(String(300), default="")
    access_en: Mapped[str] = mapped_column(String(300), default="")
    timezone: Mapped[str] = mapped_column(String(40), default="Asia/Tokyo")
    booking_days_ahead: Mapped[int] = mapped_column(default=60)
    bookable_share: Mapped[float] = mapped_column(default=0.5)
    later_hours: Mapped[Any] = mapped_column(Document, default=dict, server_default=text("'{}'"))


class OpeningHours(Base):
    """Office-local hours of one weekday (0 = Monday); a lunch break makes two rows."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        UniqueConstraint("office_id", "weekday", "opens"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="order"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class ExceptionalDay(Base):
    """One date with other hours than its weekday's; no hours means closed."""

    __tablename__ = "exceptional_day"
    __table_args__ = (UniqueConstraint("office_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    reason: Mapped[str] = mapped_column(String(100))


class OfficeProcedure(Base):
    """A procedure that an office offers, by its catalogue code."""

    __tablename__ = "office_procedure"
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    procedure: Mapped[str] = mapped_column(String(20), primary_key=True)


class OfficePolicy(Base):
    """What an office decided on one topic, over the shipped numbers of `models.rules`."""

    __tablename__ = "office_policy"
    __table_args__ = (CheckConstraint(f"topic IN {TOPICS}", name="topic"),)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(12), primary_key=True)
    own: Mapped[Any] = mapped_column(Document, default=dict)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[str] = mapped_column(String(60))


class Counter(Base):
    """窓口: a numbered desk."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("office_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    number: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(60), default="")
    removed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Not there any more; the row stays for what was done at it."""


class CounterQueue(Base):
    """A queue that a counter serves; the lowest rank comes first."""

    __tablename__ = "counter_queue"
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"), primary_key=True)
    queue: Mapped[str] = mapped_column(String(4), primary_key=True)
    rank: Mapped[int]
