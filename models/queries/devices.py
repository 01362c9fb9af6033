"""機器: the kiosks and boards of a city as its administrator and the guard see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.tokens import fingerprint, is_token
from models.queries.offices import OfficeView, office_by_id
from models.rules.device_signature import word
from models.tables import AuditEntry, Device

ALARM = "device.alarm"
"""The audit's word for a request that carried a device's cookie without its key, or an old request again."""
ALARM_SHOWN = timedelta(days=7)


@dataclass(frozen=True)
class Enrolled:
    """A browser that holds a device's cookie, in whatever state the device is."""

    number: int
    kind: str
    office_id: int
    state: str
    public_key: bytes


@dataclass(frozen=True)
class DeviceView:
    """A kiosk or board; `word` is empty for one that works with a token. `alarm_at` is its latest alarm, if recent."""

    id: int
    kind: str
    office: OfficeView
    label: str
    state: str
    word: str
    created_at: datetime
    seen_at: datetime | None
    approved_by: str | None
    alarm_at: datetime | None


def by_cookie(token: str) -> Enrolled | None:
    """The device whose browser carries this cookie; None for every other text, and for tokens of systems."""
    if not is_token(token):
        return None
    row = session().scalar(
        select(Device).where(Device.token_hash == fingerprint(token), Device.public_key.is_not(None))
    )
    if row is None or row.public_key is None:
        return None
    return Enrolled(row.id, row.kind, row.office_id, row.state, row.public_key)


def everything() -> tuple[DeviceView, ...]:
    """Every device: who waits for approval first, then those that are open, then the others, newest first."""
    alarms = _alarms()
    order = {"pending": 0, "open": 1, "revoked": 2}
    rows = session().scalars(select(Device).order_by(Device.id.desc())).all()
    return tuple(_view(row, alarms) for row in sorted(rows, key=lambda row: order[row.state]))


def _alarms() -> dict[str, datetime]:
    """The latest recent alarm of each device."""
    rows = session().execute(
        select(AuditEntry.subject, func.max(AuditEntry.at))
        .where(AuditEntry.action == ALARM, AuditEntry.at > now() - ALARM_SHOWN)
        .group_by(AuditEntry.subject)
    )
    return {row[0]: row[1] for row in rows}


def _view(row: Device, alarms: dict[str, datetime]) -> DeviceView:
    return DeviceView(
        row.id, row.kind, office_by_id(row.office_id), row.label, row.state,
        word(row.public_key) if row.public_key else "", row.created_at, row.seen_at, row.approved_by,
        alarms.get(str(row.id)),
    )  # fmt: skip
