"""来庁と受付番号: one person's stay, its tickets, and the append-only events that times come out of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

SOURCES = ("booked", "walk_in", "imported")
STATES = (
    "waiting", "called", "absent", "serving", "held", "back_office", "recalled", "transferred",
    "done", "cancelled", "no_show", "abandoned",
)  # fmt: skip


class Visit(Base):
    """One person's stay in one office on one business day."""

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), unique=True)
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Ticket(Base):
    """受付番号: one place in one line. Its instants are copies of its first events, so that measures need no join."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("office_id", "day", "number"),
        UniqueConstraint("office_id", "external_id"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"source IN {SOURCES}", name="source"),
        Index("ix_ticket_line", "office_id", "day", "state", "order_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    queue: Mapped[str] = mapped_column(String(4))
    number: Mapped[str | None] = mapped_column(String(8))
    external_id: Mapped[str | None] = mapped_column(String(64))
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    procedure: Mapped[str] = mapped_column(String(20))
    procedures: Mapped[list[str]] = mapped_column(Document)
    source: Mapped[str] = mapped_column(String(12))
    prefilled: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    language: Mapped[str] = mapped_column(String(12), default="ja")
    counter: Mapped[str | None] = mapped_column(String(8))
    order_at: Mapped[datetime] = mapped_column(UTCDateTime)
    booked_for: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    scanned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    printed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TicketEvent(Base):
    """What happened to a ticket, when, where and by whom; rows are only ever added."""

    __tablename__ = "ticket_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(16))
    counter: Mapped[str | None] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(String(60))


class NumberSequence(Base):
    """The last number given out for an office, a business day and a letter."""

    __tablename__ = "number_sequence"
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    letter: Mapped[str] = mapped_column(String(4), primary_key=True)
    last: Mapped[int]
