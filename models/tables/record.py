"""What the house notes down about its own work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime


class AuditEntry(Base):
    """Who did what to which row, never with its values; `mac` is keyed from outside the database.

    `place` counts the entries without a gap from 1 on; each mac is made over the mac of the place before it. An entry
    that a version before the chain wrote has no place until it is taken in.
    """

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    detail: Mapped[str] = mapped_column(String(200), default="")
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditEnd(Base):
    """The ends of the audit's chain: the last place and its mac (row 1), and the last that was let go (row 2)."""

    __tablename__ = "audit_end"
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


class IdempotencyKey(Base):
    """The first answer to a creating request; the answer is sealed because it holds tokens."""

    __tablename__ = "idempotency_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class JobRun(Base):
    """One run of one job for one period; the pair is unique, so two schedulers do it once."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "period"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    detail: Mapped[Any] = mapped_column(Document, default=dict)


class SchedulerLease(Base):
    """The scheduler that works now, and until when it may go unseen."""

    __tablename__ = "scheduler_lease"
    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class Baseline(Base):
    """The frozen handling time of a procedure before the change, in minutes."""

    __tablename__ = "baseline"
    procedure: Mapped[str] = mapped_column(String(20), primary_key=True)
    minutes: Mapped[float]
    cases: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    frozen_at: Mapped[datetime] = mapped_column(UTCDateTime)
