"""必要な窓口数: a plan per weekday and half hour beside the counters that were open, and what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from models.core.errors import invalid
from models.core.messages import _n
from models.queries import catalogue, measures
from models.queries.kept import Question, look
from models.queries.measures import StaffingInputs
from models.queries.offices import OfficeView
from models.rules.planning.findings import Check, Finding, counter_findings, plan_advice, plan_checks
from models.rules.planning.opening_hours import Advice
from models.rules.planning.staffing import Limits, Observed, StaffingPlan, Target, staffing_plan
from models.rules.statistics import HandledTicket

USUAL_SHARE = 0.9
USUAL_MINUTES = 10.0
BAD_SHARE = _n("割合は50から99までの数で書いてください。")
BAD_MINUTES = _n("分は1から120までの数で書いてください。")


@dataclass(frozen=True)
class Staffing:
    """A plan with the numbers it rests on, and what it says in plain sentences."""

    inputs: StaffingInputs
    plan: StaffingPlan
    findings: tuple[Finding, ...]
    advice: tuple[Advice, ...]
    checks: tuple[Check, ...]

    @property
    def handling_minutes(self) -> float | None:
        """The mean handling over the whole span."""
        week = sum(self.inputs.observed.values(), Observed(0))
        return week.handling_minutes / week.handled if week.handled else None


def plan(place: OfficeView, first: date, last: date, target: Target, queue: str | None = None) -> Staffing:
    """The fewest counters that keep `target` in every half hour of the week, from the visits of a span."""
    return of_inputs(measures.staffing_inputs(place, first, last, queue), target)


def of_inputs(inputs: StaffingInputs, target: Target) -> Staffing:
    """The same from inputs that were read already, which stay with it but for their log."""
    limits = Limits(max_counters=inputs.counters or None)
    without_log = replace(inputs, log=None)
    made = staffing_plan(
        inputs.observed, inputs.hours, inputs.days_open, target, inputs.open_counters, limits, inputs.log
    )
    if not inputs.visits:
        return Staffing(without_log, made, (), (), ())
    return Staffing(
        without_log, made, tuple(counter_findings(made)), tuple(plan_advice(made)), tuple(plan_checks(made))
    )


def checked_target(share_percent: float, within_minutes: float) -> Target:
    """A target as a manager typed it; `Invalid` (fields `share`, `within`) outside 50-99 % and 1-120 minutes."""
    if not 50 <= share_percent <= 99:
        raise invalid("share", BAD_SHARE)
    if not 1 <= within_minutes <= 120:
        raise invalid("within", BAD_MINUTES)
    return Target(share_percent / 100, within_minutes)


def usual_minutes(queues: Iterable[str]) -> float:
    """The target wait of the queue that most of these visits belong to; 10 minutes without any."""
    most = Counter(queues).most_common(1)
    known = catalogue.current().queues
    return float(known[most[0][0]].target_wait_minutes) if most and most[0][0] in known else USUAL_MINUTES


def busiest_queue(tickets: Iterable[HandledTicket]) -> str | None:
    """The queue that most people came for, of two the first by its code."""
    counted = Counter(ticket.queue for ticket in tickets if ticket.came)
    return min(counted, key=lambda queue: (-counted[queue], queue), default=None)


def usual_target(place: OfficeView, first: date, last: date, queue: str | None = None) -> Target:
    """The usual share within the minutes of a queue, or without one of the queue that most people came for."""
    most = queue or look(BUSIEST, place, first, last).answer
    return Target(USUAL_SHARE, usual_minutes([most] if most else []))


BUSIEST = Question("busiest queue", str | None, measures.busiest_queue)


def _plan(
    place: OfficeView, first: date, last: date, share: float, within: float, queue: str | None
) -> Staffing:
    return plan(place, first, last, Target(share, within), queue)


PLAN = Question("staffing", Staffing, _plan)
