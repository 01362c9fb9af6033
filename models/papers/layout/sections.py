"""Sections of a form as stacks of parts, in the order and with the shares that the data gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.catalogue.definitions import FormField, FormSection
from models.papers.answers import is_chosen
from models.papers.layout.canvas import (
    ANSWER_SIZE,
    FRAME,
    MM_OF_POINT,
    STAFF_FRAME,
    Box,
    Canvas,
    lines_needed,
    on_its_lines,
)
from models.papers.layout.cells import (
    Cell,
    label_widths,
    least_of,
    lines_of_cells,
    most_of,
    natural_percent,
    paint_cell,
    paint_label,
    write_answer,
)
from models.papers.layout.parts import Part, least_height, paint_stack
from models.papers.layout.people import People
from models.papers.layout.staff import staff_parts
from models.papers.sheet import ApplicationSheet

WIDTH = 186.0
STRIP = 8.0
STRIP_SHADE = 12.0
_COPIES = 9.0


@dataclass(frozen=True)
class Block:
    """A section ready to be painted; without `title` it has no strip, without `weight` no frame."""

    title: str
    share: float
    parts: tuple[Part, ...]
    weight: float = FRAME

    @property
    def least(self) -> float:
        """The least height in mm."""
        return least_height(self.parts)

    @property
    def most(self) -> float:
        """The greatest height in mm at which it still looks like a form."""
        return sum(part.most for part in self.parts)

    def paint(self, canvas: Canvas, box: Box) -> None:
        """Title strip, parts and frame."""
        inner = box
        if self.title:
            strip = box.left(STRIP)
            canvas.shade(strip, STRIP_SHADE)
            canvas.frame(strip)
            canvas.stand(strip, self.title)
            inner = box.after(STRIP)
        paint_stack(canvas, inner, self.parts)
        if self.weight:
            canvas.frame(box, self.weight)


def block_of(sheet: ApplicationSheet, section: FormSection, title_height: float) -> Block:
    """The first sheet's block of a section with its first `repeat` people.

    The section that opens the form has no strip; the form's title takes `title_height` of its share.
    """
    fields = [item for item in section.fields if item.on_paper and item.by != "system"]
    if fields and all(item.by == "staff" for item in fields):
        parts = staff_parts(fields, sheet.staff_blocks, WIDTH - STRIP)
        return Block(section.title, section.height_mm, tuple(parts), STAFF_FRAME)
    title = "" if title_height or section.id == "notice" else section.title
    width = WIDTH - (STRIP if title else 0)
    parts = _parts_of(sheet, section, fields, width)
    return Block(title, max(1.0, section.height_mm - title_height), tuple(parts), FRAME if parts else 0)


def wording_block(lines: Sequence[str]) -> Block:
    """The legal wording, unframed."""
    text = "\n".join(f"※ {line}" for line in lines)
    factor = on_its_lines(text, Box(0, 0, WIDTH - 1.2, 100), 9.0)
    count = len(lines) if factor > 0.87 else lines_needed(text, WIDTH - 1.2, 8.0)
    least = count * 9 * max(factor, 0.87) * 1.24 * MM_OF_POINT + 1.0

    def paint(canvas: Canvas, box: Box) -> None:
        canvas.write(box.inset(0.6, 0.2), text, 9.0, least=7.0, hold=0.8)

    return Block("", least, (Part(least, least * 1.3, paint),), 0)


def _parts_of(
    sheet: ApplicationSheet, section: FormSection, fields: Sequence[FormField], width: float
) -> list[Part]:
    parts: list[Part] = []
    for run in _runs(fields):
        if run[0].repeat > 1 and len(run) == 1:
            parts.append(_row_of_boxes(run[0], sheet.rows(section), width))
        elif run[0].repeat > 1:
            parts.append(People.of(run, width).part(sheet.rows(section), 0, run[0].repeat))
        else:
            parts.extend(_lines(run, fields, sheet.fields, width))
    return parts


def _runs(fields: Sequence[FormField]) -> list[list[FormField]]:
    """Neighbours that belong together: repeated fields, lists with copies, all others."""
    runs: list[list[FormField]] = []
    kind = ""
    for item in fields:
        now = "people" if item.repeat > 1 else "cells"
        if now != kind:
            runs.append([])
        kind = now
        runs[-1].append(item)
    return runs


def _lines(
    run: Sequence[FormField], section: Sequence[FormField], answers: Mapping[str, Any], width: float
) -> list[Part]:
    counted = {item.copies_of: item for item in section if item.kind == "copies" and item.copies_of}
    plain = [item for item in run if item not in counted.values()]
    lines = lines_of_cells(plain, lambda item: 100 if item.id in counted else natural_percent(item, width))
    labels = label_widths(lines, width)
    return [
        _list_with_copies(line[0], counted[line[0].item.id], answers, width, labels[0])
        if line[0].item.id in counted
        else _line(line, answers, width, labels)
        for line in lines
    ]


def _line(
    cells: Sequence[Cell], answers: Mapping[str, Any], width: float, labels: Mapping[int, float]
) -> Part:
    whole, start = sum(cell.share for cell in cells), 0.0
    label_of: list[float] = []
    least = 0.0
    for cell in cells:
        label = 0.0 if cell.item.kind == "bool" else labels[round(start)]
        label_of.append(label)
        least = max(least, least_of(cell, width * cell.share / whole, label))
        start += cell.share * 100 / whole

    def paint(canvas: Canvas, box: Box) -> None:
        spots = box.columns([cell.share for cell in cells])
        for cell, spot, label in zip(cells, spots, label_of, strict=True):
            paint_cell(canvas, spot, cell, answers, label)

    return Part(least, max(max(most_of(cell) for cell in cells), least), paint)


def _row_of_boxes(item: FormField, values: Sequence[Any], width: float) -> Part:
    """One field that repeats alone: its label and a box for each."""
    label = label_widths([[Cell(item, 100)]], width)[0]

    def paint(canvas: Canvas, box: Box) -> None:
        canvas.frame(box)
        paint_label(canvas, box.left(label), item)
        for index, spot in enumerate(box.after(label).columns([1] * item.repeat)):
            canvas.frame(spot)
            text = str(values[index]) if index < len(values) else ""
            write_answer(canvas, spot.inset(1.4, 0.4), text, item.label.ja)

    return Part(10.0, 14.0, paint)


def _list_with_copies(
    cell: Cell, copies: FormField, answers: Mapping[str, Any], width: float, label: float
) -> Part:
    """A list of kinds in two columns, each with its tick and its number of copies."""
    item = cell.item
    chosen, counts = answers.get(item.id), answers.get(copies.id)
    rows = math.ceil(len(item.values) / 2)

    def paint(canvas: Canvas, box: Box) -> None:
        canvas.frame(box)
        paint_label(canvas, box.left(label), item)
        columns = box.after(label).columns([1, 1])
        for index, value in enumerate(item.values):
            spot = columns[index // rows].rows([1] * rows)[index % rows]
            canvas.frame(spot)
            words, number = (
                spot.left(spot.w - _COPIES - 5),
                Box(spot.x + spot.w - _COPIES - 5, spot.y, _COPIES, spot.h),
            )
            canvas.choose(words.inset(1.6, 0.2), [(is_chosen(item, chosen, value), value)])
            canvas.frame(number)
            count = counts.get(value) if isinstance(counts, Mapping) else None
            canvas.write(number, str(count or ""), ANSWER_SIZE, side="cm")
            canvas.write(spot.after(spot.w - 5), "通", 9, side="cm")
        if len(item.values) % 2:
            canvas.frame(columns[1].rows([1] * rows)[-1])

    return Part(rows * 7.2, rows * 11.0, paint)
