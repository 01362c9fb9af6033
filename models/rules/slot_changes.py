"""枠の変更: what a change of hours, a closed day or another capacity does to published slots, and who must agree.

Bookings that stand on a slot stay on it (R5): a slot never loses a place that is taken, and gives out no new one
above its new capacity. A wrong week or a capacity with a zero too many needs a second person (O9).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.rules import exceptional_days, free_text, week_hours
from models.rules.exceptional_days import Special
from models.rules.opening import ExceptionalHours, Span, Weekdays

CLOSE, HOURS, CAPACITY, TIMES = "close", "hours", "capacity", "times"
DAYS, WEEK = "days", "week"
KINDS = (CLOSE, HOURS, CAPACITY, TIMES, DAYS, WEEK)
MANY_SLOTS = 400
"""More slots than this and a second person looks: about three busy days of one office."""
FAR_DAYS = 180
FAR_ABOVE = 3.0
SMALL = 5
"""So many times the usual capacity looks like a slip of the hand, unless it is small anyway."""
LONGEST_DAYS = 366
MOST_PLACES = 1000
LONGEST_REASON = 100
MANY, PAST, FAR, HIGH, LASTING = "many", "past", "far", "high", "lasting"
"""Why a second person is needed: many slots, days that are over, days far ahead, a capacity far above the usual, or
times that go on for all days that are published later."""
STEP = 5
BAD_KIND = _n("変更の種類を選んでください。")
BAD_DAYS = _n("日は始まりの日から{most}日以内で、終わりの日を始まりの日より後にしてください。")
BAD_HOURS = _n("開く時刻を、閉じる時刻より前にしてください。")
BAD_WEEK = _n("曜日ごとの時間を読めません。開庁時間の画面から、もう一度開いてください。")
BAD_CAPACITY = _n("定員は0から{most}までの数にしてください。")
BAD_TIMES = _n("予約の時刻は5分きざみで、1つの時刻に1から{most}人までにしてください。")
NO_REASON = _n("理由を{most}文字までで書いてください。住民の画面にも出ます。")


@dataclass(frozen=True)
class Change:
    """What is wanted for a span of days: `close`, `hours` (opens, closes), `capacity` (queue, places), `times`,
    `days` (dates with their own hours or, None, their weekday's again) or `week` (weekly hours from `first` on).

    Times (queue) are places by weekday (0 = Monday) and minute after midnight; without any, the slots follow again
    from hours and counters. `lasting` ones count for all days that are published later.
    """

    kind: str
    first: date
    last: date
    reason: str = ""
    opens: time | None = None
    closes: time | None = None
    queue: str = ""
    capacity: int | None = None
    times: tuple[tuple[int, int, int], ...] = ()
    lasting: bool = False
    special: Special = ()
    week: Weekdays = ()

    @property
    def exceptional(self) -> dict[date, ExceptionalHours | None]:
        """The dates that get their own hours, or None for their weekday's again; none where only slots change."""
        if self.kind not in (CLOSE, HOURS):
            return dict(self.special)
        span = Span(self.opens, self.closes) if self.kind == HOURS and self.opens and self.closes else None
        return {day: ExceptionalHours(day, span, self.reason) for day in self.days}

    def times_on(self, weekday: int) -> dict[int, int]:
        """Places by minute on a weekday."""
        return {minute: places for of, minute, places in self.times if of == weekday}

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The weekdays whose times are given; every one where the times are taken away."""
        return tuple(sorted({weekday for weekday, _, _ in self.times})) or tuple(range(7))

    @property
    def days(self) -> Iterator[date]:
        """Each day of the span."""
        return (self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1))

    def as_data(self) -> dict[str, Any]:
        """For keeping; `from_data` reads it again."""
        data = asdict(self)
        times, lasting = data.pop("times"), data.pop("lasting")
        del data["special"], data["week"]
        more = {
            TIMES: {"times": [list(one) for one in times], "lasting": lasting},
            DAYS: {"special": exceptional_days.as_data(self.special)},
            WEEK: {"week": week_hours.written(self.week)},
        }
        plain = {
            name: value if value is None or isinstance(value, str | int) else value.isoformat()
            for name, value in data.items()
        }
        return plain | more.get(self.kind, {})

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Change:
        """What was kept."""
        day, clock = date.fromisoformat, time.fromisoformat
        return cls(
            data["kind"], day(data["first"]), day(data["last"]), data["reason"],
            clock(data["opens"]) if data["opens"] else None,
            clock(data["closes"]) if data["closes"] else None,
            data["queue"], data["capacity"],
            tuple((weekday, minute, places) for weekday, minute, places in data.get("times", ())),
            data.get("lasting", False), exceptional_days.from_data(data.get("special", {})),
            week_hours.read(data.get("week", "")) or (),
        )  # fmt: skip


@dataclass(frozen=True)
class Published:
    """A slot as it stands; `taken` places of it are booked, offered or freed."""

    queue: str
    day: date
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int = 0
    whole: bool = False


@dataclass(frozen=True)
class Effect:
    """What becomes of one slot; `before` is None where there was none, `after` is its capacity for new bookings."""

    queue: str
    day: date
    starts_at: datetime
    ends_at: datetime
    before: int | None
    after: int
    taken: int = 0
    whole: bool = False

    @property
    def kind(self) -> str:
        """`appears`, `vanishes`, `grows` or `shrinks`."""
        if not self.before:
            return "appears"
        if not self.after:
            return "vanishes"
        return "grows" if self.after > self.before else "shrinks"

    @property
    def above(self) -> int:
        """How many taken places stand above the new capacity: those must be asked to come at another time."""
        return max(0, self.taken - self.after)


def checked(change: Change, queues: Iterable[str]) -> Change:
    """The same change; `Invalid` names every field that may not be."""
    within = change.first.year >= 2000 and change.last.year <= 2100
    most = {"most": LONGEST_DAYS}
    right = (
        ("kind", change.kind in KINDS, BAD_KIND, {}),
        ("last", within and 0 <= (change.last - change.first).days < LONGEST_DAYS, BAD_DAYS, most),
        *_right(change, set(queues)).get(change.kind, ()),
    )
    problems = [
        FieldProblem(name, message(said, **values)) for name, holds, said, values in right if not holds
    ]
    if (refused := _reason_refused(change)) is not None:
        problems.append(FieldProblem("reason", refused))
    if problems:
        raise Invalid(problems)
    return change


def _right(
    change: Change, queues: Collection[str]
) -> dict[str, tuple[tuple[str, bool, str, dict[str, int]], ...]]:
    """What each kind of change needs besides: the field, whether it holds, what is said where it does not."""
    known = change.queue in queues
    ordered = bool(change.opens and change.closes and change.opens < change.closes)
    most = {"most": MOST_PLACES}
    return {
        HOURS: (("opens", ordered, BAD_HOURS, {}),),
        CAPACITY: (("capacity", known and _capacity_holds(change), BAD_CAPACITY, most),),
        TIMES: (("times", known and _times_hold(change), BAD_TIMES, most),),
        DAYS: (("first", bool(change.special), BAD_DAYS, {"most": LONGEST_DAYS}),),
        WEEK: (("week", week_hours.holds(change.week), BAD_WEEK, {}),),
    }


def _reason_refused(change: Change) -> Message | None:
    refused = free_text.refusal(change.reason)
    if refused is None and change.kind in (CLOSE, HOURS):
        said = 0 < len(change.reason.strip()) <= LONGEST_REASON
        return None if said else message(NO_REASON, most=LONGEST_REASON)
    return refused


def _capacity_holds(change: Change) -> bool:
    return change.capacity is not None and 0 <= change.capacity <= MOST_PLACES


def _times_hold(change: Change) -> bool:
    keys = {(weekday, minute) for weekday, minute, _ in change.times}
    return len(keys) == len(change.times) and all(
        0 <= weekday <= 6 and 0 <= minute < 24 * 60 and minute % STEP == 0 and 0 < places <= MOST_PLACES
        for weekday, minute, places in change.times
    )


def effects(present: Sequence[Published], wanted: Sequence[Published]) -> tuple[Effect, ...]:
    """What changes between the slots that stand and those that are wanted, in time order; what stays is left out.

    Where the new slots lie across old ones that are booked, those bookings count against the new places.
    """
    there = {(slot.queue, slot.starts_at): slot for slot in present}
    aims = {(slot.queue, slot.starts_at): slot for slot in wanted}
    going = [slot for key, slot in there.items() if key not in aims and slot.taken]
    left = [
        replace(slot, capacity=max(0, slot.capacity - sum(one.taken for one in going if _across(one, slot))))
        for slot in aims.values()
    ]
    return difference(present, left)


def difference(present: Sequence[Published], wanted: Sequence[Published]) -> tuple[Effect, ...]:
    """What changes between the slots that stand and those that shall stand, in time order."""
    there = {(slot.queue, slot.starts_at): slot for slot in present}
    aims = {(slot.queue, slot.starts_at): slot for slot in wanted}
    found = [_effect(slot, 0) for key, slot in there.items() if key not in aims]
    for key, slot in aims.items():
        old = there.get(key)
        if old is not None:
            found.append(_effect(old, slot.capacity))
        elif slot.capacity:
            found.append(
                Effect(
                    slot.queue, slot.day, slot.starts_at, slot.ends_at, None, slot.capacity, whole=slot.whole
                )
            )
    changed = (one for one in found if (one.before or 0) != one.after)
    return tuple(sorted(changed, key=lambda one: (one.starts_at, one.queue, one.ends_at)))


def _effect(old: Published, after: int) -> Effect:
    return Effect(old.queue, old.day, old.starts_at, old.ends_at, old.capacity, after, old.taken)


def _across(one: Published, other: Published) -> bool:
    same = one.queue == other.queue
    return same and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def with_times(present: Sequence[Published], planned: Sequence[Published]) -> tuple[Published, ...]:
    """The slots of a queue as a change of times wants them: whoever has booked keeps the place where it is.

    A booked place stands beside the new times and is taken from the nearest of them, except where no new slot lies
    across the old one: that time is closed. Days that were closed (no places at all) stay closed.
    """
    closed = {one.day for one in present} - {one.day for one in present if one.capacity}
    found = {one.starts_at: one for one in planned if one.day not in closed}
    new = list(found.values())
    for old in present:
        stays = min(old.taken, old.capacity)
        if not stays or not any(_across(old, one) for one in new):
            continue
        aim = found.get(old.starts_at)
        missing = stays - (aim.capacity if aim else 0)
        if missing > 0:
            _take_nearest(found, old, missing, {one.starts_at: one.taken for one in present})
            found[old.starts_at] = replace(aim or old, capacity=stays, taken=0)
    return tuple(found.values())


def _take_nearest(
    found: dict[datetime, Published], old: Published, places: int, taken: Mapping[datetime, int]
) -> None:
    """Take places from the slots of the day that begin nearest, never one that is booked itself."""
    others = [one for one in found.values() if one.day == old.day and one.starts_at != old.starts_at]
    for one in sorted(others, key=lambda one: (abs(one.starts_at - old.starts_at), one.starts_at)):
        free = min(places, max(0, one.capacity - taken.get(one.starts_at, 0)))
        found[one.starts_at] = replace(one, capacity=one.capacity - free)
        places -= free
        if not places:
            return


def with_capacity(present: Sequence[Published], change: Change) -> tuple[Published, ...]:
    """The slots as a change of capacity wants them: closed ones (no places) stay closed."""
    return tuple(
        Published(one.queue, one.day, one.starts_at, one.ends_at, change.capacity or 0)
        for one in present
        if one.capacity > 0
    )


def _most_places(change: Change) -> int:
    if change.kind == TIMES:
        return max((places for _, _, places in change.times), default=0)
    return (change.capacity or 0) if change.kind == CAPACITY else 0


def reasons(change: Change, found: Sequence[Effect], today: date, usual: int) -> tuple[str, ...]:
    """Why a second person must agree; empty where one is enough. `usual` is the queue's usual capacity a slot."""
    why = {
        MANY: len(found) > MANY_SLOTS,
        PAST: change.first < today,
        FAR: (change.first if change.kind == WEEK else change.last) > today + timedelta(days=FAR_DAYS),
        HIGH: _most_places(change) > max(usual * FAR_ABOVE, SMALL),
        LASTING: change.kind == TIMES and change.lasting,
    }
    return tuple(name for name, true in why.items() if true)


def digest(change: Change, found: Sequence[Effect]) -> str:
    """A short text that differs where the change or the slots that it meets differ.

    Places that are booked meanwhile are no difference: a change must be possible during a stampede, and every
    booking is kept and listed whenever it came.
    """
    slots = [
        (one.queue, one.starts_at.isoformat(), one.ends_at.isoformat(), one.before, one.after)
        for one in found
    ]
    text = json.dumps([change.as_data(), slots], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
