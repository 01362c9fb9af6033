"""Drawings of numbers: from series to points of an SVG, so that pages need neither a script nor a picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

Tone = Literal["a", "b", "c"]
"""a: what is needed or measured (solid green), b: what is now (grey, dashed), c: what needs a person (orange)."""

HEIGHT, GROUP_LINE = 220, 18
"""Of a drawing, and of the line below its labels that names groups of them."""
TOP, BOTTOM = 20.0, 186.0
WIDEST_BAR, FIGURED_BAR = 48.0, 22.0
"""How wide a bar grows at most, and from which width on its number has room above it."""
LETTER, KANJI = 7.5, 12.0
"""How wide a letter below the axis is."""


@dataclass(frozen=True)
class Field:
    """The ground of a drawing: its width, and where the numbers begin and end."""

    width: int
    left: float
    right: float

    def place(self, count: int) -> float:
        """The room of each of so many labels."""
        return (self.right - self.left) / max(count, 1)


DESK, PHONE = Field(720, 40.0, 712.0), Field(360, 36.0, 354.0)


@dataclass(frozen=True)
class Mark:
    """A text at a position of an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Bar:
    """One upright bar, with its number above it where there is room."""

    x: float
    y: float
    width: float
    height: float
    figure: str = ""


@dataclass(frozen=True)
class Series:
    """One named row of numbers as drawn: a path, or bars."""

    name: str
    tone: Tone
    path: str = ""
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """Everything that the template `chart` draws."""

    series: tuple[Series, ...]
    ticks: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    field: Field = DESK
    groups: tuple[Mark, ...] = ()
    """Names below the labels, each of as many of them as the others."""
    foot: ClassVar[int] = HEIGHT
    """Where the labels end."""
    narrow: Drawing | None = None
    """The same numbers drawn for a phone, in letters as large; none where the names below would not fit."""

    @property
    def height(self) -> int:
        """Of the whole drawing."""
        return HEIGHT + (GROUP_LINE if self.groups else 0)


Row = tuple[str, Tone, Sequence[float | None]]
"""Name, tone and one number for each label; None leaves a gap."""


def steps(labels: Sequence[str], rows: Sequence[Row]) -> Drawing:
    """Each number held over its interval: counters by half hour. Of clock times only whole hours are written."""
    scale = _scale(rows)

    def draw(field: Field) -> Drawing:
        series = tuple(
            Series(name, tone, path=_stepped(numbers, scale, field)) for name, tone, numbers in rows
        )
        return Drawing(series, _ticks(scale), _labels(labels, field, middle=False), field)

    return _for_both(draw)


def bars(labels: Sequence[str], rows: Sequence[Row], groups: Sequence[str] = ()) -> Drawing:
    """Numbers as bars side by side above each label: visits by weekday. `groups` name as many labels each."""
    scale = _scale(rows)

    def draw(field: Field) -> Drawing:
        place = field.place(len(labels))
        width = min(place * 0.7 / max(len(rows), 1), WIDEST_BAR)
        first = field.left + (place - width * len(rows)) / 2
        series = tuple(
            Series(name, tone, bars=tuple(
                Bar(round(first + place * column + width * row, 1), _height(value, scale),
                    round(width - min(2, width / 4), 1), round(BOTTOM - _height(value, scale), 1),
                    _figure(value) if width >= FIGURED_BAR else "")
                for column, value in enumerate(numbers) if value is not None
            ))
            for row, (name, tone, numbers) in enumerate(rows)
        )  # fmt: skip
        named = _labels(groups, field, middle=True)
        return Drawing(series, _ticks(scale), _labels(labels, field, middle=True), field, named)

    return _for_both(draw)


def bars_under_steps(labels: Sequence[str], under: Sequence[Row], over: Row) -> Drawing:
    """Bars on top of one another that fill the intervals, and a line held over them: what covers what is needed."""
    sums = [sum(numbers[n] or 0.0 for _, _, numbers in under) for n in range(len(labels))]
    scale = _scale([over, ("", "a", sums)])

    def draw(field: Field) -> Drawing:
        place = field.place(len(labels))
        ground = [0.0] * len(labels)
        series = []
        for name, tone, numbers in under:
            drawn = []
            for column, value in enumerate(numbers):
                if value:
                    y, foot = _height(ground[column] + value, scale), _height(ground[column], scale)
                    x = round(field.left + place * column + 1, 1)
                    drawn.append(Bar(x, y, round(place - 2, 1), round(foot - y, 1)))
                    ground[column] += value
            series.append(Series(name, tone, bars=tuple(drawn)))
        series.append(Series(over[0], over[1], path=_stepped(over[2], scale, field)))
        return Drawing(tuple(series), _ticks(scale), _labels(labels, field, middle=False), field)

    return _for_both(draw)


def _for_both(draw: Callable[[Field], Drawing]) -> Drawing:
    """A drawing as wide as a desk's screen, with the one for a phone where every name has room there."""
    wide, narrow = draw(DESK), draw(PHONE)
    if len(narrow.labels) < len(wide.labels) and any(_wide(one.text) > KANJI * 5 for one in wide.labels):
        return wide
    return replace(wide, narrow=narrow)


def _scale(rows: Sequence[Row]) -> float:
    """The axis' upper end: four round steps that hold the highest number."""
    highest = max((value for _, _, numbers in rows for value in numbers if value is not None), default=0)
    if highest <= 0 or 1 <= highest <= 4:
        return 4.0
    unit = 10.0 ** math.floor(math.log10(highest / 4))
    return next(4 * unit * step for step in (1, 2, 3, 4, 5, 6, 8, 10, 20) if 4 * unit * step >= highest)


def _ticks(scale: float) -> tuple[Mark, ...]:
    return tuple(Mark(_height(scale * part / 4, scale), f"{scale * part / 4:,.4g}") for part in range(5))


def _labels(labels: Sequence[str], field: Field, middle: bool) -> tuple[Mark, ...]:
    """What is written below: every text that may be, or every second, third … where they would touch."""
    place = field.place(len(labels))
    shift = 0.5 if middle else 0.0
    marks = [
        Mark(round(field.left + place * (n + shift), 1), text)
        for n, text in enumerate(labels)
        if _shown(text)
    ]
    gap = min((one.at - other.at for other, one in zip(marks, marks[1:], strict=False)), default=0.0)
    widest = max((_wide(one.text) for one in marks), default=0.0)
    return tuple(marks[:: math.ceil((widest + LETTER) / gap)] if gap else marks)


def _wide(text: str) -> float:
    return sum(KANJI if ord(letter) > 0xFF else LETTER for letter in text)


def _shown(label: str) -> bool:
    return label != "" and (":" not in label or label.endswith(":00"))


def _height(value: float, scale: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / scale, 1)


def _figure(value: float) -> str:
    """A number in few letters: 3.8, 12, 1,240."""
    return f"{value:,.1f}" if abs(value) < 10 and value % 1 else f"{value:,.0f}"


def _stepped(numbers: Sequence[float | None], scale: float, field: Field) -> str:
    place = field.place(len(numbers))
    parts, pen_down = [], False
    for n, value in enumerate(numbers):
        if value is None:
            pen_down = False
            continue
        parts.append(f"{'V' if pen_down else f'M{field.left + place * n:.1f} '}{_height(value, scale)}")
        parts.append(f"H{field.left + place * (n + 1):.1f}")
        pen_down = True
    return "".join(parts)
