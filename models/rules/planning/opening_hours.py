"""What the weekdays say about opening hours and counters: plain findings with the numbers they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from models.core.messages import Message, _n, message
from models.rules.planning import erlang
from models.rules.planning.staffing import StaffingPlan, Target

Kind = Literal["busiest_day", "hidden_peak", "shorten", "move_hours", "quiet_end"]

WEEKDAYS = (
    message(_n("月曜日")),
    message(_n("火曜日")),
    message(_n("水曜日")),
    message(_n("木曜日")),
    message(_n("金曜日")),
    message(_n("土曜日")),
    message(_n("日曜日")),
)

STANDS_OUT = 1.1
"""The busiest day is worth a word from this multiple of a mean day."""
CROWDED = 1.25
"""A day is a hidden peak from this multiple of the week's visits per open hour."""
TOO_LONG = 2.0
"""A day is open too long from this multiple of its share of visits."""
SAME_COST = 1.02
"""Moving hours may cost this multiple of the counter-hours."""
SHORTEST_DAY = 120
"""Minutes that a day keeps when hours are moved away from it."""


@dataclass(frozen=True)
class DayDemand:
    """One weekday as advice sees it: mean visits a day, minutes open, mean handling, counters at the peak."""

    weekday: int
    visits: float
    open_minutes: int
    handling_minutes: float
    counters: int

    @property
    def per_hour(self) -> float:
        """Visits per open hour."""
        return 60 * self.visits / self.open_minutes if self.open_minutes else 0.0


@dataclass(frozen=True)
class Advice:
    """One finding: what it is about, the numbers it rests on, and the sentence that says both."""

    kind: Kind
    weekday: int
    numbers: Mapping[str, float | int | str]
    message: Message


def of_plan(plan: StaffingPlan) -> list[DayDemand]:
    """The days of a half-hour plan as advice sees them."""
    return [
        DayDemand(day.weekday, day.visits, day.open_minutes, day.handling_minutes, day.counters)
        for day in plan.days
    ]


def opening_hours_advice(days: Sequence[DayDemand], target: Target) -> list[Advice]:
    """Busiest day, hidden second peak, day open too long, what moving hours would bring, in this order.

    Compares each day's share of the week's visits with its share of the open hours; says nothing where days
    are alike or nobody came.
    """
    open_days = [day for day in days if day.open_minutes]
    visits = sum(day.visits for day in open_days)
    if len(open_days) < 2 or not visits:
        return []
    week = _Week(visits, sum(day.open_minutes for day in open_days), target)
    busiest = max(open_days, key=lambda day: day.visits)
    others = [day for day in open_days if day is not busiest]
    crowded = max(others, key=lambda day: day.per_hour)
    idle = min(open_days, key=lambda day: day.per_hour)
    found: list[Advice] = []
    if busiest.visits >= STANDS_OUT * visits / len(open_days):
        found.append(_busiest(busiest, week, max(day.open_minutes for day in open_days)))
    is_crowded = crowded.per_hour >= CROWDED * week.per_hour
    is_idle = week.hour_share(idle) >= TOO_LONG * week.visit_share(idle)
    if is_crowded:
        found.append(_hidden_peak(crowded, week))
    if is_idle:
        found.append(_shorten(idle, week))
    if is_crowded and is_idle:
        found += _move_hours(idle, crowded, target)
    return found


@dataclass(frozen=True)
class _Week:
    visits: float
    open_minutes: int
    target: Target

    @property
    def per_hour(self) -> float:
        return 60 * self.visits / self.open_minutes

    def visit_share(self, day: DayDemand) -> float:
        return day.visits / self.visits

    def hour_share(self, day: DayDemand) -> float:
        return day.open_minutes / self.open_minutes

    def numbers(self, day: DayDemand) -> dict[str, float | int | str]:
        """What every sentence about a day may name."""
        return {
            "visits": round(day.visits),
            "visit_share": round(100 * self.visit_share(day), 1),
            "hour_share": round(100 * self.hour_share(day), 1),
            "hours": plain(day.open_minutes / 60),
            "per_hour": round(day.per_hour),
            "week_per_hour": round(self.per_hour),
            "counters": day.counters,
        }


def _advice(kind: Kind, weekday: int, numbers: Mapping[str, float | int | str], text: str) -> Advice:
    return Advice(kind, weekday, numbers, message(text, weekday=WEEKDAYS[weekday], **numbers))


def _busiest(day: DayDemand, week: _Week, longest: int) -> Advice:
    if day.open_minutes == longest:
        text = _n(
            "{weekday}は来庁がいちばん多い曜日です（1日 {visits:,}人、1週間の {visit_share}%）。"
            "だから窓口はいちばん多く {counters}、開庁もいちばん長く {hours}時間 要ります。"
        )
    else:
        text = _n(
            "{weekday}は来庁がいちばん多い曜日です（1日 {visits:,}人、1週間の {visit_share}%）。"
            "窓口は {counters} 要ります。開庁は {hours}時間で、いちばん長い曜日より短いので、"
            "この曜日を長くすることを考えてください。"
        )
    return _advice("busiest_day", day.weekday, week.numbers(day), text)


def _hidden_peak(day: DayDemand, week: _Week) -> Advice:
    text = _n(
        "{weekday}は、かくれた山です。開いている1時間あたり {per_hour}人が来ます"
        "（週の平均は {week_per_hour}人）。"
        "来庁は1週間の {visit_share}%なのに、開庁時間は {hour_share}%（{hours}時間）だけなので、"
        "窓口が {counters} 要ります。"
    )
    return _advice("hidden_peak", day.weekday, week.numbers(day), text)


def _shorten(day: DayDemand, week: _Week) -> Advice:
    text = _n(
        "{weekday}は、1週間の開庁時間の {hour_share}%（{hours}時間）を使いますが、来庁は {visit_share}%です。"
        "短くして、その時間をほかの曜日に回せます。"
    )
    return _advice("shorten", day.weekday, week.numbers(day), text)


def _move_hours(giver: DayDemand, taker: DayDemand, target: Target) -> list[Advice]:
    """The whole number of hours that lowers the peak of both days most at about the same counter-hours."""
    before = _flat(giver, 0, target), _flat(taker, 0, target)
    cost = _hours(before, giver, taker, 0)
    best: tuple[int, tuple[int, int]] | None = None
    for minutes in range(60, giver.open_minutes - SHORTEST_DAY + 1, 60):
        after = _flat(giver, -minutes, target), _flat(taker, minutes, target)
        if _hours(after, giver, taker, minutes) <= SAME_COST * cost and max(after) < max(
            best[1] if best else before
        ):
            best = minutes, after
    if best is None:
        return []
    minutes, after = best
    numbers: dict[str, float | int | str] = {
        "hours": minutes // 60,
        "before": before[1],
        "after": after[1],
        "giver_before": before[0],
        "giver_after": after[0],
        "staff_hours_before": round(cost),
        "staff_hours_after": round(_hours(after, giver, taker, minutes)),
    }
    text = _n(
        "{giver}の開庁を {hours}時間 {weekday}へ移すと、{weekday}に要る窓口は {before}から {after}に減ります"
        "（{giver}は {giver_before}から {giver_after}）。人の時間は2日で {staff_hours_before}時間から "
        "{staff_hours_after}時間で、ほとんど変わりません。"
    )
    values = {**numbers, "giver": WEEKDAYS[giver.weekday], "weekday": WEEKDAYS[taker.weekday]}
    numbers["giver"] = giver.weekday
    return [Advice("move_hours", taker.weekday, numbers, Message(text, values))]


def _flat(day: DayDemand, more_minutes: int, target: Target) -> int:
    """Counters on a day whose visits spread evenly over its open minutes plus `more_minutes`."""
    minutes = day.open_minutes + more_minutes
    return flat_counters(day.visits, minutes, day.handling_minutes, target)


def flat_counters(visits: float, open_minutes: int, handling_minutes: float, target: Target) -> int:
    """Counters that keep `target` when visits come evenly over the open minutes; at least one."""
    rate = 60 * visits / open_minutes
    return max(
        1,
        erlang.counters_needed(
            rate, handling_minutes, target.share, target.within_minutes, target.max_utilisation
        ),
    )


def _hours(counters: tuple[int, int], giver: DayDemand, taker: DayDemand, moved: int) -> float:
    return (counters[0] * (giver.open_minutes - moved) + counters[1] * (taker.open_minutes + moved)) / 60


def plain(number: float) -> int | float:
    """A number without a needless .0, at most two decimals."""
    return int(number) if number == int(number) else round(number, 2)
