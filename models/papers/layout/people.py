"""Tables of people: one record of one or more lines for each, as many records as one sheet holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.catalogue.definitions import FormField
from models.papers.answers import printed
from models.papers.layout.canvas import MM_OF_POINT, RULE, Box, Canvas, lines_needed
from models.papers.layout.cells import (
    FURIGANA,
    LABEL_SHADE,
    LIST_KINDS,
    Cell,
    lines_of_cells,
    options_width,
    paint_answer,
    write_answer,
)
from models.papers.layout.parts import Part

NUMBER = 6.0
_PERCENT = {"name": 38, "wareki": 26, "date": 22, "address": 100, "block": 44, "choice": 20, "kana": 38}
_LEAST = {"name": 9.5, "address": 6.6}


@dataclass(frozen=True)
class People:
    """The repeated fields of a section as record lines over `width` mm."""

    lines: tuple[tuple[Cell, ...], ...]
    width: float

    @classmethod
    def of(cls, fields: Sequence[FormField], width: float) -> People:
        """Lines packed from the fields' widths."""
        packed = lines_of_cells(fields, lambda item: _PERCENT.get(item.kind, 20))
        return cls(tuple(tuple(line) for line in packed), width)

    def head_heights(self) -> list[float]:
        """Height of each line of the heading."""
        return [
            max(
                lines_needed(cell.item.label.ja, mm - 1.2, 8) * 3.1 + 1.2 for cell, mm in self._measured(line)
            )
            for line in self.lines
        ]

    def record_heights(self) -> list[float]:
        """Least height of each line of one record."""
        return [max(_LEAST.get(cell.item.kind, 6.2) for cell in line) for line in self.lines]

    def _measured(self, line: Sequence[Cell]) -> list[tuple[Cell, float]]:
        whole = sum(cell.share for cell in line)
        return [(cell, (self.width - NUMBER) * cell.share / whole) for cell in line]

    def part(self, rows: Sequence[Any], first: int, count: int) -> Part:
        """The table of `count` records of `rows`, numbered from `first` + 1."""
        shown = [rows[index] if index < len(rows) else {} for index in range(first, first + count)]
        record = sum(self.record_heights())

        def paint(canvas: Canvas, box: Box) -> None:
            top = sum(self.head_heights())
            self._paint_head(canvas, box.top(top))
            for index, (row, place) in enumerate(zip(shown, box.below(top).rows([1] * count), strict=True)):
                self._paint_record(canvas, place, row, first + index + 1)

        top = sum(self.head_heights())
        return Part(top + count * record, top + count * record * 1.55, paint)

    def _paint_head(self, canvas: Canvas, box: Box) -> None:
        canvas.shade(box, LABEL_SHADE)
        canvas.frame(box.left(NUMBER))
        places = box.after(NUMBER).rows(self.head_heights())
        for line, place in zip(self.lines, places, strict=True):
            for cell, spot in zip(line, place.columns([cell.share for cell in line]), strict=True):
                canvas.frame(spot)
                canvas.label(spot.inset(0.5, 0.1), cell.item.label.ja)

    def _paint_record(self, canvas: Canvas, box: Box, row: Any, number: int) -> None:
        canvas.frame(box, RULE * 1.6)
        canvas.write(box.left(NUMBER), str(number), 9, side="cm")
        for line, place in zip(self.lines, box.after(NUMBER).rows(self.record_heights()), strict=True):
            for cell, spot in zip(line, place.columns([cell.share for cell in line]), strict=True):
                answers = row if isinstance(row, Mapping) else {cell.item.id: row}
                canvas.frame(spot)
                _paint_in_table(canvas, spot, cell, answers, number)


def _paint_in_table(canvas: Canvas, box: Box, cell: Cell, answers: Mapping[str, Any], number: int) -> None:
    item = cell.item
    before = len(canvas.continued)
    if item.kind in LIST_KINDS and not _has_room(item, box):
        write_answer(canvas, box.inset(1.2, 0.4), printed(item, answers.get(item.id)), item.label.ja)
    else:
        paint_answer(canvas, box, cell, answers)
    for index in range(before, len(canvas.continued)):
        label, text = canvas.continued[index]
        canvas.continued[index] = (f"{label}（{number}人目）", text)


def _has_room(item: FormField, box: Box) -> bool:
    """Whether all choices stand legibly in the cell of a table; else only the chosen word is written."""
    rows = max(1, int(box.h / (8 * 1.45 * MM_OF_POINT)))
    return options_width(item, 8) * 1.08 <= (box.w - 3.2) * rows and box.h > FURIGANA
