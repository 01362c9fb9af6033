"""夜の答え: what managers ask every day, answered in the night."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import UTCDateTime


class KeptAnswer(Base):
    """The answer to a question about an office's past days; `asked` are the days and what else the question says.

    It holds while what it `rests` on (a digest: the days' facts, hours, counters, catalogue) is still the same.
    """

    __tablename__ = "kept_answer"
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(16), primary_key=True)
    asked: Mapped[str] = mapped_column(String(100), primary_key=True)
    rests: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
