"""行き来: what a separated network's two sides know of one another, and which carried files were taken in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

KINDS = ("day-list", "status")


class OtherSide(Base):
    """The public keys of the other side: `sign` says what it made, `seal` seals what only it may open.

    The newest row counts; the ones before tell when keys were changed, and by whom.
    """

    __tablename__ = "other_side"
    id: Mapped[int] = mapped_column(primary_key=True)
    sign: Mapped[bytes] = mapped_column(LargeBinary(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_by: Mapped[str] = mapped_column(String(60))


class CarriedFile(Base):
    """The newest file of a kind that was taken in for an office and a day: nothing older is taken after it.

    `content` is the report of a day-list, or what a status file says.
    """

    __tablename__ = "carried_file"
    __table_args__ = (
        UniqueConstraint("kind", "office_id", "day"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_by: Mapped[str] = mapped_column(String(60))
    content: Mapped[Any] = mapped_column(Document)


class CarriedBooking(Base):
    """A booking that came from outside, and when the newest file was made that spoke of it."""

    __tablename__ = "carried_booking"
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
