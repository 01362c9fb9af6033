"""来庁と受付番号: one person's stay, its tickets, and the append-only events that times come out of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

SOURCES = ("booked", "walk_in", "imported")
STATES = (
    "planned", "waiting", "called", "absent", "serving", "held", "back_office", "recalled", "transferred",
    "done", "cancelled", "no_show", "abandoned",
)  # fmt: skip


class Visit(Base):
    """One person's stay in one office on one business day; `token_hash` opens it for whoever holds the slip.

    `seat` is the booth where the visitor stays while teams come one after the other.
    """

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), unique=True)
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    seat: Mapped[str | None] = mapped_column(String(8))
    slip_printed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Ticket(Base):
    """受付番号: one place in one line; a visit has one or more of them in order (`leg`), all under one number.

    `order_at` is its place among walk-ins; from `due_at` on it goes before them (booked, or back after absence).
    `served_end_at` is set where work in the back office followed; else serving ended when all was finished.
    Instants, counter and state are what its events add up to, kept here so that measures need no join.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("office_id", "day", "number", "leg"),
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
    leg: Mapped[int] = mapped_column(default=1)
    procedure: Mapped[str] = mapped_column(String(20))
    procedures: Mapped[list[str]] = mapped_column(Document)
    source: Mapped[str] = mapped_column(String(12))
    prefilled: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    language: Mapped[str] = mapped_column(String(12), default="ja")
    counter: Mapped[str | None] = mapped_column(String(8))
    order_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    priority: Mapped[bool] = mapped_column(default=False)
    called_ahead: Mapped[bool] = mapped_column(default=False)
    calls: Mapped[int] = mapped_column(default=0)
    booked_for: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    scanned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    printed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    served_end_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TicketEvent(Base):
    """What happened to a ticket, when, where and by whom; rows are only ever added.

    `version` is the hall's version that the event made; `before` and `after` are the ticket's states around it.
    """

    __tablename__ = "ticket_event"
    __table_args__ = (Index("ix_ticket_event_version", "office_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(16))
    counter: Mapped[str | None] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(String(60))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    version: Mapped[int | None]
    before: Mapped[str | None] = mapped_column(String(12))
    after: Mapped[str | None] = mapped_column(String(12))
    detail: Mapped[str] = mapped_column(String(40), default="")


class NumberSequence(Base):
    """The last number given out for an office, a business day and a letter (or a letter's leased numbers)."""

    __tablename__ = "number_sequence"
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    letter: Mapped[str] = mapped_column(String(4), primary_key=True)
    last: Mapped[int]
