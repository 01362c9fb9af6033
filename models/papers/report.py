"""報告書: the manager's report of a span on A4, as PDF: figures, heat map, tables. Nothing on it is anybody's.

Whoever makes the data leaves out cells of fewer than five people: a report is read outside the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import typst

from models.core.errors import DomainError
from models.core.messages import _n
from models.papers.typesetting import typeset

HIDDEN = "－"
"""Stands where there are too few people, or nothing to say."""


class NotAReport(DomainError):
    """The report cannot be drawn: a name on it has a letter that the paper's type lacks, or it does not fit."""

    status = 503
    kind = "not-a-report"
    default = _n("報告書を作れませんでした。期間か業務を変えて、もう一度お試しください。")


@dataclass(frozen=True)
class Figure:
    """One key figure: its name, the number with its unit, and a sentence below."""

    name: str
    value: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class HeatCell:
    """One half hour of one weekday: its text, and its colour's step from 0 (shortest) to 5."""

    text: str
    step: int


@dataclass(frozen=True)
class Heat:
    """Waits by weekday and half hour; `hours` names every column, whole hours only are written."""

    title: str
    hours: Sequence[str]
    rows: Sequence[tuple[str, Sequence[HeatCell]]]
    legend: Sequence[str]
    note: str


@dataclass(frozen=True)
class Table:
    """A table: the first column names the row, the others are figures."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True)
class Report:
    """Everything that the paper shows and nothing else; `made_at` is when, in the office's zone."""

    title: str
    place: str
    span: str
    made: str
    made_at: datetime
    figures: Sequence[Figure]
    heat: Heat | None
    tables: Sequence[Table]
    foot: str


def pdf(report: Report) -> bytes:
    """The report as tagged PDF/A; the same report gives the same bytes. `NotAReport` where it cannot be drawn."""
    drawn = {**asdict(report), "made_at": report.made_at.isoformat(timespec="minutes")}
    try:
        return typeset("report.typ", drawn, int(report.made_at.timestamp()))
    except typst.TypstError as problem:
        raise NotAReport from problem
