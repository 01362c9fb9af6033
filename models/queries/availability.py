"""空き: which times can take a whole visit. The cost depends on the slots asked for, never on past bookings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import Row, func, select

from models.catalogue.definitions import Catalogue, Procedure
from models.core.db import session
from models.core.errors import invalid
from models.core.messages import _n
from models.queries.offices import OfficeView, procedures_of, week_of
from models.rules.slots import slots_needed
from models.rules.visits import main_queue, visit_minutes
from models.tables import Slot

LEAD = timedelta(minutes=30)
"""A booking is made at least this long before it begins."""
LONGEST_SPAN_DAYS = 62
DayState = Literal["free", "few", "full", "closed"]
FEW = 0.2
"""A day with no more than this share of its places left says 残りわずか."""


@dataclass(frozen=True)
class Need:
    """What a visit takes: its main queue, its minutes at the counter and its consecutive slots."""

    procedures: tuple[str, ...]
    queue: str
    minutes: int
    slots: int
    slot_minutes: int
    cards: int = 0


@dataclass(frozen=True)
class FreeTime:
    """A beginning that can take the whole visit; instants are UTC."""

    starts_at: datetime
    ends_at: datetime
    remaining: int


@dataclass(frozen=True)
class Day:
    """One date of the calendar: its state, how full it is (0-1) and why it is closed."""

    day: date
    state: DayState
    fullness: float
    reason: str = ""
    late: bool = False


def need_of(catalogue: Catalogue, place: OfficeView, codes: Sequence[str], cards: int = 0) -> Need:
    """What these procedures take together at this office; `Invalid` names the ones it does not offer."""
    offered = set(procedures_of(place))
    chosen: list[Procedure] = []
    for code in dict.fromkeys(codes):
        if code not in offered or code not in catalogue.procedures:
            raise invalid("procedures", UNKNOWN_PROCEDURE, code=code[:20], office=place.name)
        chosen.append(catalogue.procedures[code])
    if not chosen:
        raise invalid("procedures", NO_PROCEDURE)
    minutes = visit_minutes(chosen, cards, merge=catalogue.visit)
    queue = catalogue.queues[main_queue(chosen)]
    slots = slots_needed(minutes, queue.slot_minutes)
    return Need(tuple(item.code for item in chosen), queue.code, minutes, slots, queue.slot_minutes, cards)


UNKNOWN_PROCEDURE = _n("{office}では手続き「{code}」を受け付けていません。手続きの一覧から選んでください。")
NO_PROCEDURE = _n("手続きを1つ以上選んでください。")
BAD_SPAN = _n("期間は始まりの日から62日以内で指定してください。")


def free_times(place: OfficeView, need: Need, first: date, last: date, now: datetime) -> tuple[FreeTime, ...]:
    """Every beginning between two office-local days that can take the whole visit, soonest first."""
    if last < first or (last - first).days >= LONGEST_SPAN_DAYS:
        raise invalid("to", BAD_SPAN)
    return tuple(_runs(_slots(place, need, first, last), need, now + LEAD))


def calendar(place: OfficeView, need: Need, first: date, last: date, now: datetime) -> tuple[Day, ...]:
    """Every date of a span with how full it is for this visit."""
    week = week_of(place)
    rows = _slots(place, need, first, last)
    places: dict[date, list[Row[date, datetime, datetime, int, int]]] = {}
    for row in rows:
        places.setdefault(row.day, []).append(row)
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        spans = week.on(day)
        found = places.get(day, [])
        if not spans or not found:
            days.append(Day(day, "closed", 0.0, week.why_closed(day)))
            continue
        capacity = sum(row.capacity for row in found)
        left = sum(row.capacity - row.taken for row in found if row.starts_at >= now + LEAD)
        fits = next(iter(_runs(found, need, now + LEAD)), None)
        state: DayState = "full" if fits is None else "few" if left <= capacity * FEW else "free"
        days.append(Day(day, state, 1 - left / capacity, "", spans[-1].closes.hour >= 18))
    return tuple(days)


def nearest(
    place: OfficeView, need: Need, wanted: datetime, now: datetime, count: int = 3
) -> tuple[FreeTime, ...]:
    """The free beginnings closest to a wanted instant, closest first."""
    middle = place.day_of(wanted)
    first = max(place.day_of(now), middle - timedelta(days=14))
    found = free_times(place, need, first, max(first, middle + timedelta(days=28)), now)
    return tuple(sorted(found, key=lambda free: (abs(free.starts_at - wanted), free.starts_at))[:count])


def _slots(
    place: OfficeView, need: Need, first: date, last: date
) -> Sequence[Row[date, datetime, datetime, int, int]]:
    chosen = (
        select(Slot.day, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.taken)
        .where(Slot.office_id == place.id, Slot.queue == need.queue, Slot.day.between(first, last))
        .order_by(Slot.starts_at)
    )
    return session().execute(chosen).all()


def _runs(
    rows: Sequence[Row[date, datetime, datetime, int, int]], need: Need, earliest: datetime
) -> Iterable[FreeTime]:
    """Each slot that begins a run of `need.slots` adjoining slots with a place left in every one."""
    for index in range(len(rows) - need.slots + 1):
        run = rows[index : index + need.slots]
        if run[0].starts_at < earliest:
            continue
        remaining = min(row.capacity - row.taken for row in run)
        adjoining = all(one.ends_at == other.starts_at for one, other in zip(run, run[1:], strict=False))
        if remaining > 0 and adjoining:
            yield FreeTime(run[0].starts_at, run[-1].ends_at, remaining)


def horizon(place: OfficeView, now: datetime) -> tuple[date, date]:
    """The first and last office-local day that can be booked now."""
    today = place.day_of(now)
    last = session().scalar(select(func.max(Slot.day)).where(Slot.office_id == place.id))
    return today, min(last or today, today + timedelta(days=place.booking_days_ahead))
