"""Shifts in a staffing plan: what a system asks them to be made of, and how they are told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields

from models.core.errors import Unavailable, invalid
from models.core.messages import _n
from models.queries import catalogue, roster_rules, rosters
from models.queries.measures import StaffingInputs
from models.queries.offices import OfficeView
from models.rules.planning.roster import ANYBODY, Duty, Roster, RosterDay, named, roster
from models.rules.planning.roster_model import OutOfTime, RosterCase, Shape, Team, solve
from models.rules.planning.roster_rules import RosterRules, checked, clock, is_name
from models.rules.planning.roster_sharing import by_turns
from models.rules.planning.staffing import StaffingPlan
from web.api.shapes import Answer

SECONDS = 5.0
MOST_SHAPES, MOST_SLOTS = 200, 48
BAD_SHIFTS = _n(
    "shifts は、true（庁舎の勤務の決まり）か、kinds などの決まりか、名前ごとの30分きざみの0と1の並びで送ってください。"
)
NO_RULES = _n("この庁舎には、まだ勤務の決まりがありません。shifts に決まりを書いて送ってください。")


class PlannedShift(Answer):
    """So many people of one kind of shift on a weekday; their codes, where people were given."""

    kind = fields.String(required=True)
    starts = fields.String(required=True)
    ends = fields.String(required=True)
    lunch_starts = fields.String(required=True, allow_none=True)
    lunch_ends = fields.String(required=True, allow_none=True)
    hours = fields.Float(required=True)
    count = fields.Integer(required=True)
    people = fields.List(fields.String(), required=True)


class ShiftDay(Answer):
    """One weekday's shifts (0 is Monday)."""

    weekday = fields.Integer(required=True)
    shifts = fields.List(fields.Nested(PlannedShift), required=True)


class Uncovered(Answer):
    """A half hour in which people are missing: counters, or who can serve one of `queues`."""

    weekday = fields.Integer(required=True)
    starts = fields.String(required=True)
    ends = fields.String(required=True)
    queues = fields.List(fields.String(), required=True)
    missing = fields.Integer(required=True)


class PlannedShifts(Answer):
    """A week's shifts; nothing with fewer than `least_hours` covers as much, `gap` (0-1) may still be saved."""

    hours = fields.Float(required=True)
    least_hours = fields.Float(required=True)
    proven = fields.Boolean(required=True)
    gap = fields.Float(required=True)
    weekdays = fields.List(fields.Nested(ShiftDay), required=True)
    uncovered = fields.List(fields.Nested(Uncovered), required=True)


def rostered(
    place: OfficeView, asked: Any, inputs: StaffingInputs, plan: StaffingPlan, queue: str | None
) -> Roster:
    """The shifts of a plan as `shifts` asks for them; `Invalid` names what is wrong with that."""
    if isinstance(asked, dict) and asked and "kinds" not in asked:
        shapes = _shapes_asked(asked)
        return _of_shapes(shapes, [rosters.day_need(day, {}) for day in plan.days if day.intervals])
    rules = _rules(place, asked)
    alone = queue is not None or not rules.people
    busy = {} if alone else rosters.busy_counters(place, inputs, plan.target)
    days = [rosters.day_need(day, busy) for day in plan.days if day.intervals]
    try:
        return roster(rules, days, SECONDS)
    except OutOfTime:
        raise Unavailable from None


def told(made: Roster) -> dict[str, Any]:
    """The shifts as the API tells them, alike ones together."""
    return {
        "hours": made.hours,
        "least_hours": made.least_hours,
        "proven": made.proven,
        "gap": made.gap,
        "weekdays": [
            {"weekday": day.weekday, "shifts": _alike([one for one in made.duties if one.day == place])}
            for place, day in enumerate(made.days)
        ],
        "uncovered": [
            {
                "weekday": made.days[one.day].weekday,
                "starts": clock(one.starts),
                "ends": clock(one.ends),
                "queues": list(one.queues),
                "missing": one.count,
            }
            for one in made.lacking
        ],
    }


def _rules(place: OfficeView, asked: Any) -> RosterRules:
    if asked is True:
        held = roster_rules.current(place)
        if held is None:
            raise invalid("shifts", NO_RULES)
        return held.rules
    if not isinstance(asked, dict) or not asked:
        raise invalid("shifts", BAD_SHIFTS)
    return checked(asked, catalogue.current().queues, "shifts.")


def _shapes_asked(asked: Mapping[str, Any]) -> Mapping[str, Sequence[int]]:
    """Names with a 0 or 1 for every half hour from the opening on."""
    if len(asked) > MOST_SHAPES:
        raise invalid("shifts", BAD_SHIFTS)
    for name, slots in asked.items():
        is_list = isinstance(slots, list) and 0 < len(slots) <= MOST_SLOTS
        if (
            not is_name(name)
            or not is_list
            or not all(one in (0, 1) and isinstance(one, int) for one in slots)
        ):
            raise invalid("shifts", BAD_SHIFTS)
    return asked


def _of_shapes(asked: Mapping[str, Sequence[int]], days: Sequence[RosterDay]) -> Roster:
    """As many of each as are needed, each day for itself; a shift ends where the day ends."""
    shapes = tuple(tuple(_shapes(asked, day)) for day in days)
    case = RosterCase(tuple(day.need for day in days), (Team(ANYBODY, shapes, max(1, len(days))),))
    try:
        solved = solve(case, SECONDS)
    except OutOfTime:
        raise Unavailable from None
    return named(days, (), by_turns(solved, [[]]))


def _shapes(asked: Mapping[str, Sequence[int]], day: RosterDay) -> list[Shape]:
    found = []
    for name, slots in asked.items():
        on = [bool(one) for one in slots][: len(day.starts)]
        on += [False] * (len(day.starts) - len(on))
        if any(on):
            first, last = on.index(True), len(on) - 1 - on[::-1].index(True)
            hours = sum(length for is_on, length in zip(on, day.need.slot_hours, strict=True) if is_on)
            found.append(Shape(name, tuple(on), hours, day.starts[first], day.ends[last]))
    return found


def _alike(duties: Sequence[Duty]) -> list[dict[str, Any]]:
    counts = Counter((one.kind, one.starts, one.ends, one.lunch, one.hours) for one in duties)
    codes: dict[object, list[str]] = defaultdict(list)
    for one in duties:
        if one.code:
            codes[one.kind, one.starts, one.ends, one.lunch, one.hours].append(one.code)
    return [
        {
            "kind": kind,
            "starts": clock(starts),
            "ends": clock(ends),
            "lunch_starts": clock(lunch[0]) if lunch else None,
            "lunch_ends": clock(lunch[1]) if lunch else None,
            "hours": hours,
            "count": count,
            "people": codes[kind, starts, ends, lunch, hours],
        }
        for (kind, starts, ends, lunch, hours), count in counts.items()
    ]
