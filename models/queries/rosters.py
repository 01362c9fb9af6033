"""勤務表: the half hours that a week needs covered, and the rosters that were made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models.core.db import session
from models.core.errors import NotFound
from models.queries import measures, staffing, tunings
from models.queries.measures import StaffingInputs
from models.queries.offices import OfficeView, week_of
from models.queries.open_plans import OPEN
from models.queries.tunings import CANCELLED, DONE
from models.rules.opening import minute_of
from models.rules.planning.observed import observe
from models.rules.planning.roster import Roster, RosterDay
from models.rules.planning.roster_document import of_document
from models.rules.planning.roster_rules import RosterRules, kept
from models.rules.planning.roster_sharing import Burden
from models.rules.planning.staffing import DayPlan, Target, staffing_plan
from models.rules.statistics import HandledTicket
from models.tables import StaffingTuning

ROSTER = "roster"
Busy = Mapping[str, Mapping[int, Sequence[float]]]
DECIMALS = 3
BURDENS_OF = timedelta(weeks=8)
"""Over so many weeks before, late ends, lunches and weekends are to be even."""


@dataclass(frozen=True)
class MadeRoster:
    """One asked-for roster of the week from `monday`; `roster` is there once it is done."""

    id: int
    office_id: int
    monday: date
    rules: RosterRules
    target: Target
    first: date
    last: date
    state: str
    progress: int
    made_at: datetime | None
    roster: Roster | None

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to finish it."""
        return self.state in OPEN


@dataclass(frozen=True)
class WeekNeed:
    """What the weekdays of an office need; `is_tuned` where the counters come from a detailed plan."""

    days: tuple[RosterDay, ...]
    is_tuned: bool = False


def usual_need(place: OfficeView, first: date, last: date, target: Target) -> WeekNeed:
    """By weekday and half hour: counters (of the detailed plan, where one was made), and the busy ones by queue.

    No days where nobody came in the span.
    """
    inputs = measures.staffing_inputs(place, first, last)
    if not inputs.visits:
        return WeekNeed(())
    plan = staffing.of_inputs(inputs, target).plan
    busy = busy_counters(place, inputs, target)
    tuned = _tuned(place, target)
    days = [
        day_need(day, busy, tuned.get(day.weekday), inputs.counters) for day in plan.days if day.intervals
    ]
    return WeekNeed(tuple(days), bool(tuned))


def busy_counters(place: OfficeView, inputs: StaffingInputs, target: Target) -> Busy:
    """How many counters each queue that anybody came for keeps busy, by weekday and half hour."""
    of_queue: dict[str, list[HandledTicket]] = defaultdict(list)
    for _, ticket in measures.dated(place, inputs.first, inputs.last):
        of_queue[ticket.queue].append(ticket)
    return {
        queue: {
            day.weekday: tuple(round(one.why.busy, DECIMALS) for one in day.intervals)
            for day in staffing_plan(
                observe(tickets, place.zone), inputs.hours, inputs.days_open, target
            ).days
        }
        for queue, tickets in sorted(of_queue.items())
    }


def day_need(
    day: DayPlan, busy: Busy, tuned: Mapping[tuple[int, int], int] | None = None, most: int = 0
) -> RosterDay:
    """What a day of a plan needs: its own counters or the tuned ones, but never more than the office has (0: any)."""
    counters = [(tuned or {}).get((one.starts, one.ends), one.counters) for one in day.intervals]
    return RosterDay(
        day.weekday,
        tuple(one.starts for one in day.intervals),
        tuple(one.ends for one in day.intervals),
        tuple(min(count, most) if most else count for count in counters),
        {queue: tuple(days[day.weekday]) for queue, days in busy.items()},
    )


def week_need(place: OfficeView, need: WeekNeed, monday: date) -> WeekNeed:
    """The same for the dates of one week: days that are closed are left out, and half hours that are."""
    week = week_of(place)
    dated = []
    for day in need.days:
        on = monday + timedelta(days=day.weekday)
        spans = [(minute_of(span.opens), minute_of(span.closes)) for span in week.on(on)]
        open_ = [
            slot
            for slot, (starts, ends) in enumerate(zip(day.starts, day.ends, strict=True))
            if any(opens <= starts and ends <= closes for opens, closes in spans)
        ]
        if open_:
            dated.append(replace(_of_slots(day, open_), day=on))
    return replace(need, days=tuple(dated))


def made(number: int) -> MadeRoster:
    """One by its number; `NotFound`."""
    row = session().get(StaffingTuning, number)
    if row is None or row.kind != ROSTER:
        raise NotFound
    return _view(row)


def recent(place: OfficeView, most: int = 8) -> list[MadeRoster]:
    """The newest of an office first, without those that were stopped."""
    chosen = (
        select(StaffingTuning)
        .where(
            StaffingTuning.office_id == place.id,
            StaffingTuning.kind == ROSTER,
            StaffingTuning.state != CANCELLED,
        )
        .order_by(StaffingTuning.asked_at.desc(), StaffingTuning.id.desc())
        .limit(most)
    )
    return [_view(row) for row in session().scalars(chosen)]


def burdens_before(place: OfficeView, monday: date) -> Mapping[str, Burden]:
    """What people had in the weeks before one that starts on `monday`, by the newest roster of each, by code."""
    chosen = (
        select(StaffingTuning)
        .where(
            StaffingTuning.office_id == place.id, StaffingTuning.kind == ROSTER, StaffingTuning.state == DONE
        )
        .order_by(StaffingTuning.asked_at, StaffingTuning.id)
    )
    newest = {date.fromisoformat(row.inputs["monday"]): row for row in session().scalars(chosen)}
    found: dict[str, Burden] = defaultdict(Burden)
    for week, row in newest.items():
        if monday - BURDENS_OF <= week < monday:
            for code, own in of_document(row.result).burdens().items():
                found[code] += own
    return dict(found)


def _view(row: StaffingTuning) -> MadeRoster:
    return MadeRoster(
        row.id,
        row.office_id,
        date.fromisoformat(row.inputs["monday"]),
        kept(row.inputs["rules"]),
        Target(row.share, row.within),
        row.first,
        row.last,
        row.state,
        row.progress,
        row.made_at,
        of_document(row.result) if row.result else None,
    )


def _tuned(place: OfficeView, target: Target) -> Mapping[int, Mapping[tuple[int, int], int]]:
    """Counters of the newest detailed plan of all queues, by weekday and half hour."""
    newest = tunings.newest(place, None, target)
    return {
        day.weekday: dict(zip(zip(day.starts, day.ends, strict=True), day.counters, strict=True))
        for day in (newest.days if newest else ())
    }


def _of_slots(day: RosterDay, slots: Sequence[int]) -> RosterDay:
    return RosterDay(
        day.weekday,
        tuple(day.starts[slot] for slot in slots),
        tuple(day.ends[slot] for slot in slots),
        tuple(day.counters[slot] for slot in slots),
        {queue: tuple(values[slot] for slot in slots) for queue, values in day.busy.items()},
    )
