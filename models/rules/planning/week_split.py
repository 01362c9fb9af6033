"""一週間の配分: a week's counter-hours as they are beside the split with which people wait least, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.core.messages import Message, _n, message
from models.rules.planning.opening_hours import WEEKDAYS
from models.rules.planning.weekday_split import OpenDay, mean_wait, split

GROWS = _n(
    "毎日同じ {counters}窓口にすると、{weekday}は列が延び続けます。曜日ごとに窓口の数を変える必要があります。"
)
LESS = _n("{weekday}の窓口は {before}から {after}に減らせます。")
MORE = _n("{weekday}の窓口を {before}から {after}に増やします。")
SHORTER = _n("同じ {hours:,}時間のままで、待ち時間の平均は {before}分から {after}分になります。")
ALREADY = _n("いまの配分が、いちばん待たせない配分とほとんど同じです。")
WORTH = 1.0
"""Counters by which a day must differ to be worth a sentence."""


@dataclass(frozen=True)
class SplitDay:
    """One weekday: visits of a normal day, minutes open, counters today (a mean, None where unknown) and proposed."""

    weekday: int
    visits: float
    open_minutes: int
    today: float | None
    proposed: int

    @property
    def hours_today(self) -> float | None:
        """Counter-hours of the day as it is."""
        return None if self.today is None else self.today * self.open_minutes / 60

    @property
    def hours_proposed(self) -> float:
        """Counter-hours of the day as proposed."""
        return self.proposed * self.open_minutes / 60


@dataclass(frozen=True)
class WeekSplit:
    """The best split of `hours` counter-hours; waits are means in minutes, `wait_today` infinite where a line grows.

    Today's counters are means of a day; its wait is that of the nearest whole ones, which take `used_today` hours.
    """

    days: tuple[SplitDay, ...]
    hours: float
    used: float
    wait_today: float | None
    wait: float
    sentences: tuple[Message, ...]
    used_today: float | None = None


@dataclass(frozen=True)
class WeekDay:
    """What is known of one weekday (0 = Monday)."""

    weekday: int
    visits: float
    open_minutes: int
    counters: float | None = None


def week_split(days: Sequence[WeekDay], handling_minutes: float, hours: float) -> WeekSplit:
    """The split of `hours` over the open days with the least mean wait (exact, for visits that come evenly).

    Raises `TooFewHours` where some line would grow without end whatever the split.
    """
    known = [day for day in days if day.open_minutes]
    open_days = [OpenDay(day.visits, day.open_minutes) for day in known]
    best = split(open_days, handling_minutes, hours)
    found = tuple(
        SplitDay(day.weekday, day.visits, day.open_minutes, day.counters, counters)
        for day, counters in zip(known, best.counters, strict=True)
    )
    now = [max(1, round(day.counters)) for day in known if day.counters is not None]
    before = mean_wait(open_days, now, handling_minutes) if len(now) == len(known) else None
    used = None
    if before is not None:
        used = sum(count * day.open_minutes for count, day in zip(now, known, strict=True)) / 60
    made = WeekSplit(found, hours, best.hours, before, best.mean_wait, (), used)
    return replace(made, sentences=tuple(_told(made, open_days, handling_minutes)))


def _told(made: WeekSplit, days: Sequence[OpenDay], handling_minutes: float) -> list[Message]:
    told = _of_the_same_every_day(made, days, handling_minutes)
    if made.wait_today is None:
        return told
    changed = [(day.proposed - (day.today or 0), day) for day in made.days]
    more = max(changed, key=lambda one: one[0])
    less = min(changed, key=lambda one: one[0])
    for worth, text, (_, day) in (
        (more[0] >= WORTH, MORE, more), (less[0] <= -WORTH, LESS, less),
    ):  # fmt: skip
        if worth:
            told.append(
                message(
                    text, weekday=WEEKDAYS[day.weekday], before=round(day.today or 0, 1), after=day.proposed
                )
            )
    if made.wait + 0.1 < made.wait_today < float("inf"):
        told.append(
            message(
                SHORTER, hours=round(made.hours), before=round(made.wait_today, 1), after=round(made.wait, 1)
            )
        )
    return told or [message(ALREADY)]


def _of_the_same_every_day(
    made: WeekSplit, days: Sequence[OpenDay], handling_minutes: float
) -> list[Message]:
    """The busiest weekday on which the same counters every day would not do."""
    counters = max(1, int(made.hours * 60 / sum(day.open_minutes for day in days)))
    grows = [
        (day.visits / day.open_minutes, one.weekday)
        for day, one in zip(days, made.days, strict=True)
        if day.visits * handling_minutes >= counters * day.open_minutes
    ]
    return [message(GROWS, counters=counters, weekday=WEEKDAYS[max(grows)[1]])] if grows else []
