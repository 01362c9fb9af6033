"""予約: a visit that is expected at a time; contact details are sealed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

SEALED = text("contact IS NOT NULL OR notes IS NOT NULL")
STATES = ("booked", "arrived", "cancelled", "no_show")


class Booking(Base):
    """One visit's reservation. `token_hash` opens it for the resident, `qr_hash` is what its QR code shows."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_booking_day", "office_id", "day", "state"),
        Index("ix_booking_sealed", "office_id", "day", sqlite_where=SEALED, postgresql_where=SEALED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    qr_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    queue: Mapped[str] = mapped_column(String(4))
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    minutes: Mapped[int]
    cards: Mapped[int] = mapped_column(default=0)
    procedures: Mapped[list[str]] = mapped_column(Document)
    edition: Mapped[int] = mapped_column(ForeignKey("catalogue_edition.id"))
    state: Mapped[str] = mapped_column(String(12), default="booked")
    channel: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(12), default="ja")
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    notes: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class BookingPerson(Base):
    """Whose a booking is, as a keyed hash of an address that was left; gone with the booking's day."""

    __tablename__ = "booking_person"
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    person_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True, index=True)


class BookingSlot(Base):
    """A place that a booking holds."""

    __tablename__ = "booking_slot"
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True, index=True)
