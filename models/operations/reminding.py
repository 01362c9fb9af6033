"""リマインド: whoever has a visit before them is reminded, at the office's times, once for each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session as reading
from models.core.transaction import act
from models.operations import audit, office_policies, setting_changes
from models.operations.messages import Notice
from models.operations.subscriptions import tell_holders
from models.queries.message_policy import TOPIC, message_policy
from models.queries.offices import OfficeView, offices
from models.queries.setting_changes import REMINDERS
from models.rules.message_policy import Reminder, checked, reminders, with_own
from models.tables import Booking, Message, Subscription

AT_ONCE = 100


@act
def set_policy(
    session: Session, place: OfficeView, own: Mapping[str, Any], actor: str, seen: str | None = None
) -> None:
    """The office's own times from now on; `Invalid` names each that cannot be, `OtherState`: not as `seen`."""
    row = office_policies.held(session, place, TOPIC, actor)
    before = asdict(with_own(row.own))
    setting_changes.judge(before, seen)
    kept = checked(own)
    row.own = {**row.own, **kept}
    setting_changes.keep(session, REMINDERS, place.code, before, {**before, **kept}, actor)
    audit.note(session, actor, "messages.policy", place.code, ", ".join(sorted(kept))[:200])


def remind() -> int:
    """Write every reminder that is due and not written yet; how many. Doing it again writes nothing.

    One whose time was missed is written all the same, and dropped with a record where the visit is too near.
    """
    count = 0
    for place in offices():
        found = _due(place)
        for first in range(0, len(found), AT_ONCE):
            count += _write(place, found[first : first + AT_ONCE])
    return count


def _due(place: OfficeView) -> list[tuple[int, Reminder]]:
    """Booking and reminder, for what is due and was not written."""
    at, policy = now(), message_policy(place)
    today = place.day_of(at)
    asked = select(Subscription.id).where(
        Subscription.booking_id == Booking.id, Subscription.ended_at.is_(None)
    )
    chosen = select(Booking).where(
        Booking.office_id == place.id,
        Booking.day.in_((today, today + timedelta(days=1))),
        Booking.state == "booked",
        Booking.starts_at > at,
        asked.exists(),
    )
    rows = reading().scalars(chosen).all()
    written, settled = _told([row.id for row in rows])
    return [
        (row.id, one)
        for row in rows
        for one in reminders(policy, row.starts_at, place.zone)
        if max(row.created_at, settled.get(row.id, row.created_at)) < one.after <= at
        and _occasion(row, one) not in written
    ]


def _told(bookings: Sequence[int]) -> tuple[set[str], dict[int, datetime]]:
    """The occasions of the reminders that these bookings have, and when those that were moved last were."""
    mine = Message.booking_id.in_(bookings)
    found = reading().scalars(select(Message.occasion).where(mine, Message.kind == "reminder"))
    moved = select(Message.booking_id, func.max(Message.created_at)).where(mine, Message.kind == "moved")
    times = reading().execute(moved.group_by(Message.booking_id))
    return {"/".join(one.split("/")[:4]) for one in found}, {
        row[0]: row[1] for row in times if row[0] is not None
    }


@act
def _write(session: Session, place: OfficeView, found: Sequence[tuple[int, Reminder]]) -> int:
    count = 0
    for number, one in found:
        row = session.scalar(select(Booking).where(Booking.id == number).with_for_update())
        if (
            row is None
            or row.state != "booked"
            or one not in reminders(message_policy(place), row.starts_at, place.zone)
        ):
            continue
        values = {"at": row.starts_at.isoformat(), "ends": row.ends_at.isoformat(), "number": row.reference}
        notice = Notice(
            "reminder", _occasion(row, one), place, row.language, values, booking_id=row.id,
            too_late_at=one.too_late_at,
        )  # fmt: skip
        count += tell_holders(session, notice)
    return count


def _occasion(row: Booking, one: Reminder) -> str:
    return f"reminder/{row.reference}/{one.which}/{row.starts_at:%Y%m%dT%H%M}"
