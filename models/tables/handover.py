"""連携: the systems that an office hands applications over to, and each hand-over with its receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime

RECEIVER_WAYS = ("copy", "file", "folder", "webhook")
HANDOVER_STATES = ("due", "carrying", "done", "dead")


class Receiver(Base):
    """連携先: a system, the way to it and the shape it reads. What it was is kept for its hand-overs once it ended.

    `order` and `forms` are lists, empty for everything. `folder` and `url` belong to their ways; `secret` is sealed.
    """

    __tablename__ = "receiver"
    __table_args__ = (CheckConstraint(f"way IN {RECEIVER_WAYS}", name="way"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    way: Mapped[str] = mapped_column(String(8))
    shape: Mapped[str] = mapped_column(String(20))
    order: Mapped[Any] = mapped_column(Document, default=list)
    dates: Mapped[str] = mapped_column(String(8), default="iso")
    forms: Mapped[Any] = mapped_column(Document, default=list)
    folder: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Handover(Base):
    """One hand-over of one application to one receiver; `copy` 1 is the first, later ones carry a reason.

    Nothing of what was handed over is kept. `as_of` is when the application was last written: what has changed since
    is not carried.
    """

    __tablename__ = "handover"
    __table_args__ = (
        UniqueConstraint("application_id", "receiver_id", "copy"),
        CheckConstraint(f"state IN {HANDOVER_STATES}", name="state"),
        Index("ix_handover_queue", "state", "next_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(12), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("receiver.id"), index=True)
    copy: Mapped[int]
    reason: Mapped[str] = mapped_column(String(100), default="")
    actor: Mapped[str] = mapped_column(String(60))
    counter: Mapped[str] = mapped_column(String(8), default="")
    state: Mapped[str] = mapped_column(String(8))
    as_of: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str] = mapped_column(String(64), default="")
    held_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    problem: Mapped[str] = mapped_column(String(120), default="")
