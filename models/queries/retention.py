"""How long an office keeps what is personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.core.db import session
from models.queries.offices import OfficeView, offices
from models.rules.retention import Retention, with_own
from models.tables import OfficePolicy

TOPIC = "retention"


@dataclass(frozen=True)
class Proposed:
    """Numbers that wait for a second administrator, and who proposed them when (UTC)."""

    days: dict[str, int]
    by: str
    at: datetime


def policy_of(office_id: int) -> Retention:
    """The numbers that hold in an office."""
    row = _row(office_id)
    return with_own((row.own or {}).get("days", {}) if row else {})


def policies() -> dict[int, Retention]:
    """The numbers of every office by its row."""
    return {place.id: policy_of(place.id) for place in offices()}


def proposed_of(place: OfficeView) -> Proposed | None:
    """What waits for a second administrator in an office."""
    row = _row(place.id)
    found = (row.own or {}).get("proposed") if row else None
    return Proposed(found["days"], found["by"], datetime.fromisoformat(found["at"])) if found else None


def _row(office_id: int) -> OfficePolicy | None:
    mine = (OfficePolicy.office_id == office_id, OfficePolicy.topic == TOPIC)
    return session().scalar(select(OfficePolicy).where(*mine))
