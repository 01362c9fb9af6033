"""封をした申請書: what only an office's private key of a month opens, and the public halves of those keys."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import UTCDateTime


class SealingKey(Base):
    """The public key of an office for visits of one month (its first day); the private one is in no database.

    `ended_at` is when the private key was destroyed.
    """

    __tablename__ = "sealing_key"
    __table_args__ = (UniqueConstraint("office_id", "month"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    month: Mapped[date]
    mark: Mapped[bytes] = mapped_column(LargeBinary(4), unique=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Envelope(Base):
    """What a resident's phone sealed, kept until its visit is over; the server cannot read it before the counter does.

    `content` is sealed once more at rest, under a key of the row's own, so that deleting it ends every copy.
    """

    __tablename__ = "envelope"
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    form: Mapped[str] = mapped_column(String(12), default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    due: Mapped[date] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
