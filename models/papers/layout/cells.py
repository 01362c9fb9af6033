"""Cells of a form: which stand on one line, how high they must be, and how each kind of item is painted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from models.catalogue.definitions import FormField
from models.papers.answers import is_chosen, printed
from models.papers.layout.breaking import even_lines
from models.papers.layout.canvas import (
    ANSWER_SIZE,
    CHOICE_SIZE,
    GAP,
    HAIR,
    LABEL_SIZE,
    LEAST_ANSWER,
    MM_OF_POINT,
    RULE,
    TICK,
    Box,
    Canvas,
    ems,
    fits,
    lines_needed,
)

LABEL_SHADE = 7.0
FURIGANA = 4.0
LIST_KINDS = frozenset({"choice", "multi"})
_PERCENT = {
    "name": 60,
    "wareki": 40,
    "date": 40,
    "tel": 40,
    "zip": 30,
    "address": 100,
    "sign": 100,
    "stamp": 100,
}
_LEAST = {"address": 10.2, "sign": 9.5, "stamp": 36.0, "block": 9.5, "bool": 7.5}
_MOST = {
    "name": 18.0,
    "address": 18.0,
    "sign": 15.0,
    "stamp": 60.0,
    "bool": 9.0,
    "choice": 13.0,
    "multi": 15.0,
}
_LABEL_ROOM = (20.0, 37.0)


@dataclass(frozen=True)
class Cell:
    """One item in its place on a line; `kana` is the item whose answer stands above as フリガナ."""

    item: FormField
    share: float
    kana: FormField | None = None


def with_kana(fields: Sequence[FormField]) -> list[tuple[FormField, FormField | None]]:
    """Each field with the reading that is printed above it; such readings get no cell of their own."""
    paired: list[tuple[FormField, FormField | None]] = []
    for item in fields:
        before = paired[-1] if paired else None
        if item.kind == "kana" and before and before[0].furigana and before[1] is None:
            paired[-1] = (before[0], item)
        else:
            paired.append((item, None))
    return paired


def lines_of_cells(fields: Sequence[FormField], percent: Callable[[FormField], float]) -> list[list[Cell]]:
    """Cells in the data's order, as many on a line as 100 percent hold."""
    lines: list[list[Cell]] = []
    filled = 0.0
    for item, kana in with_kana(fields):
        share = item.width or percent(item)
        if not lines or filled + share > 100.5:
            lines.append([])
            filled = 0.0
        filled += share
        lines[-1].append(Cell(item, share, kana))
    return lines


def natural_percent(item: FormField, width: float) -> float:
    """The share of a line of `width` mm that an item takes when the data does not say."""
    if item.kind in LIST_KINDS:
        return 50 if options_width(item) + 26 < width / 2 else 100
    if item.kind == "bool":
        room = (ems(item.label.ja) + 3) * CHOICE_SIZE * MM_OF_POINT + 3
        return next((share for share in (25, 33.3, 50) if room < width * share / 100), 100)
    if item.kind == "text":
        return 100 if item.max_length > 60 else 50
    return _PERCENT.get(item.kind, 50)


def options_width(item: FormField, size: float = CHOICE_SIZE) -> float:
    """About how many mm all choices take on one line."""
    return sum(ems(value) + TICK + GAP for value in item.values) * size * MM_OF_POINT


def label_widths(lines: Sequence[Sequence[Cell]], width: float) -> dict[int, float]:
    """One label width for all cells that begin at the same place of a section, so that columns align."""
    widths: dict[int, float] = {}
    for line in lines:
        whole, start = sum(cell.share for cell in line), 0.0
        for cell in line:
            place, mm = round(start), width * cell.share / whole
            if cell.item.kind != "bool":
                widths[place] = max(widths.get(place, 0), min(label_width(cell.item.label.ja), mm * 0.42))
            start += cell.share * 100 / whole
    return widths


@lru_cache(maxsize=2048)
def label_width(label: str) -> float:
    """Room for the label on one line where it is short, else on two."""
    least, most = _LABEL_ROOM
    widest = max(ems(line) for line in even_lines(label, 1 if ems(label) <= 6 else 2, ems))
    return min(most, max(least, widest * LABEL_SIZE * MM_OF_POINT + 2.4))


def least_of(cell: Cell, width: float, label: float) -> float:
    """The least height in mm of a cell of this width whose label takes `label` mm."""
    item = cell.item
    room = max(10.0, width - label - 3)
    if item.kind in LIST_KINDS:
        rows = max(1, math.ceil(options_width(item, 8.5) * 1.02 / room))
        return max(7.8, rows * 4.6 + 1.6)
    words = lines_needed(item.label.ja, label - 1.8, 8) * 3.3 + 1.4 if label else 0
    return max(_LEAST.get(item.kind, 9.0) + (FURIGANA - 0.6 if item.furigana else 0), words)


def most_of(cell: Cell) -> float:
    """The greatest height in mm at which a cell still reads as one line of a form."""
    if cell.item.kind == "text" and cell.item.max_length > 150:
        return 120.0
    return _MOST.get(cell.item.kind, 16.0)


def paint_cell(canvas: Canvas, box: Box, cell: Cell, answers: Mapping[str, Any], label: float) -> None:
    """A framed cell: its label on grey at the left, the answer or the empty space to write it at the right."""
    canvas.frame(box)
    if cell.item.kind == "bool":
        paint_answer(canvas, box, cell, answers)
        return
    head = box.left(label)
    paint_label(canvas, head, cell.item, furigana=cell.item.furigana)
    paint_answer(canvas, box.after(label), cell, answers)


def paint_label(canvas: Canvas, box: Box, item: FormField, furigana: bool = False) -> None:
    """The label of an item on its grey ground, フリガナ above it where the item has a reading."""
    canvas.shade(box, LABEL_SHADE)
    canvas.frame(box)
    if furigana:
        strip = box.top(_furigana(box))
        canvas.write(strip.inset(0.8), "フリガナ", 8, "cm")
        box = box.below(strip.h)
    canvas.label(box.inset(0.9, 0.3), item.label.ja)


def paint_answer(canvas: Canvas, box: Box, cell: Cell, answers: Mapping[str, Any]) -> None:
    """The answer of a cell, its reading above it, without label and frame."""
    if cell.item.furigana:
        reading = printed(cell.kana, answers.get(cell.kana.id)) if cell.kana else ""
        strip = box.top(_furigana(box))
        canvas.frame(Box(box.x, strip.y + strip.h, box.w, 0), HAIR, dashed=True)
        write_answer(canvas, strip.inset(1.6, 0.25), reading, cell.item.label.ja, size=9)
        box = box.below(strip.h)
    _PAINTERS.get(cell.item.kind, _paint_text)(canvas, box, cell.item, answers.get(cell.item.id))


def _furigana(box: Box) -> float:
    return min(4.8, box.h * 0.36)


def write_answer(canvas: Canvas, box: Box, text: str, label: str, size: float = ANSWER_SIZE) -> None:
    """An answer as large as it fits; one that cannot be read in its box goes whole to the continuation sheet."""
    if text and not fits(text, box, LEAST_ANSWER):
        canvas.continued.append((label, text))
        text = "（続紙に記載）"
    canvas.write(box, text, size, least=4.0)


def _padded(box: Box) -> Box:
    return box.inset(1.6, 0.8 if box.h > 8 else 0.4)


def _paint_text(canvas: Canvas, box: Box, item: FormField, value: Any) -> None:
    text = printed(item, value)
    if not text and item.kind == "text" and box.h > 26:
        for row in range(1, int(box.h // 9)):
            canvas.frame(Box(box.x + 2, box.y + row * box.h / (box.h // 9), box.w - 4, 0), HAIR, dashed=True)
    if item.vocabulary == "copies":
        canvas.write(box.after(box.w - 8), "通", 9, "cm")
        box = box.left(box.w - 8)
    write_answer(canvas, _padded(box), text, item.label.ja)


def _paint_date(canvas: Canvas, box: Box, item: FormField, value: Any) -> None:
    text = printed(item, value)
    if text:
        write_answer(canvas, _padded(box), text, item.label.ja)
    else:
        gap = "　" * max(1, min(3, int((box.w - 12) / 9)))
        canvas.write(box.inset(1.6), f"年{gap}月{gap}日", 9, side="rm", hold=0.6)


def _paint_address(canvas: Canvas, box: Box, item: FormField, value: Any) -> None:
    text = printed(item, value)
    if text:
        write_answer(canvas, _padded(box), text, item.label.ja)
    else:
        canvas.write(box.inset(1.6, 0.6).top(4), "〒　　　－", 9)


def _paint_choice(canvas: Canvas, box: Box, item: FormField, value: Any) -> None:
    if not item.values:
        _paint_text(canvas, box, item, value)
        return
    canvas.choose(box.inset(1.6, 0.6), [(is_chosen(item, value, option), option) for option in item.values])


def _paint_bool(canvas: Canvas, box: Box, item: FormField, value: Any) -> None:
    canvas.choose(box.inset(1.6, 0.4), [(value is True, item.label.ja)])


def _paint_signature(canvas: Canvas, box: Box, item: FormField, value: Any) -> None:
    note = "㊞" if "印" in item.label.ja else "（自署）"
    canvas.write(box.inset(1.6), note, 11 if note == "㊞" else 8, side="rm")


def _paint_squares(canvas: Canvas, box: Box, item: FormField, value: Any) -> None:
    paint_number_squares(canvas, box)


def paint_number_squares(canvas: Canvas, box: Box) -> None:
    """Twelve empty squares in groups of four for a number written by hand."""
    side = min(7.0, (box.w - 4) / 12.6, box.h - 1.6)
    x, y = box.x + 1.6, box.y + (box.h - side) / 2
    for index in range(12):
        canvas.frame(Box(x + index * side + index // 4 * side * 0.25, y, side, side))


def _paint_stamp(canvas: Canvas, box: Box, item: FormField, value: Any) -> None:
    x, y = box.x + 6, box.y + (box.h - 30) / 2
    for start in (x, x + 38):
        canvas.frame(Box(start, y, 30, 30), RULE)
        canvas.frame(Box(start + 2.5, y + 2.5, 25, 25), HAIR, dashed=True)
        canvas.frame(Box(start + 11, y + 11, 8, 8), HAIR, dashed=True)
    words = "鮮明に2か所押してください。\n外側の点線は一辺25mm、\n内側の点線は一辺8mmです。"
    canvas.write(Box(x + 74, y, max(20.0, box.w - 84), 30), words, 9)


_PAINTERS: dict[str, Callable[[Canvas, Box, FormField, Any], None]] = {
    "wareki": _paint_date,
    "date": _paint_date,
    "address": _paint_address,
    "choice": _paint_choice,
    "multi": _paint_choice,
    "bool": _paint_bool,
    "sign": _paint_signature,
    "block": _paint_squares,
    "stamp": _paint_stamp,
}
