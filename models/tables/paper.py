"""印刷: each sheet that left the house, by its print id."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import UTCDateTime

STATES = ("asked", "released", "failed", "confirmed", "unclear")
LEFT_THE_HOUSE = ("released", "confirmed", "unclear")
"""A paper may exist: whatever is printed after it is a 再発行. Of an unclear one nobody knows whether it came out."""


class PrintJob(Base):
    """One asked-for print; `copy` 1 is the original, later ones are 再発行 and carry a reason."""

    __tablename__ = "print_job"
    __table_args__ = (
        UniqueConstraint("application_id", "copy"),
        CheckConstraint(f"state IN {STATES}", name="state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    print_id: Mapped[str] = mapped_column(String(16), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    copy: Mapped[int]
    reason: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str] = mapped_column(String(12), default="asked")
    asked_by: Mapped[str] = mapped_column(String(60))
    counter: Mapped[str] = mapped_column(String(8), default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
