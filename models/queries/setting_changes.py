"""変更の記録を読む: who changed which setting when, and what it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from models.core.db import session
from models.core.errors import NotFound
from models.tables import SettingChange

DAYS, WEEK, OFFICE, COUNTERS, OFFERED = "days", "week", "office", "counters", "offered"
PROCEDURE, WORDS = "procedure", "words"
HALL, LIMITS, PLACES, REMINDERS, TEXT = "hall", "limits", "places", "reminders", "text"
PRINTERS, RECEIVERS, SEALING = "printers", "receivers", "sealing"
WAY, STAFF, TOKEN, DEVICE, KEYS, CROSSING = "way", "staff", "token", "device", "keys", "crossing"
RETENTION, SLOTS = "retention", "slots"
WITHOUT_BACK = (WAY, STAFF, TOKEN, DEVICE, KEYS, CROSSING, RETENTION)
"""These have no way back: a secret, a person or a second administrator hangs on each. No secret is kept of them."""
TOPICS = (
    *(DAYS, WEEK, SLOTS, OFFICE, COUNTERS, OFFERED, PROCEDURE, WORDS),
    *(HALL, LIMITS, PLACES, REMINDERS, TEXT),
    *(PRINTERS, RECEIVERS, SEALING),
    *WITHOUT_BACK,
)
SHOWN = 20


@dataclass(frozen=True)
class ChangeView:
    """One change of one setting; the shape of `before` and `after` is the topic's."""

    id: int
    topic: str
    of: str
    before: Any
    after: Any
    at: datetime
    by: str


def history(*topics: str, of: str = "", most: int = SHOWN) -> tuple[ChangeView, ...]:
    """The newest changes of these topics first; of one thing where asked."""
    chosen = select(SettingChange).where(SettingChange.topic.in_(topics))
    if of:
        chosen = chosen.where(SettingChange.of == of)
    rows = session().scalars(chosen.order_by(SettingChange.id.desc()).limit(most))
    return tuple(_view(row) for row in rows)


def one(number: int, *topics: str, of: str = "") -> ChangeView:
    """One change; `NotFound` where it is of another topic or thing."""
    row = session().get(SettingChange, number)
    if row is None or row.topic not in topics or (of and row.of != of):
        raise NotFound
    return _view(row)


def in_force(topic: str) -> Mapping[str, Any]:
    """What was set last, by thing: for topics that nothing else keeps."""
    newest = select(func.max(SettingChange.id)).where(SettingChange.topic == topic).group_by(SettingChange.of)
    rows = session().execute(
        select(SettingChange.of, SettingChange.after).where(SettingChange.id.in_(newest))
    )
    return {row.of: row.after for row in rows}


def _view(row: SettingChange) -> ChangeView:
    return ChangeView(row.id, row.topic, row.of, row.before, row.after, row.at, row.by)
