"""キャンセル待ち: who waits for a place on days that are full, and the place that is held for whoever is next."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

WAITING_STATES = ("waiting", "offered", "booked", "expired", "left")


class WaitingEntry(Base):
    """One wish for a visit between two days; `token_hash` opens it for the resident.

    `person_hash` is a keyed hash of the contact: the same person waits once for the same procedures. While the state
    is `offered`, the places from `offered_for` on are taken for it until `offered_until`.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        CheckConstraint(f"state IN {WAITING_STATES}", name="state"),
        CheckConstraint("first_day <= last_day", name="days"),
        Index("ix_waiting_entry_line", "office_id", "queue", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    queue: Mapped[str] = mapped_column(String(4))
    procedures: Mapped[list[str]] = mapped_column(Document)
    cards: Mapped[int] = mapped_column(default=0)
    first_day: Mapped[date]
    last_day: Mapped[date]
    language: Mapped[str] = mapped_column(String(12), default="ja")
    channel: Mapped[str] = mapped_column(String(12))
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    due: Mapped[date]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    offers: Mapped[int] = mapped_column(default=0)
    offered_for: Mapped[datetime | None] = mapped_column(UTCDateTime)
    offered_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class OfferedSlot(Base):
    """A place that an offer holds."""

    __tablename__ = "offered_slot"
    entry_id: Mapped[int] = mapped_column(ForeignKey("waiting_entry.id"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True, index=True)


class FreedPlace(Base):
    """A place that was given up and is still counted as taken until `opens_at`."""

    __tablename__ = "freed_place"
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
