"""リマインドの決まり: when an office reminds of a visit, and until when a late reminder is still worth sending."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n, message

TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
NOT_A_TIME = _n("18:00のような時刻にするか、空にしてください。")
UNKNOWN = _n("この項目は決められません。")
AN_HOUR = timedelta(hours=1)
ON_TIME = timedelta(minutes=10)
"""What is sent within so long after its time is not late, however near the visit is."""


@dataclass(frozen=True)
class MessagePolicy:
    """When an office reminds, in its own time (`HH:MM`): the day before, and on the day; empty for not at all."""

    day_before_at: str = "18:00"
    morning_at: str = "07:30"


@dataclass(frozen=True)
class Reminder:
    """One reminder of one visit: from when on, and from when on it is not worth sending."""

    which: str
    after: datetime
    too_late_at: datetime


SHIPPED = MessagePolicy()


def with_own(own: Mapping[str, Any]) -> MessagePolicy:
    """The shipped times with an office's own over them; what is unknown there is passed over."""
    known = {field.name for field in fields(MessagePolicy)}
    return replace(SHIPPED, **{name: value for name, value in own.items() if name in known})


def checked(own: Mapping[str, Any]) -> dict[str, Any]:
    """An office's own times as they may be kept; `Invalid` names each that may not."""
    known = {field.name for field in fields(MessagePolicy)}
    problems = [FieldProblem(name[:40], message(UNKNOWN)) for name in own if name not in known]
    for name, value in own.items():
        if name in known and not (isinstance(value, str) and (value == "" or TIME.fullmatch(value))):
            problems.append(FieldProblem(name, message(NOT_A_TIME)))
    if problems:
        raise Invalid(problems)
    return dict(own)


def reminders(policy: MessagePolicy, starts_at: datetime, zone: ZoneInfo) -> tuple[Reminder, ...]:
    """The reminders of a visit, in order. One that comes late is sent up to an hour before it, the first one only
    until it is time for the second."""
    day = starts_at.astimezone(zone).date()
    last = starts_at - AN_HOUR
    found = []
    for which, text, on in (
        ("before", policy.day_before_at, day - timedelta(days=1)),
        ("morning", policy.morning_at, day),
    ):
        if text:
            at = datetime.combine(on, time.fromisoformat(text), zone)
            if at < starts_at:
                found.append(Reminder(which, at, min(starts_at, max(last, at + ON_TIME))))
    if len(found) == 2:
        found[0] = replace(found[0], too_late_at=min(found[0].too_late_at, found[1].after))
    return tuple(found)
