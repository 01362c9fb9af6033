"""How many counters each half hour of the week needs for a chosen target."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from models.core.errors import invalid
from models.queries import catalogue, measures
from models.rules.planning.findings import clock, plan_advice, plan_checks
from models.rules.planning.staffing import DayPlan, Interval, Limits, StaffingPlan, Target, staffing_plan
from web.access import REPORTS, own_office
from web.api.blueprint import Calls
from web.api.reports import Span, span
from web.api.roster_asked import PlannedShifts, rostered, told
from web.api.shapes import NOT_OFFERED, OUT_OF_RANGE, Answer, whole
from web.errors import said

blueprint = Calls("staffing", __name__, "Counters needed by weekday and half hour.")


def _between(least: float, most: float) -> validate.Range:
    return validate.Range(min=least, max=most, error=OUT_OF_RANGE)


class TargetAsked(Schema):
    """`share` (0-1) of people are called within so many minutes; counters busy at most `max_utilisation`."""

    share = fields.Float(load_default=0.9, validate=_between(0.01, 0.999))
    within_minutes = fields.Float(load_default=10.0, validate=_between(0, 240))
    max_utilisation = fields.Float(load_default=None, allow_none=True, validate=_between(0.1, 0.99))


class PlanAsked(Span):
    """Which days the plan rests on, what it must keep, the most counters there are, and what shifts are made of.

    `shifts`: true (the office's own rules), rules with `kinds` and perhaps `people`, `lunch`, `budget_hours` and
    `max_per_day`, or names with a 0 or 1 for every half hour from the opening on.
    """

    target = fields.Nested(TargetAsked, load_default=lambda: TargetAsked().load({}))
    queue = fields.String(load_default=None, allow_none=True)
    max_counters = whole(1, 200, load_default=None, allow_none=True)
    shifts = fields.Raw(load_default=None, allow_none=True)


class PlannedInterval(Answer):
    """One half hour, office-local: counters of the plan, those that were open, waits in minutes, load 0-1."""

    starts = fields.String(required=True)
    ends = fields.String(required=True)
    counters = fields.Integer(required=True)
    needed = fields.Integer(required=True)
    open_counters = fields.Float(required=True, allow_none=True)
    arrivals_per_hour = fields.Float(required=True)
    handling_minutes = fields.Float(required=True)
    expected_wait_mean = fields.Float(required=True, allow_none=True)
    expected_wait_p90 = fields.Float(required=True, allow_none=True)
    share_within = fields.Float(required=True)
    load_ = fields.Float(required=True, data_key="load", attribute="load")


class PlannedDay(Answer):
    """One weekday (0 is Monday): how many were observed, and what it needs."""

    weekday = fields.Integer(required=True)
    days = fields.Integer(required=True)
    visits = fields.Float(required=True)
    handling_minutes = fields.Float(required=True)
    staff_hours = fields.Float(required=True)
    open_staff_hours = fields.Float(required=True)
    intervals = fields.List(fields.Nested(PlannedInterval), required=True)


class HoursAdvice(Answer):
    """One finding about opening hours with the numbers it rests on."""

    kind = fields.String(required=True)
    weekday = fields.Integer(required=True)
    message = fields.String(required=True)
    numbers = fields.Dict(required=True)


class PlanCheck(Answer):
    """Something the reader of a plan should know holds, or not."""

    name = fields.String(required=True)
    holds = fields.Boolean(required=True)
    message = fields.String(required=True)


class Plan(Answer):
    """A week of counters, what it says about opening hours, and the shifts that were asked for."""

    weekdays = fields.List(fields.Nested(PlannedDay), required=True)
    staff_hours = fields.Float(required=True)
    open_staff_hours = fields.Float(required=True)
    opening_hours_advice = fields.List(fields.Nested(HoursAdvice), required=True)
    checks = fields.List(fields.Nested(PlanCheck), required=True)
    shifts = fields.Nested(PlannedShifts)


@blueprint.route("/offices/<office>/staffing-plan", methods=["POST"])
@REPORTS
@blueprint.arguments(PlanAsked)
@blueprint.response(200, Plan)
def plan(asked: dict[str, Any], office: str) -> dict[str, Any]:
    """The fewest counters per weekday and half hour that keep the target in every half hour.

    Modified offered load, with room for how far a day may lie from what its weekday and half hours say."""
    place = own_office(office)
    queue = asked["queue"]
    if queue is not None and queue not in catalogue.current().queues:
        raise invalid("queue", NOT_OFFERED)
    inputs = measures.staffing_inputs(place, *span(place, asked), queue)
    made = staffing_plan(
        inputs.observed,
        inputs.hours,
        inputs.days_open,
        Target(**asked["target"]),
        inputs.open_counters,
        Limits(max_counters=asked["max_counters"]),
        inputs.log,
    )
    shown = _shown(made, bool(inputs.visits))
    if asked["shifts"] is not None:
        shown["shifts"] = told(rostered(place, asked["shifts"], inputs, made, queue))
    return shown


def _shown(made: StaffingPlan, observed: bool) -> dict[str, Any]:
    advice = [
        {"kind": one.kind, "weekday": one.weekday, "message": said(one.message), "numbers": one.numbers}
        for one in (plan_advice(made) if observed else ())
    ]
    checks = [
        {"name": one.name, "holds": one.holds, "message": said(one.message)}
        for one in (plan_checks(made) if observed else ())
    ]
    return {
        "weekdays": [_day(day) for day in made.days],
        "staff_hours": made.staff_hours,
        "open_staff_hours": made.open_staff_hours,
        "opening_hours_advice": advice,
        "checks": checks,
    }


def _day(day: DayPlan) -> dict[str, Any]:
    return {
        "weekday": day.weekday,
        "days": day.days,
        "visits": day.visits,
        "handling_minutes": day.handling_minutes,
        "staff_hours": day.staff_hours,
        "open_staff_hours": day.open_staff_hours,
        "intervals": [_interval(one) for one in day.intervals],
    }


def _interval(one: Interval) -> dict[str, Any]:
    return {
        "starts": clock(one.starts).zfill(5),
        "ends": clock(one.ends).zfill(5),
        "counters": one.counters,
        "needed": one.needed,
        "open_counters": one.open_counters,
        "arrivals_per_hour": one.arrivals_per_hour,
        "handling_minutes": one.handling_minutes,
        "expected_wait_mean": one.expected_wait,
        "expected_wait_p90": one.expected_wait_p90,
        "share_within": one.share_within,
        "load": one.load,
    }
