"""The chart of days ahead: a mark at what is expected of each day, in a band in which eight days in ten will lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pygal.etree import etree

from models.papers.chart_dress import (
    BAR,
    FONTS,
    GUIDE,
    KEY,
    SECOND_INK,
    Look,
    finished,
    legend,
    legend_height,
)
from models.rules.planning.forecast import Expected

HEIGHT = 280
TOP, BOTTOM = 44.0, 248.0
STEPS = (1, 2, 5, 10, 20, 25, 50)


@dataclass(frozen=True)
class ForecastWords:
    """What the chart says: its title, one sentence of what it shows, and the names of its mark and its band."""

    title: str
    description: str
    expected: str
    band: str


@dataclass(frozen=True)
class Ground:
    """Where the days stand: from `left` to `right` across, below `top`; `ceiling` people reach to the top."""

    width: int
    left: float
    right: float
    top: float = TOP
    ceiling: float = 1.0

    def y(self, value: float) -> float:
        """How far down so many people are."""
        return BOTTOM - (BOTTOM - self.top) * value / self.ceiling


WIDE, NARROW = Ground(700, 56.0, 690.0), Ground(360, 40.0, 356.0)


def forecast_chart(
    days: Sequence[tuple[date, Expected]], words: ForecastWords, narrow: bool = False
) -> bytes:
    """An SVG of 700 px width, or 360 px for a phone, the same bytes for the same numbers; ValueError without a day."""
    if not days:
        raise ValueError("nothing to draw")
    looks = [Look(words.expected, KEY, 3), Look(words.band, BAR, 12)]
    ground = NARROW if narrow else WIDE
    step = _step(max(one.p90 for _, one in days))
    top = step * math.ceil(max(1.0, max(one.p90 for _, one in days)) / step)
    ground = replace(ground, top=TOP + legend_height(looks, ground.left, ground.right), ceiling=top)
    size = {"width": str(ground.width), "height": str(HEIGHT)}
    box = {**size, "viewBox": f"0 0 {ground.width} {HEIGHT}"}
    root = etree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **box, "font-size": "14"})
    root.set("font-family", FONTS)
    for value in range(0, top + 1, step):
        _guide(root, value, ground)
    room = (ground.right - ground.left) / len(days)
    for at, (day, people) in enumerate(days):
        _day(root, ground.left + room * at, room, day, people, ground)
    legend(root, looks, ground.left, ground.right)
    return finished(root, words.title, words.description)


def _step(most: float) -> int:
    """The distance of the guides: at most six of them."""
    scale = 1
    while True:
        for one in STEPS:
            if most <= 5 * one * scale:
                return one * scale
        scale *= 10


def _guide(root: Any, value: int, ground: Ground) -> None:
    y = ground.y(value)
    ends = {"x1": f"{ground.left:g}", "x2": f"{ground.right:g}", "y1": f"{y:.1f}", "y2": f"{y:.1f}"}
    etree.SubElement(root, "line", {**ends, "stroke": GUIDE, "stroke-width": "1"})
    place = {"x": f"{ground.left - 8:g}", "y": f"{y + 5:.1f}", "text-anchor": "end", "fill": SECOND_INK}
    etree.SubElement(root, "text", place).text = f"{value:,}"


def _day(root: Any, left: float, room: float, day: date, people: Expected, ground: Ground) -> None:
    """One day's band and mark; Mondays carry their date below."""
    if people.p50 > 0:
        high, low, middle = (ground.y(value) for value in (people.p90, people.p10, people.p50))
        band = {"x": f"{left + room * 0.15:.1f}", "width": f"{room * 0.7:.1f}", "y": f"{high:.1f}"}
        etree.SubElement(root, "rect", {**band, "height": f"{low - high:.1f}", "fill": BAR})
        ends = {"x1": f"{left + room * 0.15:.1f}", "x2": f"{left + room * 0.85:.1f}"}
        line = {"y1": f"{middle:.1f}", "y2": f"{middle:.1f}", "stroke": KEY, "stroke-width": "3"}
        etree.SubElement(root, "line", {**ends, **line})
    if day.weekday() == 0:
        place = {"x": f"{left + room / 2:.1f}", "y": f"{BOTTOM + 20:g}", "text-anchor": "middle"}
        etree.SubElement(root, "text", {**place, "fill": SECOND_INK}).text = f"{day.month}/{day.day}"
