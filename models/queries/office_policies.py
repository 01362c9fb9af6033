"""庁舎の決まり: what an office decided on a topic over the shipped numbers, and who decided it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.core.db import session
from models.tables import OfficePolicy


@dataclass(frozen=True)
class Decided:
    """An office's own values, and who wrote them when (UTC); nobody where it decided nothing."""

    own: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    at: datetime | None = None


def decided(office_id: int, topic: str) -> Decided:
    """What an office decided on a topic."""
    mine = (OfficePolicy.office_id == office_id, OfficePolicy.topic == topic)
    row = session().scalar(select(OfficePolicy).where(*mine))
    return Decided(dict(row.own or {}), row.changed_by, row.changed_at) if row else Decided()
