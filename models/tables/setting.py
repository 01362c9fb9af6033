"""設定の変更: what a city set on its administrators' pages, as it was before and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.core.db import Base
from models.core.types import Document, UTCDateTime


class SettingChange(Base):
    """One change of one setting; rows are only added, and going back is one more of them.

    `of` names the thing within the topic: an office, a procedure, a place for words. Where nothing else keeps the
    setting, the newest row's `after` is in force.
    """

    __tablename__ = "setting_change"
    __table_args__ = (Index("ix_setting_change_of", "topic", "of", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(12))
    of: Mapped[str] = mapped_column(String(32))
    before: Mapped[Any] = mapped_column(Document)
    after: Mapped[Any] = mapped_column(Document)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(60))
