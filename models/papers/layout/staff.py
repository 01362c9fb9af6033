"""Boxes that only staff fill: stamps, identity check, fee, decision, numbers written by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.catalogue.definitions import FormField, StaffBlock
from models.papers.layout.canvas import GAP, MM_OF_POINT, Box, Canvas, options_width
from models.papers.layout.cells import (
    LABEL_SHADE,
    LIST_KINDS,
    Cell,
    label_width,
    least_of,
    natural_percent,
    paint_cell,
    paint_number_squares,
)
from models.papers.layout.parts import Part

_HEAD = 4.6
_FIELD_MM = 40.0


@dataclass(frozen=True)
class _Place:
    item: FormField
    block: StaffBlock | None
    width: float
    least: float


def staff_parts(fields: Sequence[FormField], blocks: Mapping[str, StaffBlock], width: float) -> list[Part]:
    """Lines of staff boxes in the data's order, each box about as wide as its millimetres ask."""
    lines: list[list[_Place]] = []
    for item in fields:
        place = _place(item, blocks.get(item.block), width)
        if not lines or sum(other.width for other in lines[-1]) + place.width > width + 1:
            lines.append([])
        lines[-1].append(place)
    return [_line(line) for line in lines]


def _place(item: FormField, block: StaffBlock | None, width: float) -> _Place:
    if item.width:
        wide = width * item.width / 100
    elif block is not None:
        wide = block.width_mm
    else:
        wide = width * natural_percent(item, width) / 100 if item.kind in LIST_KINDS else _FIELD_MM
    if block is not None:
        return _Place(item, block, wide, max(block.height_mm * 0.74, _words_height(block, wide)))
    return _Place(item, None, wide, least_of(Cell(item, 1), wide, _label(item, wide)))


def _words_height(block: StaffBlock, width: float) -> float:
    """The height that a block of check-boxes needs for its words at 9 points."""
    if block.look != "checks":
        return 0.0
    wide = sum(options_width(words) + GAP for words in _check_words(block)) * 9 * MM_OF_POINT
    return _HEAD + math.ceil(wide * 1.06 / (width - 3.2)) * 4.6 + 1.2


def _check_words(block: StaffBlock) -> list[str]:
    """The words of the boxes, the last with room to write."""
    return [*block.cells[:-1], f"{block.cells[-1]}（　　　　）"] if block.cells else []


def _label(item: FormField, width: float) -> float:
    return min(width * 0.45, label_width(item.label.ja))


def _line(places: Sequence[_Place]) -> Part:
    def paint(canvas: Canvas, box: Box) -> None:
        spots = box.columns([place.width for place in places])
        for place, spot in zip(places, spots, strict=True):
            if place.block is None:
                paint_cell(canvas, spot, Cell(place.item, 1), {}, _label(place.item, spot.w))
            else:
                canvas.frame(spot)
                _LOOKS[place.block.look](canvas, spot, place.block)

    tall = any(place.block is not None for place in places)
    return Part(max(place.least for place in places), 32.0 if tall else 11.0, paint)


def _title(canvas: Canvas, box: Box, words: str) -> None:
    canvas.shade(box, LABEL_SHADE)
    canvas.frame(box)
    canvas.label(box.inset(0.6, 0.1), words)


def _stamps(canvas: Canvas, box: Box, block: StaffBlock) -> None:
    for spot, words in zip(box.columns([1] * len(block.cells)), block.cells, strict=True):
        _title(canvas, spot.top(_HEAD), words)
        canvas.frame(spot)


def _checks(canvas: Canvas, box: Box, block: StaffBlock) -> None:
    _title(canvas, box.top(_HEAD), block.title)
    canvas.choose(box.below(_HEAD).inset(1.6, 0.4), [(False, words) for words in _check_words(block)], 9)


def _writing(canvas: Canvas, box: Box, block: StaffBlock) -> None:
    _title(canvas, box.top(_HEAD), block.title)
    for spot, words in zip(box.below(_HEAD).columns([1] * len(block.cells)), block.cells, strict=True):
        canvas.frame(spot)
        canvas.write(spot.inset(0.8, 0.8), words, 8, least=6.0, side="rb")


def _squares(canvas: Canvas, box: Box, block: StaffBlock) -> None:
    _title(canvas, box.top(_HEAD), block.title)
    paint_number_squares(canvas, box.below(_HEAD))


def _code(canvas: Canvas, box: Box, block: StaffBlock) -> None:
    side = min(box.w, box.h) - 2
    canvas.code(Box(box.x + (box.w - side) / 2, box.y + (box.h - side) / 2, side, side))


_LOOKS: dict[str, Callable[[Canvas, Box, StaffBlock], None]] = {
    "stamps": _stamps,
    "checks": _checks,
    "writing": _writing,
    "squares": _squares,
    "code": _code,
}
