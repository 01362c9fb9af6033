"""How long an office keeps what is personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.queries.office_policies import decided
from models.queries.offices import OfficeView, offices
from models.rules.retention import Retention, with_own

TOPIC = "retention"


@dataclass(frozen=True)
class Proposed:
    """Numbers that wait for a second administrator, and who proposed them when (UTC)."""

    days: dict[str, int]
    by: str
    at: datetime


def policy_of(office_id: int) -> Retention:
    """The numbers that hold in an office."""
    return with_own(decided(office_id, TOPIC).own.get("days", {}))


def policies() -> dict[int, Retention]:
    """The numbers of every office by its row."""
    return {place.id: policy_of(place.id) for place in offices()}


def proposed_of(place: OfficeView) -> Proposed | None:
    """What waits for a second administrator in an office."""
    found = decided(place.id, TOPIC).own.get("proposed")
    return Proposed(found["days"], found["by"], datetime.fromisoformat(found["at"])) if found else None
