"""事前申請: one pre-filled form; what was typed is sealed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import UTCDateTime

SEALED = text("fields IS NOT NULL")
STATES = ("draft", "ready", "deleted")


class Application(Base):
    """One form of one visit, made with one edition of the catalogue, readable until the end of `due`.

    `channel` is web, kiosk, kiosk_helped where hall staff typed for the resident, counter where a card was read there,
    or sealed where the counter opened an envelope, whose digest is then in `envelope`: no code is taken in twice.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_application_sealed", "due", sqlite_where=SEALED, postgresql_where=SEALED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    qr_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    form: Mapped[str] = mapped_column(String(12))
    edition: Mapped[int] = mapped_column(ForeignKey("catalogue_edition.id"))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    channel: Mapped[str] = mapped_column(String(12), default="web")
    fields: Mapped[bytes | None] = mapped_column(LargeBinary)
    envelope: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    due: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    scanned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
