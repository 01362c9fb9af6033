"""窓口の数: counters needed per weekday and half hour for a target, beside those that were open, and why."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from models.core.errors import Invalid, NotFound, invalid
from models.core.messages import Message, _n
from models.papers.charts import StaffingWords, staffing_chart
from models.queries import measures, staffing, tunings
from models.queries.kept import Kept, look
from models.queries.staffing import USUAL_SHARE, Staffing, checked_target
from models.rules.planning.findings import SHORT, SPARE, clock
from models.rules.planning.opening_hours import WEEKDAYS
from models.rules.planning.reasons import reasons
from models.rules.planning.staffing import DayPlan, Interval, StaffingPlan, Target
from web.access import REPORTS
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.reports import for_phone, picture
from web.manager.tables_shown import signed
from web.presentation import number, percentage, span, weekday_name

blueprint = Blueprint("staffing", __name__)
blueprint.context_processor(shown)

BAD_NUMBER = _n("数字で書いてください。例：10")


@dataclass(frozen=True)
class Square:
    """One half hour of the week at a glance: counters needed, the gap to those that were open, and how that is."""

    needed: int
    gap: str
    kind: str


@dataclass(frozen=True)
class Explained:
    """One half hour with its reasons; `was_open` counters, where that is known."""

    time: str
    needed: int
    was_open: float | None
    reasons: list[Message]

    @property
    def gap(self) -> str:
        """Counters that were open beyond those needed, with its sign; empty where that is not known."""
        return "" if self.was_open is None else signed(round(self.was_open - self.needed, 1), 1)


@dataclass(frozen=True)
class Asked:
    """The target as it was asked for, and what was wrong with it."""

    target: Target
    share: str
    within: str
    problems: dict[str, Message]


@blueprint.get("/staffing")
@REPORTS
def plan() -> tuple[str, int]:
    """The week's plan; 422 with the usual target where a number could not be read."""
    choice = chosen()
    asked = _asked(choice)
    kept = _plan(choice, asked.target)
    found = kept.answer
    clocks = sorted({one.starts for day in found.plan.days for one in day.intervals})
    page = render_template(
        "manager/staffing.html",
        choice=choice,
        found=found,
        asked=asked,
        newest=None if found.inputs.visits else measures.last_recorded(choice.place),
        clocks=[clock(minute) for minute in clocks],
        squares=[(weekday_name(day.weekday), _squares(day, clocks)) for day in found.plan.days],
        days=[(day, _weekday(day.weekday), _rows(day)) for day in found.plan.days if day.days],
        short_hours=_short_hours(found.plan),
        uncapped=_uncapped_hours(found.plan),
        peak=max((one.needed for day in found.plan.days for one in day.intervals), default=0),
        address=_address(choice, asked),
        tuning=tunings.newest(choice.place, choice.queue, asked.target),
        tuned_address=choice.address(
            share=number(100 * asked.target.share, 3), within=number(asked.target.within_minutes, 3)
        ),
        kept_at=kept.made_at,
    )
    return page, 422 if choice.problem or asked.problems else 200


@blueprint.get("/staffing/why/<int:weekday>")
@REPORTS
def why(weekday: int) -> tuple[str, int]:
    """Why each half hour of one weekday needs its counters."""
    choice = chosen()
    asked = _asked(choice)
    kept = _plan(choice, asked.target)
    day = _day(kept.answer, weekday)
    page = render_template(
        "manager/staffing_why.html",
        choice=choice,
        asked=asked,
        name=_weekday(weekday),
        weekdays=[(one.weekday, _weekday(one.weekday)) for one in kept.answer.plan.days if one.days],
        weekday=weekday,
        day=day,
        explained=_explained(day, asked.target),
        address=_address(choice, asked),
        kept_at=kept.made_at,
    )
    return page, 422 if choice.problem or asked.problems else 200


@blueprint.get("/charts/staffing-<int:weekday>.svg")
@REPORTS
def chart(weekday: int) -> Response:
    """One weekday's counters as a picture; the page has the same numbers as a table."""
    choice = chosen()
    asked = _asked(choice)
    found = _plan(choice, asked.target).answer
    day = _day(found, weekday)
    words = StaffingWords(
        title=gettext("{weekday}の窓口の数", weekday=_weekday(weekday)),
        description=gettext("同じ数字の表が、図の下にあります。"),
        needed=gettext("必要"),
        was_open=gettext("開いていた"),
        short=gettext("足りない"),
    )
    return picture(staffing_chart(day, words, for_phone(), _highest(found)))


def _highest(found: Staffing) -> float:
    """The most counters of any half hour of the week, needed or open."""
    half_hours = (one for day in found.plan.days for one in day.intervals)
    return max((max(one.needed, one.open_counters or 0) for one in half_hours), default=0)


def _day(found: Staffing, weekday: int) -> DayPlan:
    day = next((one for one in found.plan.days if one.weekday == weekday and one.days), None)
    if day is None:
        raise NotFound
    return day


def _plan(choice: Choice, target: Target) -> Kept[Staffing]:
    asked = (target.share, target.within_minutes, choice.queue)
    return look(staffing.PLAN, choice.place, choice.first, choice.last, *asked)


def _asked(choice: Choice) -> Asked:
    """The target in the address; the queue's own (or the most visited one's) where none is given."""
    usual = staffing.usual_target(choice.place, choice.first, choice.last, choice.queue).within_minutes
    share = request.args.get("share", "").strip()[:20] or number(USUAL_SHARE * 100)
    within = request.args.get("within", "").strip()[:20] or number(usual)
    try:
        target = checked_target(read_number(share, "share"), read_number(within, "within"))
    except Invalid as refused:
        problems = {one.field: one.message for one in refused.problems}
        return Asked(Target(USUAL_SHARE, usual), share, within, problems)
    return Asked(target, share, within, {})


def read_number(text: str, field: str) -> float:
    """A number as people type it, full-width digits too; `Invalid` for anything else."""
    try:
        value = float(unicodedata.normalize("NFKC", text))
    except ValueError:
        raise invalid(field, BAD_NUMBER) from None
    if not math.isfinite(value):
        raise invalid(field, BAD_NUMBER)
    return value


def _address(choice: Choice, asked: Asked) -> dict[str, str]:
    """The address's values with the target, where it is not the usual one."""
    given = {name: request.args.get(name) for name in ("share", "within")} if not asked.problems else {}
    return choice.address(**given)


def _weekday(weekday: int) -> str:
    return gettext(WEEKDAYS[weekday].template)


def _squares(day: DayPlan, clocks: Sequence[int]) -> list[Square | None]:
    by_start = {one.starts: one for one in day.intervals}
    return [_square(by_start[minute]) if minute in by_start else None for minute in clocks]


def _square(one: Interval) -> Square:
    if one.open_counters is None:
        return Square(one.needed, "", "unknown")
    over = round(one.open_counters - one.needed, 1)
    kind = "short" if over <= -SHORT else "spare" if over >= SPARE else "enough"
    return Square(one.needed, signed(over, 0 if over == int(over) else 1) if kind != "enough" else "", kind)


def _rows(day: DayPlan) -> list[list[str]]:
    """The chart's numbers: time, people an hour, needed, open, how busy, expected wait of nine in ten."""
    return [
        [
            str(span(clock(one.starts), clock(one.ends))),
            number(one.arrivals_per_hour, 1),
            number(one.handling_minutes, 1),
            number(one.needed),
            number(one.open_counters, 1),
            percentage(one.load),
            number(one.expected_wait_p90) if one.expected_wait_p90 is not None else gettext("延び続ける"),
        ]
        for one in day.intervals
    ]


def _explained(day: DayPlan, target: Target) -> list[Explained]:
    return [
        Explained(
            span(clock(one.starts), clock(one.ends)), one.needed, one.open_counters, reasons(day, one, target)
        )
        for one in day.intervals
    ]


def _short_hours(plan: StaffingPlan) -> float:
    """Counter-hours a week that were missing where fewer were open than needed."""
    return sum(
        max(0.0, one.needed - one.open_counters) * (one.ends - one.starts) / 60
        for day in plan.days
        for one in day.intervals
        if one.open_counters is not None
    )


def _uncapped_hours(plan: StaffingPlan) -> float:
    """Counter-hours a week if as many counters could be opened as the target asks for."""
    return sum(one.needed * (one.ends - one.starts) / 60 for day in plan.days for one in day.intervals)
