"""What a staffing plan shows beside the counters that were open: too few, too many, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from models.core.messages import Message, _n, message
from models.rules.planning.opening_hours import WEEKDAYS, Advice, of_plan, opening_hours_advice, plain
from models.rules.planning.staffing import DayPlan, Interval, StaffingPlan

Gap = Literal["short", "spare"]

SHORT = 0.5
"""Counters below the need from which a half hour is called short."""
SPARE = 1.5
"""Counters beyond the need from which a half hour is called generous."""
FEWEST_DAYS = 4
"""Observed days of a weekday below which its means are shaky."""
QUIET = 0.25
"""An end of the day is quiet below this part of the day's visits per hour."""
BUSY_LIMIT = 0.85
"""Counters busier than this leave no room for a rush."""


@dataclass(frozen=True)
class Finding:
    """Neighbouring half hours of one weekday with too few or too many open counters, at the largest gap."""

    kind: Gap
    weekday: int
    starts: int
    ends: int
    counters: float
    message: Message


@dataclass(frozen=True)
class Check:
    """Something that the reader of a plan should know holds, or not."""

    name: Literal["every_interval", "within_max_counters", "enough_days", "room_for_a_rush"]
    holds: bool
    message: Message


def plan_advice(plan: StaffingPlan) -> list[Advice]:
    """Advice on opening hours from a half-hour plan, quiet ends of days included."""
    quiet = [advice for day in plan.days for advice in _quiet_end(day)]
    return opening_hours_advice(of_plan(plan), plan.target) + quiet


def counter_findings(plan: StaffingPlan) -> list[Finding]:
    """Half hours where the open counters fall short of the need, then where they exceed it, worst first."""
    found = [finding for day in plan.days for finding in _findings(day)]
    return sorted(found, key=lambda one: (one.kind, -one.counters * (one.ends - one.starts)))


def plan_checks(plan: StaffingPlan) -> list[Check]:
    """Whether the plan keeps its target everywhere, stays within the office, and rests on enough days."""
    if plan.worst is None:
        return []
    intervals = [interval for day in plan.days for interval in day.intervals]
    return [
        _every_interval(plan, *plan.worst),
        _within_max(max(one.short_by for one in intervals)),
        _enough_days(min(day.days for day in plan.days)),
        _room(max(one.load for one in intervals)),
    ]


def clock(minute: int) -> str:
    """Minutes after midnight as H:MM."""
    return f"{minute // 60}:{minute % 60:02}"


def _every_interval(plan: StaffingPlan, weekday: int, worst: Interval) -> Check:
    holds = worst.share_within >= plan.target.share
    values: dict[str, Any] = {
        "weekday": WEEKDAYS[weekday],
        "starts": clock(worst.starts),
        "share": round(100 * worst.share_within, 1),
        "minutes": plain(plan.target.within_minutes),
    }
    kept = _n(
        "どの30分も目標を守ります。いちばん低い{weekday} {starts} でも {share}%の人が {minutes}分以内です。"
    )
    missed = _n(
        "{weekday} {starts} は {share}%の人しか {minutes}分以内に呼べません。"
        "窓口を増やすか、予約をほかの時間へ移してください。"
    )
    return Check("every_interval", holds, Message(kept if holds else missed, values))


def _within_max(missing: int) -> Check:
    kept = _n("開けられる窓口の数の中に収まっています。")
    missed = _n("いちばん混む時間は、開けられる窓口があと {counters} 足りません。")
    return Check(
        "within_max_counters", missing <= 0, message(missed if missing > 0 else kept, counters=missing)
    )


def _enough_days(fewest: int) -> Check:
    kept = _n("どの曜日も {days}日以上の記録から計算しました。")
    missed = _n("記録が {days}日しかない曜日があります。4週間以上の期間を選ぶと確かになります。")
    holds = fewest >= FEWEST_DAYS
    return Check("enough_days", holds, message(kept if holds else missed, days=fewest))


def _room(busiest: float) -> Check:
    kept = _n("窓口がいちばんふさがる時間でも {busy}%で、急な混雑に余裕があります。")
    missed = _n("窓口がいちばんふさがる時間は {busy}%です。85%を超えると、急に混んだとき待ち時間が延びます。")
    holds = busiest <= BUSY_LIMIT
    return Check("room_for_a_rush", holds, message(kept if holds else missed, busy=round(100 * busiest)))


def _gap(interval: Interval) -> Gap | None:
    if interval.open_counters is None:
        return None
    over = interval.open_counters - interval.needed
    if over <= -SHORT:
        return "short"
    return "spare" if over >= SPARE else None


def _findings(day: DayPlan) -> Iterator[Finding]:
    for kind, run in groupby(day.intervals, key=_gap):
        if kind is not None:
            yield _finding(day.weekday, kind, list(run))


def _finding(weekday: int, kind: Gap, run: Sequence[Interval]) -> Finding:
    """One run told by its largest gap."""
    texts = {
        "short": _n(
            "{weekday} {starts}〜{ends} は窓口が {counters} 足りません（必要 {needed}、いま {open}）。"
        ),
        "spare": _n(
            "{weekday} {starts}〜{ends} は窓口が {counters} 多めです（必要 {needed}、いま {open}）。"
        ),
    }
    largest = max(run, key=lambda one: abs((one.open_counters or 0) - one.needed))
    was_open = round(largest.open_counters or 0, 1)
    counters = round(abs(was_open - largest.needed), 1)
    text = message(
        texts[kind],
        weekday=WEEKDAYS[weekday],
        starts=clock(run[0].starts),
        ends=clock(run[-1].ends),
        counters=plain(counters),
        needed=largest.needed,
        open=plain(was_open),
    )
    return Finding(kind, weekday, run[0].starts, run[-1].ends, counters, text)


def _quiet_end(day: DayPlan) -> Iterator[Advice]:
    """The half hours before closing, an hour or more, to which hardly anybody comes."""
    if not day.visits:
        return
    per_hour = 60 * day.visits / day.open_minutes
    quiet: list[Interval] = []
    for interval in reversed(day.intervals):
        if interval.arrivals_per_hour >= QUIET * per_hour:
            break
        quiet.append(interval)
    minutes = sum(one.ends - one.starts for one in quiet)
    if minutes < 60:
        return
    came = sum(one.arrivals_per_hour * (one.ends - one.starts) / 60 for one in quiet)
    numbers: dict[str, float | int | str] = {
        "starts": clock(quiet[-1].starts),
        "ends": clock(quiet[0].ends),
        "visits": round(came, 1),
        "visit_share": round(100 * came / day.visits, 1),
        "staff_hours": plain(sum(one.counters * (one.ends - one.starts) for one in quiet) / 60),
    }
    text = _n(
        "{weekday} {starts}〜{ends} に来るのは1日 {visits}人（その日の {visit_share}%）です。"
        "窓口を絞るか、終わりを早めることを考えてください。"
    )
    yield Advice("quiet_end", day.weekday, numbers, message(text, weekday=WEEKDAYS[day.weekday], **numbers))
