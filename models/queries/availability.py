"""空き: which times can take a whole visit. The cost depends on the slots asked for, never on past bookings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from sqlalchemy import case, func, select

from models.catalogue.definitions import Catalogue, Procedure
from models.core.db import session
from models.core.errors import invalid
from models.core.messages import _n
from models.queries.offices import OfficeView, offered_of, week_of
from models.rules import mynumber
from models.rules.opening import Week
from models.rules.slots import slots_needed
from models.rules.visits import main_queue, visit_minutes
from models.tables import Slot

LEAD = timedelta(minutes=30)
"""A booking is made at least this long before it begins."""
LONGEST_SPAN_DAYS = 62
AROUND = (1, 4, 28)
"""Days before and after a full time in which others are looked for, until there are enough."""
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


class FreeTime(NamedTuple):
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
    wanted = tuple(dict.fromkeys(codes))
    offered = offered_of(place, wanted)
    chosen: list[Procedure] = []
    for code in wanted:
        if code not in offered or code not in catalogue.procedures:
            raise invalid("procedures", UNKNOWN_PROCEDURE, code=mynumber.masked(code)[:20], office=place.name)
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
    return tuple(_runs(_free(place, need, first, last, now), need))


def free_days(place: OfficeView, queues: Collection[str], now: datetime) -> frozenset[date]:
    """The days on which one of these queues has any place left."""
    mine = (Slot.office_id == place.id, Slot.queue.in_(queues), Slot.day >= place.day_of(now))
    free = (Slot.taken < Slot.capacity, Slot.starts_at >= now + LEAD)
    return frozenset(session().scalars(select(Slot.day).where(*mine, *free).distinct()))


@dataclass(frozen=True)
class Ahead:
    """A span of days as a visit finds them, read once: the office's hours, and each day's places and those left."""

    place: OfficeView
    need: Need
    now: datetime
    week: Week
    totals: Mapping[date, tuple[int, int]]

    def open_days(self) -> tuple[tuple[date, int], ...]:
        """The dates on which the queue is open, each with its single places left, without looking at slots."""
        return tuple((day, left) for day, (_, left) in sorted(self.totals.items()) if self.week.on(day))

    def calendar(self, first: date, last: date) -> tuple[Day, ...]:
        """Every date between two of the span with how full it is for this visit."""
        fitting = {day for day, (_, left) in self.totals.items() if left and first <= day <= last}
        if self.need.slots > 1 and fitting:
            slots = _free(self.place, self.need, min(fitting), max(fitting), self.now)
            fitting = {self.place.day_of(free.starts_at) for free in _runs(slots, self.need)}
        dates = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return tuple(self._day(day, day in fitting) for day in dates)

    def _day(self, day: date, fits: bool) -> Day:
        spans = self.week.on(day)
        if not spans or day not in self.totals:
            return Day(day, "closed", 0.0, self.week.why_closed(day))
        capacity, left = self.totals[day]
        state: DayState = "full" if not fits else "few" if left <= capacity * FEW else "free"
        return Day(day, state, 1 - left / capacity, "", spans[-1].closes.hour >= 18)


def ahead(place: OfficeView, need: Need, first: date, last: date, now: datetime) -> Ahead:
    """The days of a span for this visit, as they are now."""
    return Ahead(place, need, now, week_of(place), _totals(place, need, first, last, now + LEAD))


def calendar(place: OfficeView, need: Need, first: date, last: date, now: datetime) -> tuple[Day, ...]:
    """Every date of a span with how full it is for this visit."""
    return ahead(place, need, first, last, now).calendar(first, last)


def nearest(
    place: OfficeView, need: Need, wanted: datetime, now: datetime, count: int = 3
) -> tuple[FreeTime, ...]:
    """The free beginnings closest to a wanted instant, closest first."""
    middle, today = place.day_of(wanted), place.day_of(now)
    found: tuple[FreeTime, ...] = ()
    for days in AROUND:
        first = max(today, middle - timedelta(days=days))
        found = free_times(place, need, first, max(first, middle + timedelta(days=days)), now)
        if len(found) >= count:
            break
    return tuple(sorted(found, key=lambda free: (abs(free.starts_at - wanted), free.starts_at))[:count])


class _Free(NamedTuple):
    """A single slot with places left."""

    starts_at: datetime
    ends_at: datetime
    remaining: int
    whole: bool


def ends_at(need: Need, starts_at: datetime) -> datetime:
    """When a visit that begins then is over by its slots."""
    return starts_at + timedelta(minutes=need.slots * need.slot_minutes)


def _free(place: OfficeView, need: Need, first: date, last: date, now: datetime) -> list[_Free]:
    """The single slots that still have a place and begin late enough, in time order."""
    chosen = (
        select(Slot.starts_at, Slot.ends_at, Slot.capacity - Slot.taken, Slot.whole)
        .where(Slot.office_id == place.id, Slot.queue == need.queue, Slot.day.between(first, last))
        .where(Slot.taken < Slot.capacity, Slot.starts_at >= now + LEAD)
        .order_by(Slot.starts_at)
    )
    return [_Free(*row) for row in session().execute(chosen)]


def _runs(slots: Sequence[_Free], need: Need) -> Iterable[FreeTime]:
    """Each slot that begins a run of `need.slots` adjoining ones, or takes a whole visit; a full slot is a gap."""
    if need.slots == 1:
        return [FreeTime(*slot[:3]) for slot in slots]
    found = [
        FreeTime(slot.starts_at, ends_at(need, slot.starts_at), slot.remaining)
        for slot in slots
        if slot.whole
    ]
    single = [slot for slot in slots if not slot.whole]
    runs = (single[index : index + need.slots] for index in range(len(single) - need.slots + 1))
    found += [
        FreeTime(run[0].starts_at, run[-1].ends_at, min(slot.remaining for slot in run))
        for run in runs
        if all(one.ends_at == other.starts_at for one, other in pairwise(run))
    ]
    return sorted(found)


def _totals(
    place: OfficeView, need: Need, first: date, last: date, earliest: datetime
) -> dict[date, tuple[int, int]]:
    """For each day that is not over its places, and those that are left from `earliest` on."""
    free = (Slot.starts_at >= earliest) & (Slot.taken < Slot.capacity)
    left = case((free, Slot.capacity - Slot.taken), else_=0)
    chosen = (
        select(Slot.day, func.sum(Slot.capacity), func.sum(left))
        .where(Slot.office_id == place.id, Slot.queue == need.queue, Slot.day.between(first, last))
        .where(Slot.capacity > 0)
        .group_by(Slot.day)
        .having(func.max(Slot.starts_at) >= earliest)
    )
    return {day: (capacity, remaining) for day, capacity, remaining in session().execute(chosen)}


def horizon(place: OfficeView, now: datetime) -> tuple[date, date]:
    """The first and last office-local day that can be booked now."""
    today = place.day_of(now)
    last = session().scalar(select(func.max(Slot.day)).where(Slot.office_id == place.id))
    return today, min(last or today, today + timedelta(days=place.booking_days_ahead))
