"""The paper of a form in millimetres: boxes, lines and texts that the Typst template draws as they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from models.papers.glyphs import face
from models.papers.layout.breaking import even_lines, in_columns
from models.papers.name_font import name_face

MM_OF_POINT = 25.4 / 72
HAIR, RULE, FRAME, STAFF_FRAME = 0.15, 0.25, 0.5, 1.0
"""Line weights in mm: inside a cell, between cells, around a section, around what only staff fill."""
LABEL_SIZE, CHOICE_SIZE, ANSWER_SIZE = 8.5, 10.0, 12.5
"""Points, where the text fits."""
LEAST_LABEL, LEAST_LIST, LEAST_ANSWER = 8.0, 7.0, 5.0
TICK, GAP = 0.79, 0.8
"""A check-box and the space between two of them, in units of their size."""


@dataclass(frozen=True)
class Box:
    """A rectangle: upper left corner, width, height."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, across: float, down: float = 0.0) -> Box:
        """The box without a margin left and right (`across`) and above and below (`down`)."""
        return Box(self.x + across, self.y + down, self.w - 2 * across, self.h - 2 * down)

    def left(self, width: float) -> Box:
        """The part of this width at the left."""
        return Box(self.x, self.y, width, self.h)

    def after(self, width: float) -> Box:
        """What remains right of `width`."""
        return Box(self.x + width, self.y, self.w - width, self.h)

    def top(self, height: float) -> Box:
        """The part of this height at the top."""
        return Box(self.x, self.y, self.w, height)

    def below(self, height: float) -> Box:
        """What remains below `height`."""
        return Box(self.x, self.y + height, self.w, self.h - height)

    def columns(self, shares: Sequence[float]) -> list[Box]:
        """The box cut from left to right in these shares."""
        whole, x, cut = sum(shares), self.x, []
        for share in shares:
            width = self.w * share / whole
            cut.append(Box(x, self.y, width, self.h))
            x += width
        return cut

    def rows(self, shares: Sequence[float]) -> list[Box]:
        """The box cut from top to bottom in these shares."""
        whole, y, cut = sum(shares), self.y, []
        for share in shares:
            height = self.h * share / whole
            cut.append(Box(self.x, y, self.w, height))
            y += height
        return cut


@dataclass
class Canvas:
    """One page being drawn."""

    fills: list[list[float]] = field(default_factory=list)
    lines: list[list[float | bool]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    continued: list[tuple[str, str]] = field(default_factory=list)
    """Labels and answers too long for their boxes, for a sheet of their own."""
    names: frozenset[str] = frozenset()
    """Texts that are set in the font of names."""

    def frame(self, box: Box, weight: float = RULE, dashed: bool = False) -> None:
        """The outline of a box; `weight` in mm. A box without height or width is a line."""
        place = (box.x, box.y, box.w, box.h)
        self.lines.append([*(round(length, 3) for length in place), weight, dashed])

    def shade(self, box: Box, percent: float) -> None:
        """A grey ground, at most 15 % so that a copy stays legible."""
        self.fills.append([*(round(length, 3) for length in (box.x, box.y, box.w, box.h)), percent])

    def write(self, box: Box, text: str, size: float, side: str = "lm", **more: Any) -> None:
        """`text` inside `box`, at most `size` points, never below `least`.

        `side` is l, c or r and t, m or b. Below `hold` of the size lines are wrapped rather than shrunk further.
        """
        if not text:
            return
        style = {"least": min(size, LEAST_LABEL), "hold": 0.75, "bold": False, **more}
        mincho = name_face() if text in self.names else None
        if mincho is None:
            text = face().drawable(text)
        else:
            style["named"] = True
        factor = on_its_lines(text, box, size, mincho.width if mincho else ems)
        sure = factor >= style.pop("hold")
        place = {"side": side, "sure": sure, "size": round(size * factor, 2) if sure else size}
        self._mark("text", box, text=text, **place, **style)

    def title(self, box: Box, text: str, size: float, tracking: float) -> None:
        """The form's title, letters `tracking` em apart."""
        room = Box(box.x, box.y, box.w / (1 + tracking), box.h)
        head, bracket, tail = text.partition("（")
        if bracket and on_its_lines(text, room, size) < 0.75:
            text = f"{head}\n（{tail}"
        fit = round(size * on_its_lines(text, room, size), 2)
        self._mark("title", box, text=text, size=fit, tracking=tracking, side="cm")

    def label(self, box: Box, words: str) -> None:
        """A label in the middle of `box`, on as many even lines as its width asks."""
        self.write(box, balanced(words, box), LABEL_SIZE, "cm", least=6.0, hold=0.7)

    def choose(self, box: Box, options: Sequence[tuple[bool, str]], size: float = CHOICE_SIZE) -> None:
        """Check-boxes with their words, the chosen ones ticked, wrapped inside `box`."""
        sizes = (size - step * 0.5 for step in range(int((size - LEAST_LIST) / 0.5) + 1))
        fit = next((smaller for smaller in sizes if options_fit(options, box, smaller)), None)
        entries = [[chosen, face().drawable(words)] for chosen, words in options]
        self._mark("options", box, options=entries, size=fit or LEAST_LIST, side="lm")

    def stand(self, box: Box, text: str, size: float = 9.0) -> None:
        """`text` in vertical writing, in as many columns as it needs."""
        letters = upright(text)
        most = max(1, int((box.h - 1) / (size * 1.04 * MM_OF_POINT)))
        count = -(-len(letters) // most)
        if count * size * 1.12 * MM_OF_POINT > box.w and size > 6.5:
            return self.stand(box, text, size - 0.5)
        columns = in_columns(letters, count, most)
        each = max(map(len, columns))
        room = (box.h - 2) / MM_OF_POINT / each - size
        self._mark(
            "vertical", box, columns=columns, side="cm", size=size, lead=round(max(0.2, min(2.5, room)), 2)
        )
        return None

    def code(self, box: Box) -> None:
        """The QR code of the print."""
        self._mark("code", box)

    def _mark(self, kind: str, box: Box, **more: Any) -> None:
        place = {"x": box.x, "y": box.y, "w": box.w, "h": box.h}
        self.marks.append({"kind": kind, **{key: round(value, 3) for key, value in place.items()}, **more})

    def drawn(self) -> dict[str, Any]:
        """What the template reads."""
        return {"fills": self.fills, "lines": self.lines, "marks": self.marks}


def upright(text: str) -> list[str]:
    """The letters of vertical writing; two digits stand side by side in one place."""
    letters: list[str] = []
    for letter in text:
        if _is_digit(letter) and letters and _is_digit(letters[-1]):
            letters[-1] += letter
        else:
            letters.append(letter)
    return letters


def _is_digit(letter: str) -> bool:
    return len(letter) == 1 and letter.isascii() and letter.isdigit()


def ems(text: str) -> float:
    """How wide one line of `text` is, in units of its size."""
    return face().width(text)


def lines_needed(text: str, width: float, size: float) -> int:
    """About how many lines `text` takes in `width` mm at `size` points."""
    room = max(1.0, width / (size * MM_OF_POINT))
    return sum(max(1, math.ceil(ems(line) * 1.03 / room)) for line in text.split("\n"))


def fits(text: str, box: Box, size: float) -> bool:
    """Whether `text` stays inside `box` when it is wrapped at `size` points."""
    return lines_needed(text, box.w, size) * size * 1.26 * MM_OF_POINT <= box.h


def on_its_lines(text: str, box: Box, size: float, width: Callable[[str], float] | None = None) -> float:
    """The factor, at most 1, by which `size` must shrink so that no line of `text` needs to be wrapped."""
    lines = text.split("\n")
    widest = max(map(width or ems, lines)) * 1.012 * size * MM_OF_POINT
    high = (1.24 * len(lines) - 0.24) * size * MM_OF_POINT
    return min(1.0, box.w / widest if widest else 1.0, box.h / high)


@lru_cache(maxsize=2048)
def balanced(words: str, box: Box) -> str:
    """`words` of the form itself on the lines of about equal length on which they can be set largest."""
    best, size = words, 0.0
    for care, better in ((1.0, 0.02), (0.0, 0.05)):
        for count in range(1, min(4, len(words)) + 1):
            text = "\n".join(even_lines(words, count, ems, care))
            factor = on_its_lines(text, box, LABEL_SIZE)
            if factor > size + better:
                best, size = text, factor
    return best


def options_width(words: str) -> float:
    """The width of one check-box with its words, in units of its size."""
    return TICK + ems(words)


def options_fit(options: Sequence[tuple[bool, str]], box: Box, size: float) -> bool:
    """Whether check-boxes, broken only between them, stay inside `box` at `size` points."""
    room, lines, used = box.w / (size * MM_OF_POINT), 1, 0.0
    for _, words in options:
        wide = options_width(words) * 1.012
        if used and used + GAP + wide > room:
            lines, used = lines + 1, wide
        else:
            used += (GAP if used else 0.0) + wide
        if wide > room:
            return False
    return (lines * 1.42 - 0.12) * size * MM_OF_POINT <= box.h
