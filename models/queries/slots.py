"""予約枠のいま: the slots that stand, those that hours and counters would make, and bookings without a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from models.core.db import session
from models.queries import catalogue, hours_changes
from models.queries.offices import OfficeView, counters_for, counters_of, office_by_id, procedures_of, week_of
from models.rules import slot_changes
from models.rules.opening import Span
from models.rules.slot_changes import CAPACITY, DAYS, HOURS, TIMES, WEEK, Change, Effect, Published
from models.rules.slots import slots_at, slots_of_day
from models.tables import Booking, BookingSlot, Slot, SlotPattern, SlotProposal


class Planner:
    """Which slots an office's counters make of opening hours, by the catalogue that is in force now."""

    def __init__(self, place: OfficeView) -> None:
        """Read what the office offers and who serves it."""
        chosen, counters = catalogue.current(), counters_of(place)
        offered = {
            chosen.procedures[code].queue for code in procedures_of(place) if code in chosen.procedures
        }
        self._place, self._patterns = place, patterns_of(place)
        self.queues: Mapping[str, tuple[int, int]] = {
            code: (chosen.queues[code].slot_minutes, counters_for(counters, code)) for code in sorted(offered)
        }

    def on(self, day: date, spans: Sequence[Span]) -> Iterator[Published]:
        """The slots of a day with these hours, at the queue's own times where it has any."""
        for queue in self.queues:
            yield from self.of(queue, day, spans, self.times(queue, day))

    def of(
        self, queue: str, day: date, spans: Sequence[Span], times: Mapping[int, int]
    ) -> Iterator[Published]:
        """The slots of one queue, with places by minute after midnight; without any, as hours and counters say."""
        minutes, counters = self.queues[queue]
        place = self._place
        slots = (
            slots_at(day, spans, minutes, times, place.zone)
            if times
            else slots_of_day(day, spans, minutes, counters, place.bookable_share, place.zone)
        )
        for slot in slots:
            yield Published(queue, slot.day, slot.starts_at, slot.ends_at, slot.capacity, whole=bool(times))

    def times(self, queue: str, day: date) -> Mapping[int, int]:
        """The newest times that cover a day; none where the slots follow from hours and counters."""
        covering = (
            one.times
            for one in self._patterns
            if one.queue == queue and one.weekday == day.weekday()
            and one.first <= day and (one.last is None or day <= one.last)
        )  # fmt: skip
        return next(covering, {})


@dataclass(frozen=True)
class PatternView:
    """The times of a queue on a weekday (0 = Monday), from `first` to `last` day; `times` by minute after midnight."""

    queue: str
    weekday: int
    first: date
    last: date | None
    times: Mapping[int, int]


def patterns_of(place: OfficeView) -> tuple[PatternView, ...]:
    """The times of an office's queues, the newest first."""
    chosen = select(SlotPattern).where(SlotPattern.office_id == place.id).order_by(SlotPattern.id.desc())
    return tuple(
        PatternView(
            row.queue, row.weekday, row.first_day, row.last_day,
            {int(minute): places for minute, places in row.times.items()},
        )
        for row in session().scalars(chosen)
    )  # fmt: skip


def published(place: OfficeView, first: date, last: date, queue: str = "") -> tuple[Published, ...]:
    """The slots between two days, of one queue where asked, in time order."""
    chosen = select(Slot).where(Slot.office_id == place.id, Slot.day.between(first, last))
    if queue:
        chosen = chosen.where(Slot.queue == queue)
    rows = session().scalars(chosen.order_by(Slot.starts_at, Slot.queue))
    return tuple(
        Published(row.queue, row.day, row.starts_at, row.ends_at, row.capacity, row.taken, row.whole)
        for row in rows
    )


def places_by_day(place: OfficeView, first: date, last: date, queue: str) -> dict[date, int]:
    """The places of a queue's slots on each of the days between two that has any."""
    mine = (Slot.office_id == place.id, Slot.queue == queue, Slot.day.between(first, last))
    places = func.sum(Slot.capacity).label("places")
    rows = session().execute(select(Slot.day, places).where(*mine).group_by(Slot.day).order_by(Slot.day))
    return {row.day: int(row.places) for row in rows}


@dataclass(frozen=True)
class Standing:
    """A booking by what may be said of it aloud: no name, no contact."""

    reference: str
    queue: str
    day: date
    starts_at: datetime
    procedures: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What a change does: each slot, the bookings that lose their place, who must agree, and its digest."""

    change: Change
    effects: tuple[Effect, ...]
    bookings: tuple[Standing, ...]
    reasons: tuple[str, ...]
    digest: str

    def count(self, kind: str) -> int:
        """How many slots appear, vanish, grow or shrink."""
        return sum(one.kind == kind for one in self.effects)


def preview(place: OfficeView, change: Change, today: date) -> Preview:
    """What a change would do to the slots as they stand; `Invalid` where it is none."""
    planner = Planner(place)
    slot_changes.checked(change, planner.queues)
    found = _effects(place, planner, change)
    usual = max((one.capacity for one in _usual(place, planner, change)), default=1)
    return Preview(
        change,
        found,
        _bookings_on(place, [one for one in found if one.above]),
        slot_changes.reasons(change, found, today, usual),
        slot_changes.digest(change, _without_bookings(place, planner, change) or found),
    )


def _without_bookings(place: OfficeView, planner: Planner, change: Change) -> tuple[Effect, ...]:
    """The effects of times if nobody had booked: what is booked meanwhile makes no other change of it."""
    if change.kind != TIMES:
        return ()
    present = [replace(one, taken=0) for one in _present(place, change)]
    return slot_changes.difference(
        present, slot_changes.with_times(present, _planned(place, planner, change))
    )


def _present(place: OfficeView, change: Change) -> tuple[Published, ...]:
    """The slots that a change of times is about."""
    found = published(place, change.first, change.last, change.queue)
    return tuple(one for one in found if one.day.weekday() in change.weekdays)


def _planned(place: OfficeView, planner: Planner, change: Change) -> list[Published]:
    """The slots that a change of times makes of the days that are published."""
    until, week = last_published(place), week_of(place)
    return [
        slot
        for day in change.days
        if until is not None and day <= until and day.weekday() in change.weekdays
        for slot in planner.of(change.queue, day, week.on(day), change.times_on(day.weekday()))
    ]


def _effects(place: OfficeView, planner: Planner, change: Change) -> tuple[Effect, ...]:
    if change.kind == TIMES:
        there = _present(place, change)
        return slot_changes.difference(
            there, slot_changes.with_times(there, _planned(place, planner, change))
        )
    present = published(place, change.first, change.last, change.queue if change.kind == CAPACITY else "")
    if change.kind in (DAYS, WEEK):
        return _hours_effects(place, planner, change, present)
    if change.kind == CAPACITY:
        return slot_changes.effects(present, slot_changes.with_capacity(present, change))
    wanted: list[Published] = []
    if change.kind == HOURS and change.opens and change.closes:
        until = last_published(place)
        spans = (Span(change.opens, change.closes),)
        for day in change.days:
            if until is not None and day <= until:
                wanted += planner.on(day, spans)
    return slot_changes.effects(present, wanted)


def _hours_effects(
    place: OfficeView, planner: Planner, change: Change, present: Sequence[Published]
) -> tuple[Effect, ...]:
    until = last_published(place)
    if change.kind == WEEK:
        return slot_changes.effects(*hours_changes.week_wanted(place, planner, change, present, until))
    days = {day for day, _ in change.special}
    met = [one for one in present if one.day in days]
    return slot_changes.effects(met, hours_changes.days_wanted(place, planner, change, until))


def _usual(place: OfficeView, planner: Planner, change: Change) -> Iterator[Published]:
    """The slots of the queue on the weekday hours of the first day that is open."""
    week = week_of(place)
    spans = next((found for found in week.weekdays if found), ())
    return (one for one in planner.on(change.first, spans) if one.queue == change.queue)


def last_published(place: OfficeView) -> date | None:
    """The last day that has slots."""
    return session().scalar(select(func.max(Slot.day)).where(Slot.office_id == place.id))


def _bookings_on(place: OfficeView, effects: Sequence[Effect]) -> tuple[Standing, ...]:
    keys = {(one.queue, one.starts_at) for one in effects}
    if not keys:
        return ()
    first, last = min(one.day for one in effects), max(one.day for one in effects)
    chosen = (
        select(Booking, Slot.queue, Slot.starts_at)
        .join(BookingSlot, BookingSlot.booking_id == Booking.id)
        .join(Slot, Slot.id == BookingSlot.slot_id)
        .where(Slot.office_id == place.id, Slot.day.between(first, last), Booking.state == "booked")
    )
    met = {row.id: row for row, queue, at in session().execute(chosen) if (queue, at) in keys}
    return _standing(list(met.values()))


def without_place(place: OfficeView, today: date) -> tuple[Standing, ...]:
    """The bookings from today on that stand on slots with fewer places than were taken: they are to be asked."""
    above = select(Slot.id).where(Slot.office_id == place.id, Slot.day >= today, Slot.taken > Slot.capacity)
    held = select(BookingSlot.booking_id).where(BookingSlot.slot_id.in_(above))
    rows = session().scalars(select(Booking).where(Booking.id.in_(held), Booking.state == "booked"))
    return _standing(rows.all())


def _standing(rows: Sequence[Booking]) -> tuple[Standing, ...]:
    views = (
        Standing(row.reference, row.queue, row.day, row.starts_at, tuple(row.procedures)) for row in rows
    )
    return tuple(sorted(views, key=lambda one: (one.starts_at, one.reference)))


@dataclass(frozen=True)
class ProposalView:
    """A change that waits for a second person."""

    id: int
    office: OfficeView
    change: Change
    digest: str
    reasons: tuple[str, ...]
    state: str
    proposed_at: datetime
    proposed_by: str


def proposals() -> tuple[ProposalView, ...]:
    """The changes that wait, oldest first."""
    waiting = select(SlotProposal).where(SlotProposal.state == "proposed").order_by(SlotProposal.id)
    return tuple(proposal_view(row) for row in session().scalars(waiting))


def proposal_view(row: SlotProposal) -> ProposalView:
    """A proposal's row as it is shown."""
    plan = row.plan
    return ProposalView(
        row.id,
        office_by_id(row.office_id),
        Change.from_data(plan["change"]),
        plan["digest"],
        tuple(plan["reasons"]),
        row.state,
        row.proposed_at,
        row.proposed_by,
    )
