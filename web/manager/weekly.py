"""週の表から: what nothing but a weekly table says about counters and opening hours. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request

from models.core.errors import Invalid, invalid
from models.core.messages import Message, _n
from models.queries.staffing import checked_target
from models.rules.planning.findings import clock
from models.rules.planning.opening_hours import WEEKDAYS
from models.rules.planning.week_split import WeekDay, WeekSplit, week_split
from models.rules.planning.weekday_split import TooFewHours
from models.rules.planning.weekday_table import WeekdayTablePlan, read_weekday_table, weekday_table_plan
from models.rules.visit_log import decoded
from web import charts
from web.access import REPORTS
from web.languages import gettext
from web.manager.choosing import shown
from web.manager.staffing import read_number
from web.presentation import number, percentage, span

blueprint = Blueprint("weekly", __name__)
blueprint.context_processor(shown)

BAD_HANDLING = _n("手続時間は1から240までの数で書いてください。")
NOTHING_SENT = _n("表を貼り付けるか、ファイルを選んでください。")
EMPTY_TABLE = _n("曜日の行がありません。2行目から、曜日ごとに1行ずつ書いてください。")
SAMPLE = (
    "weekday,opens,closes,証明書,引っ越し\n月,08:30,17:15,110,70\n火,08:30,17:15,80,45\n水,08:30,17:15,75,40\n"
    "木,08:30,19:00,95,60\n金,08:30,17:15,85,50\n"
)


DENMARK = (
    "weekday,opens,closes,driving_licence,passport\nMon,09:00,17:00,467,1035\nTue,11:00,16:00,501,1048\n"
    "Wed,10:00,15:00,64,139\nThu,10:00,18:00,579,2189\nFri,08:00,14:00,393,789\nSat,09:00,15:00,31,1063\n"
)
BAD_STAFF_HOURS = _n("使える窓口時間は{most:,}までの数で書くか、空けてください。")
TOO_FEW_HOURS = _n("この時間では、どう配っても列が延び続けます。{needed:,}時間から計算できます。")
TOO_MANY_HOURS = _n("この時間は、1つの庁舎で使いきれません。少なくしてください。")
MOST_HOURS = 100_000


@dataclass(frozen=True)
class Typed:
    """The form as it was sent; without `hours` the split is of those that the plan needs."""

    table: str = ""
    handling: str = "10"
    share: str = "90"
    within: str = "10"
    hours: str = ""


SAMPLES = {"1": Typed(SAMPLE), "denmark": Typed(DENMARK, "8", hours="1174")}


@dataclass(frozen=True)
class Day:
    """One weekday of the answer; the shares (0-1) are drawn as two bars side by side."""

    name: str
    cells: tuple[str, ...]
    visit_share: float
    hour_share: float


@blueprint.get("/staffing/weekly")
@REPORTS
def page() -> str:
    """An empty form, or one with an example in it."""
    return _page(SAMPLES.get(request.args.get("sample", ""), Typed()))


@blueprint.post("/staffing/weekly")
@REPORTS
def answer() -> tuple[str, int]:
    """What the table says; 422 with everything typed where it cannot be read."""
    typed = Typed(
        *(request.form.get(name, "").strip() for name in ("table", "handling", "share", "within", "hours"))
    )
    try:
        typed = replace(typed, table=_uploaded() or typed.table)
        made = _plan(typed)
        best = _split(typed, made)
    except Invalid as refused:
        problems = {"table" if one.field == "file" else one.field: one.message for one in refused.problems}
        return _page(typed, problems=problems), 422
    return _page(typed, made, best), 200


def _uploaded() -> str:
    """The text of an uploaded table; empty without one."""
    upload = request.files.get("file")
    return decoded(upload.read()) if upload is not None and upload.filename else ""


def _plan(typed: Typed) -> WeekdayTablePlan:
    if not typed.table:
        raise invalid("table", NOTHING_SENT)
    rows = read_weekday_table(typed.table)
    if not any(row.open_minutes and row.visits for row in rows):
        raise invalid("table", EMPTY_TABLE)
    handling = read_number(typed.handling, "handling")
    if not 1 <= handling <= 240:
        raise invalid("handling", BAD_HANDLING)
    target = checked_target(read_number(typed.share, "share"), read_number(typed.within, "within"))
    return weekday_table_plan(rows, handling, target)


def _split(typed: Typed, made: WeekdayTablePlan) -> WeekSplit:
    """The given counter-hours (or those of the plan) split so that people wait least."""
    hours = read_number(typed.hours.replace(",", ""), "hours") if typed.hours else made.staff_hours
    if not 0 < hours <= MOST_HOURS:
        raise invalid("hours", BAD_STAFF_HOURS, most=MOST_HOURS)
    days = [WeekDay(day.row.weekday, day.row.visits, day.row.open_minutes) for day in made.days]
    try:
        return week_split(days, made.handling_minutes, hours)
    except TooFewHours as problem:
        raise invalid("hours", TOO_FEW_HOURS, needed=round(problem.hours)) from None
    except ValueError:
        raise invalid("hours", TOO_MANY_HOURS) from None


def _page(
    typed: Typed,
    made: WeekdayTablePlan | None = None,
    best: WeekSplit | None = None,
    problems: Mapping[str, Message] | None = None,
) -> str:
    days = _days(made) if made else []
    return render_template(
        "manager/weekly.html",
        here="staffing.plan",
        typed=typed,
        problems=problems or {},
        made=made,
        days=days,
        best=best,
        best_rows=_best_rows(made, best) if made and best else [],
        peak=max(made.days, key=lambda day: day.counters) if made else None,
        weekdays=WEEKDAYS,
        drawing=_drawing(made) if made else None,
        drawn_rows=[[day.name, day.cells[1], day.cells[3]] for day in days],
    )


def _days(made: WeekdayTablePlan) -> list[Day]:
    return [
        Day(
            gettext(WEEKDAYS[day.row.weekday].template),
            (
                span(clock(day.row.opens), clock(day.row.closes)),
                number(day.row.visits),
                number(day.per_hour),
                number(day.counters),
                percentage(day.load),
                number(day.expected_wait_p90, 1),
                number(day.staff_hours),
            ),
            day.visit_share,
            day.hour_share,
        )
        for day in made.days
    ]


def _best_rows(made: WeekdayTablePlan, best: WeekSplit) -> list[list[str]]:
    return [
        [
            gettext(WEEKDAYS[day.weekday].template),
            number(day.visits),
            number(need.counters),
            number(day.proposed),
            number(day.hours_proposed),
        ]
        for day, need in zip(best.days, made.days, strict=True)
    ]


def _drawing(made: WeekdayTablePlan) -> charts.Drawing:
    """Visits per open hour, which is what the number of counters follows."""
    names = [gettext(WEEKDAYS[day.row.weekday].template) for day in made.days]
    return charts.bars(names, [(gettext("要る窓口"), "a", [float(day.counters) for day in made.days])])
