"""プリンターと直接印刷: a counter's printer in the network, and each sheet that was to come out of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

DIRECT_STATES = ("asked", "held", "sending", "sent", "confirmed", "unclear", "failed", "cancelled")
UNDER_WAY = text("state IN ('asked', 'held', 'sending')")


class Printer(Base):
    """A printer as an administrator set it, never changed: other values are another row, and this one has ended.

    `address` is ipp:// or ipps://; `fingerprint` the SHA-256 of the one certificate that is accepted, in hexadecimal,
    or empty; `counters` the numbers of the counters that print there. `problem` is what the last look found.
    """

    __tablename__ = "printer"
    __table_args__ = (Index("ix_printer_office", "office_id", "ended_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    counters: Mapped[Any] = mapped_column(Document, default=list)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(60))
    looked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    problem: Mapped[str] = mapped_column(String(20), default="")


class DirectPrint(Base):
    """One sheet on its way to a printer; a sheet has one under way at most.

    `wanted_at` is when somebody at the counter last said so, `holder` the one talk with the printer that may note
    anything, until `held_until`. `remote` is the printer's own number of the job; `at_printer` says that it may still
    be there, `stop` that the counter wants it back.
    """

    __tablename__ = "direct_print"
    __table_args__ = (
        CheckConstraint(f"state IN {DIRECT_STATES}", name="state"),
        Index(
            "uq_direct_print_under_way",
            "print_job_id",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        Index("ix_direct_print_office", "office_id", "asked_at"),
        Index("ix_direct_print_state", "state", "printer_id"),
        Index("ix_direct_print_at_printer", "at_printer", "printer_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    print_job_id: Mapped[int] = mapped_column(ForeignKey("print_job.id"), index=True)
    printer_id: Mapped[int] = mapped_column(ForeignKey("printer.id"))
    counter: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12), default="asked")
    problem: Mapped[str] = mapped_column(String(20), default="")
    remote: Mapped[int | None]
    at_printer: Mapped[bool] = mapped_column(default=False)
    stop: Mapped[bool] = mapped_column(default=False)
    holder: Mapped[str] = mapped_column(String(64), default="")
    held_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    wanted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
