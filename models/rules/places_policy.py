"""空いた枠の決まり: when a place that was given up opens again, and how it is offered to whoever waits for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n, message

OUT_OF_RANGE = _n("{low}から{high}までの数にしてください。")
UNKNOWN = _n("この項目は決められません。")
BACKWARDS = _n("長いほうの時間は、短いほうより小さくできません。")
RANGES: Mapping[str, tuple[int, int]] = {
    "reopen_from_minutes": (0, 60),
    "reopen_to_minutes": (0, 60),
    "offer_minutes": (15, 480),
    "most_waiting": (1, 10),
    "most_lapses": (1, 5),
    "most_booked": (0, 20),
    "most_cancelled": (0, 10),
    "cancelled_minutes": (10, 1440),
}
"""What each number may be."""
QUIET_FROM, QUIET_TO = time(21), time(8)
"""In these office-local hours nobody is told anything: a deadline counts from their end."""
LEAST = timedelta(minutes=15)
"""An offer that would end sooner is not worth making."""


@dataclass(frozen=True)
class PlacesPolicy:
    """The numbers of one office.

    A place of a full slot that is given up opens again after a random time between `reopen_from_minutes` and
    `reopen_to_minutes` (both 0: at once), so that nobody keeps it by cancelling and booking anew. `waiting_list`:
    people may wait for places on full days. A place is held for whoever is next for `offer_minutes`; one person waits
    for at most `most_waiting` visits, and an entry whose offers lapsed `most_lapses` times has ended.

    One contact holds at most `most_booked` bookings that are still to come (0: as many as it likes), and books nothing
    while it has cancelled `most_cancelled` in the last `cancelled_minutes` (0: it may always). Systems that book
    through the API do so for many people: these two count for them only with `limits_api`.
    """

    reopen_from_minutes: int = 0
    reopen_to_minutes: int = 0
    waiting_list: bool = True
    offer_minutes: int = 60
    most_waiting: int = 2
    most_lapses: int = 2
    most_booked: int = 3
    most_cancelled: int = 3
    cancelled_minutes: int = 60
    limits_api: bool = False

    @property
    def waits(self) -> bool:
        """Whether a freed place stays closed for a while."""
        return self.reopen_to_minutes > 0


SHIPPED = PlacesPolicy()


def with_own(own: Mapping[str, Any]) -> PlacesPolicy:
    """The shipped numbers with an office's own over them; what is unknown there is passed over."""
    known = {field.name for field in fields(PlacesPolicy)}
    return replace(SHIPPED, **{name: value for name, value in own.items() if name in known})


def checked(own: Mapping[str, Any], before: PlacesPolicy = SHIPPED) -> dict[str, Any]:
    """An office's own numbers as they may be kept over those it had `before`; `Invalid` names each that may not."""
    known = {field.name for field in fields(PlacesPolicy)}
    problems = [FieldProblem(name[:40], message(UNKNOWN)) for name in own if name not in known]
    for name, (low, high) in RANGES.items():
        value = own.get(name, low)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            problems.append(FieldProblem(name, message(OUT_OF_RANGE, low=low, high=high)))
    for name in ("waiting_list", "limits_api"):
        if not isinstance(own.get(name, False), bool):
            problems.append(FieldProblem(name, message(UNKNOWN)))
    if not problems:
        whole = replace(before, **own)
        if whole.reopen_to_minutes < whole.reopen_from_minutes:
            problems.append(FieldProblem("reopen_to_minutes", message(BACKWARDS)))
    if problems:
        raise Invalid(problems)
    return dict(own)


def told_from(at: datetime, zone: ZoneInfo) -> datetime:
    """When somebody may be told of an offer that is made at an instant: at once, or when the quiet hours end."""
    local = at.astimezone(zone)
    if QUIET_TO <= local.time() < QUIET_FROM:
        return at
    day = local.date() if local.time() < QUIET_TO else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_TO, zone)


def offered_until(
    at: datetime, starts_at: datetime, policy: PlacesPolicy, zone: ZoneInfo, lead: timedelta
) -> datetime | None:
    """Until when an offer made now for a visit is held, never into the `lead` before it; None: too short."""
    begins = told_from(at, zone)
    ends = min(begins + timedelta(minutes=policy.offer_minutes), starts_at - lead)
    return ends if ends - begins >= LEAST else None
