"""移り変わり: month by month over up to five years, of one office or of the whole municipality, out of the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request

from models.core.errors import Invalid
from models.core.messages import Message, _n
from models.papers.tables import csv_file
from models.queries import facts
from models.queries.before_after import before_after
from models.queries.facts import Line
from models.queries.offices import OfficeView
from models.rules.statistics import Measures
from web.access import REPORTS
from web.charts import Drawing, bars
from web.languages import gettext
from web.manager.changes import change_rows, weeks
from web.manager.choosing import BAD_DATE, Choice, chosen, shown
from web.manager.tables_shown import cells
from web.presentation import number

blueprint = Blueprint("trend", __name__)
blueprint.context_processor(shown)

YEARS = {"1": _n("直近の1年"), "2": _n("直近の2年"), "5": _n("直近の5年")}
USUAL_YEARS = "1"
WHOLE = "all"
"""`of=all`: every office that this manager may look at, as one."""
COLUMNS = (
    "年月", "来庁", "予約", "事前入力", "待ち時間平均（分）", "待ち時間中央値（分）", "待ち時間90パーセンタイル（分）",
    "目標内率（％）", "手続時間平均（分）", "手続時間中央値（分）", "手続時間90パーセンタイル（分）",
    "無断キャンセル率（％）",
)  # fmt: skip
LABELS = 12


@dataclass(frozen=True)
class Asked:
    """What the page is about: the offices that are added up, how many years, and the months from first to last day."""

    choice: Choice
    places: tuple[OfficeView, ...]
    whole: bool
    years: str
    first: date
    last: date

    def address(self, **changes: str | None) -> dict[str, str]:
        """The address's values with some of them changed."""
        kept = {
            "of": WHOLE if self.whole else None,
            "years": None if self.years == USUAL_YEARS else self.years,
        }
        every = {**self.choice.address(span=None), **kept, **changes}
        return {name: value for name, value in every.items() if value}


@dataclass(frozen=True)
class Change:
    """The newest month, and the same month of the year before."""

    month: str
    now: Measures
    then: Measures


@blueprint.get("/trend")
@REPORTS
def page() -> str:
    """The months as a chart and a table, and what changed from the same months a year before."""
    asked = _asked()
    found = _lines(asked)
    return render_template(
        "manager/trend.html",
        asked=asked,
        choice=asked.choice,
        spans=YEARS,
        found=found,
        drawing=_drawing(found),
        rows=[[_month(line), number(line.measures.visits), *cells(line.measures)] for line in found],
        change=_change(found),
        **_compared(asked),
    )


@blueprint.get("/trend.csv")
@REPORTS
def table() -> Response:
    """The same as a table."""
    asked = _asked()
    rows = [_row(line) for line in _lines(asked)]
    of = WHOLE if asked.whole else asked.choice.place.code
    headers = {"Content-Disposition": f'attachment; filename="trend-{of}-{asked.first}-{asked.last}.csv"'}
    return Response(csv_file(COLUMNS, rows), mimetype="text/csv", headers=headers)


def _compared(asked: Asked) -> dict[str, Any]:
    """The weeks before and after the date in the address, of one office; what is wrong with it where it cannot be."""
    typed = request.args.get("change", "").strip()[:10]
    if not typed:
        return {"typed_change": "", "compared": None, "change_problem": None}
    try:
        found = before_after(asked.choice.place, date.fromisoformat(typed), asked.choice.queue)
    except Invalid as refused:
        return {"typed_change": typed, "compared": None, "change_problem": refused.problems[0].message}
    except ValueError:
        return {"typed_change": "", "compared": None, "change_problem": Message(BAD_DATE)}
    return {
        "typed_change": typed,
        "compared": found,
        "change_problem": None,
        "weeks": weeks(found),
        "compared_rows": change_rows(found, gettext),
    }


def _asked() -> Asked:
    choice = chosen()
    years = request.args.get("years", "")
    years = years if years in YEARS else USUAL_YEARS
    whole = request.args.get("of") == WHOLE and len(choice.places) > 1
    month = choice.today.replace(day=1)
    first, last = month.replace(year=month.year - int(years)), month - timedelta(days=1)
    return Asked(choice, choice.places if whole else (choice.place,), whole, years, first, last)


def _lines(asked: Asked) -> list[Line]:
    return facts.lines(asked.places, asked.first, asked.last, ("month",), asked.choice.queue)


def _drawing(found: Sequence[Line]) -> Drawing | None:
    if not found:
        return None
    apart = -(-len(found) // LABELS)
    labels = [_month(line) if at % apart == 0 else "" for at, line in enumerate(found)]
    return bars(
        labels,
        [
            (gettext("9割の人が呼ばれるまで（分）"), "b", [line.measures.wait_p90 for line in found]),
            (gettext("待ち時間の中央値（分）"), "a", [line.measures.wait_p50 for line in found]),
        ],
    )


def _month(line: Line) -> str:
    year, _, month = str(line.measures.keys["month"]).partition("-")
    return f"{year}/{int(month)}"


def _change(found: Sequence[Line]) -> Change | None:
    """The newest month beside the same month a year before; None where one of them has no visits."""
    by_month = {str(line.measures.keys["month"]): line for line in found}
    newest = max(by_month, default="")
    before = by_month.get(f"{int(newest[:4]) - 1}{newest[4:]}") if newest else None
    return (
        None
        if before is None
        else Change(_month(by_month[newest]), by_month[newest].measures, before.measures)
    )


def _row(line: Line) -> tuple[str | int | float | None, ...]:
    found = line.measures
    return (
        str(found.keys["month"]), found.visits, found.booked, found.prefilled, found.wait_mean, found.wait_p50,
        found.wait_p90, _hundred(line.within_target), found.handling_mean, found.handling_p50, found.handling_p90,
        _hundred(found.no_show_rate),
    )  # fmt: skip


def _hundred(share: float | None) -> float | None:
    return None if share is None else share * 100
