"""お知らせ: the outbox, the words of its messages, who asked to be told, and the ways out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

CHANNELS = ("email", "push", "line", "sms", "webhook")
MESSAGE_STATES = ("due", "sending", "sent", "dead", "dropped")


class Message(Base):
    """One message to one address: written with the act that causes it, sent by the scheduler.

    `occasion` (what it is about, whom, which period, which channel) is unique: an act or a job that is done again
    writes nothing twice. `address` is sealed under `message` and `due`. `message_id` is the same at every try.
    `values` are what its words need: dates, numbers, addresses of pages; never a name or a procedure.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        CheckConstraint(f"state IN {MESSAGE_STATES}", name="state"),
        Index("ix_message_queue", "state", "next_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    channel: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(12), default="ja")
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id"), index=True)
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    values: Mapped[Any] = mapped_column(Document, default=dict)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(8), default="due")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    too_late_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str] = mapped_column(String(64), default="")
    held_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    problem: Mapped[str] = mapped_column(String(120), default="")


class Subscription(Base):
    """知らせてほしい人: where to tell the holder of a booking or a number; the address is sealed.

    `address` is an e-mail address, a push subscription (JSON), a LINE user or a telephone number, by `channel`.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        UniqueConstraint("visit_id", "booking_id", "address_hash"),
        Index("ix_subscription_due", "office_id", "due"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(12), default="ja")
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    due: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class LineCode(Base):
    """A one-time code by which somebody in LINE is known as the holder of a booking or a number.

    Of the code only a keyed hash is kept; `holder` is the holder's token, sealed; `used_by` a keyed hash of who
    sent it.
    """

    __tablename__ = "line_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    holder_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    holder: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_by: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class MessageText(Base):
    """The city's own words for one kind of message in one language, over the shipped ones."""

    __tablename__ = "message_text"
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    subject: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[str] = mapped_column(String(60))


class Channel(Base):
    """A way out that the city opened, with what it needs (server, sender, secrets), sealed."""

    __tablename__ = "channel"
    __table_args__ = (CheckConstraint(f"name IN {CHANNELS}", name="name"),)
    name: Mapped[str] = mapped_column(String(8), primary_key=True)
    active: Mapped[bool] = mapped_column(default=False)
    needs: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[str] = mapped_column(String(60))
