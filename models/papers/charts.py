"""Charts as SVG pictures of 700 px width, or 360 px for a phone: attributes only, the same bytes for the same numbers.

The words come from the caller, translated; the picture has them as `title` and `desc` too. Put a table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pygal

from models.papers.chart_dress import (
    BAR,
    KEY,
    SECOND_INK,
    WARNING,
    Look,
    dress,
    finished,
    legend,
    legend_height,
)
from models.rules.planning.findings import SHORT, clock
from models.rules.planning.staffing import DayPlan, Interval

WIDTH, NARROW = 700, 360
_LEGEND_LEFT, _NARROW_LEFT = 46, 8

Point = tuple[float, float]


@dataclass(frozen=True)
class StaffingWords:
    """What the staffing chart says: its title, one sentence of what it shows, and the names of its lines."""

    title: str
    description: str
    needed: str
    was_open: str
    short: str


@dataclass(frozen=True)
class WeekdayWords:
    """What the weekday chart says: its title, one sentence of what it shows, and the names of its measures."""

    title: str
    description: str
    visits: str
    wait_p50: str
    wait_p90: str


@dataclass(frozen=True)
class WeekdayBar:
    """One weekday: its name, mean visits a day, and the wait's median and 90th percentile in minutes."""

    label: str
    visits: float
    wait_p50: float | None
    wait_p90: float | None


def staffing_chart(day: DayPlan, words: StaffingWords, narrow: bool = False, highest: float = 0) -> bytes:
    """Counters needed (line), open (dashes), and where they fall short (orange), over one weekday's half hours.

    The axis holds `highest` also, so that days beside one another have the same.
    ValueError for a day that never opens: there is nothing to draw.
    """
    if not day.intervals:
        raise ValueError("a closed day has no chart")
    lines: list[tuple[Look, list[float | None]]] = [
        (Look(words.was_open, SECOND_INK, 2.5, "7,5"), [one.open_counters for one in day.intervals]),
        (Look(words.needed, KEY), [one.needed for one in day.intervals]),
        (Look(words.short, WARNING, 6), [_lacking(one) for one in day.intervals]),
    ]
    drawn = [(look, steps) for look, values in lines if (steps := _steps(day.intervals, values))]
    named = sorted((look for look, _ in drawn), key=lambda look: look.colour != KEY)
    chart = _chart(pygal.XY, 300, named, narrow, show_dots=False, allow_interruptions=True)
    own = (value or 0 for _, values in lines for value in values)
    chart.y_labels = _ticks(max(highest, *own))
    chart.range = (0, chart.y_labels[-1])
    chart.x_value_formatter = lambda minute: clock(round(minute))
    first, last = day.intervals[0].starts, day.intervals[-1].ends
    chart.xrange = (first, last)
    chart.x_labels = list(range(math.ceil(first / 60) * 60, last + 1, 120 if narrow else 60))
    for look, steps in drawn:
        chart.add(look.name, steps)
    root = dress(chart.render_tree(), [look for look, _ in drawn])
    legend(root, named, *_legend_span(narrow))
    return finished(root, words.title, words.description)


def weekday_chart(bars: Sequence[WeekdayBar], words: WeekdayWords, narrow: bool = False) -> bytes:
    """Visits by weekday above, the busiest in the key colour; below them the waits, median and 90th percentile."""
    labels = [bar.label for bar in bars]
    most = max((bar.visits for bar in bars), default=0)
    visits = [{"value": bar.visits, "color": KEY if bar.visits == most else BAR} for bar in bars]
    above = _panel(230, narrow, labels, most, [(Look(words.visits, KEY, 12), visits)])
    below = _panel(
        210,
        narrow,
        labels,
        max((max(bar.wait_p50 or 0, bar.wait_p90 or 0) for bar in bars), default=0),
        [
            (Look(words.wait_p50, KEY, 12), [bar.wait_p50 for bar in bars]),
            (Look(words.wait_p90, BAR, 12), [bar.wait_p90 for bar in bars]),
        ],
    )
    below.set("y", "230")
    above.append(below)
    above.set("height", "440")
    above.set("viewBox", f"0 0 {NARROW if narrow else WIDTH} 440")
    return finished(above, words.title, words.description)


def _legend_span(narrow: bool) -> tuple[float, float]:
    return (_NARROW_LEFT, NARROW) if narrow else (_LEGEND_LEFT, WIDTH)


def _chart(kind: Any, height: int, looks: Sequence[Look], narrow: bool, **more: Any) -> Any:
    top = 44 + legend_height(looks, *_legend_span(narrow))
    margins = {"margin_top": top, "margin_bottom": 6, "margin_left": 10, "margin_right": 26}
    style = pygal.style.Style(label_font_size=14, major_label_font_size=14, value_font_size=14)
    chart = kind(
        width=NARROW if narrow else WIDTH,
        height=height,
        explicit_size=True,
        js=[],
        style=style,
        show_legend=False,
        **margins,
        **more,
    )
    chart.uuid = "plan"
    chart.value_formatter = lambda value: f"{value:,.0f}"
    return chart


def _panel(
    height: int, narrow: bool, labels: Sequence[str], top: float, series: Sequence[tuple[Look, list[Any]]]
) -> Any:
    """One row of bars with its legend, as a tree."""
    looks = [look for look, _ in series]
    bars = {"print_values": True, "print_values_position": "top", "spacing": 8 if narrow else 24}
    chart = _chart(pygal.Bar, height, looks, narrow, **bars)
    chart.x_labels = list(labels)
    chart.y_labels = _ticks(top)
    chart.range = (0, chart.y_labels[-1])
    for look, values in series:
        chart.add(look.name, values)
    root = dress(chart.render_tree(), looks)
    legend(root, looks, *_legend_span(narrow))
    return root


def _ticks(top: float) -> list[int]:
    """At most five labels from 0 to beyond `top`, on round steps."""
    step = next(step for step in _round_steps() if step * 4 >= top)
    return [step * count for count in range(math.ceil(max(top, 1) / step) + 1)]


def _round_steps() -> Iterator[int]:
    size = 1
    while True:
        yield from (size, 2 * size, 4 * size, 5 * size)
        size *= 10


def _lacking(one: Interval) -> int | None:
    is_short = one.open_counters is not None and one.needed - one.open_counters >= SHORT
    return one.needed if is_short else None


def _steps(intervals: Sequence[Interval], values: Sequence[float | None]) -> list[Point | None]:
    """Two points a half hour; None breaks the line where the office is closed or has no value."""
    points: list[Point | None] = []
    ended: int | None = None
    for interval, value in zip(intervals, values, strict=True):
        if value is None:
            continue
        if points and ended != interval.starts:
            points.append(None)
        points += [(interval.starts, value), (interval.ends, value)]
        ended = interval.ends
    return points
