"""職員呼出: who asks for staff right now, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from models.core.db import session
from models.queries.offices import OfficeView
from models.tables import Device, HelpCall

OPEN = (
    select(HelpCall.id, Device.label, HelpCall.device_id, HelpCall.at)
    .outerjoin(Device, Device.id == HelpCall.device_id)
    .where(HelpCall.office_id == bindparam("place"), HelpCall.answered_at.is_(None))
    .order_by(HelpCall.id)
)


@dataclass(frozen=True)
class HelpView:
    """Somebody at a device asked for staff at an instant (UTC); `device` is its place, empty where it has none."""

    id: int
    device: str
    at: datetime


def open_calls(place: OfficeView) -> tuple[HelpView, ...]:
    """The calls that nobody has answered, oldest first."""
    rows = session().execute(OPEN, {"place": place.id})
    return tuple(HelpView(row.id, row.label or str(row.device_id or ""), row.at) for row in rows)
