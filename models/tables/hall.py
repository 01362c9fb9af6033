"""庁舎の一日: what stands beside the tickets of an office: its version, who is on, limits, leases, estimates, help."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

SHIFT_ENDINGS = ("closed", "lunch", "taken_over")
STILL_OPEN = text("closed_at IS NULL")
SLIP_STATES = ("asked", "printing", "printed", "failed", "unclear", "dropped")


class Hall(Base):
    """One row an office: `version` grows with every change that a board, a phone or a counter could show.

    Every act on the line locks this row first, so that the acts of one office come one after the other.
    """

    __tablename__ = "hall"
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    stopped_on: Mapped[date | None]
    notice: Mapped[str] = mapped_column(String(200), default="")
    policy: Mapped[Any] = mapped_column(Document, default=dict)


class QueueLimit(Base):
    """発券数の上限: how many numbers a queue gives out to walk-ins on one day."""

    __tablename__ = "queue_limit"
    __table_args__ = (CheckConstraint("per_day >= 0", name="per_day"),)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    queue: Mapped[str] = mapped_column(String(4), primary_key=True)
    per_day: Mapped[int]


class CounterShift(Base):
    """Who was on at a counter from when to when; one open row a counter."""

    __tablename__ = "counter_shift"
    __table_args__ = (
        CheckConstraint(f"ending IN {SHIFT_ENDINGS}", name="ending"),
        Index(
            "uq_counter_shift_open_counter",
            "counter_id",
            unique=True,
            sqlite_where=STILL_OPEN,
            postgresql_where=STILL_OPEN,
        ),
        Index("ix_counter_shift_day", "office_id", "day"),
        Index("ix_counter_shift_counter", "counter_id", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    actor: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ending: Mapped[str | None] = mapped_column(String(12))


class NumberLease(Base):
    """A block of numbers that a kiosk may give out while its line is cut."""

    __tablename__ = "number_lease"
    __table_args__ = (UniqueConstraint("office_id", "day", "letter", "first"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    day: Mapped[date]
    letter: Mapped[str] = mapped_column(String(4))
    first: Mapped[int]
    last: Mapped[int]
    leased_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Estimate(Base):
    """An estimate that was shown: minutes from `at` until the call, median and 80th percentile."""

    __tablename__ = "estimate"
    __table_args__ = (Index("ix_estimate_day", "office_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    shown_on: Mapped[str] = mapped_column(String(8))
    p10: Mapped[float]
    p50: Mapped[float]
    p80: Mapped[float]
    p90: Mapped[float]


class HelpCall(Base):
    """職員を呼ぶ: somebody at a device asked for staff."""

    __tablename__ = "help_call"
    __table_args__ = (Index("ix_help_call_open", "office_id", "answered_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by: Mapped[str | None] = mapped_column(String(60))


class SlipJob(Base):
    """One slip (番号札・予約の控え) that a device prints: asked, printing, then printed, failed, unclear or dropped."""

    __tablename__ = "slip_job"
    __table_args__ = (
        CheckConstraint(f"state IN {SLIP_STATES}", name="state"),
        Index("ix_slip_job_open", "office_id", "state"),
        Index("ix_slip_job_office", "office_id", "asked_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="asked")
    problem: Mapped[str] = mapped_column(String(40), default="")
    copies: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
