"""予約枠: the places that can be booked; the counter `taken` decides, never a count of bookings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

PROPOSAL_STATES = ("proposed", "done", "dropped")


class Slot(Base):
    """One stretch of one queue in one office that `capacity` visits can begin or go on in.

    `kept` allows for places that were taken when the capacity was made smaller: they stay, and no new one is given
    above the capacity. A slot that was taken out of the calendar has no capacity. A place of a `whole` slot takes a
    visit however long it is; otherwise a long visit takes adjoining slots.
    """

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("office_id", "queue", "starts_at"),
        CheckConstraint("taken >= 0 AND taken <= capacity + kept", name="taken"),
        CheckConstraint("capacity >= 0 AND kept >= 0", name="capacity"),
        CheckConstraint("starts_at < ends_at", name="order"),
        Index(
            "ix_slot_search",
            "office_id",
            "queue",
            "day",
            "starts_at",
            "ends_at",
            "capacity",
            "taken",
            "whole",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    queue: Mapped[str] = mapped_column(String(4))
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0, server_default="0")
    whole: Mapped[bool] = mapped_column(default=False, server_default=false())


class SlotPattern(Base):
    """The times at which a queue takes bookings on a weekday (0 = Monday); the newest that covers a day counts.

    `times` are places by minute after midnight, office-local. Without any, the slots follow from hours and counters.
    """

    __tablename__ = "slot_pattern"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        Index("ix_slot_pattern_office_id", "office_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    queue: Mapped[str] = mapped_column(String(4))
    weekday: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    times: Mapped[Any] = mapped_column(Document)


class SlotProposal(Base):
    """A change of published slots that waits for a second person; `plan` is what was previewed."""

    __tablename__ = "slot_proposal"
    __table_args__ = (CheckConstraint(f"state IN {PROPOSAL_STATES}", name="state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    state: Mapped[str] = mapped_column(String(8), default="proposed")
    plan: Mapped[Any] = mapped_column(Document)
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proposed_by: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(60))
