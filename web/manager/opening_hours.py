"""開庁時間: a week's counter-hours split anew, and whom other opening hours would touch. Looking changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from flask import Blueprint, Response, render_template, request

from models.core.errors import FieldProblem, Invalid
from models.core.messages import Message, _n, message
from models.papers.tables import csv_file
from models.queries import catalogue, measures, opening_hours, staffing
from models.queries.kept import Kept, look
from models.queries.offices import week_of
from models.queries.opening_hours import OtherHours, OwnWeek
from models.rules.opening import minute_of
from models.rules.planning.opening_hours import WEEKDAYS
from models.rules.planning.shorter_hours import Cut, DayWaits, Plan
from models.rules.planning.staffing import Hours, Target
from models.rules.planning.week_split import SplitDay
from web import charts
from web.access import REPORTS, visitor
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.tables_shown import key_name
from web.presentation import number, percentage

blueprint = Blueprint("opening_hours", __name__)
blueprint.context_processor(shown)

COLUMNS = ("曜日", "1日の来庁", "開庁（分）", "いまの窓口", "提案の窓口", "いまの窓口時間", "提案の窓口時間")
BAD_HOURS = _n("{weekday}の時刻を確かめてください。開く時刻を、閉じる時刻より前にします。")
ALL_CLOSED = _n("開ける曜日を、1つは残してください。")
EARLIEST, LATEST = time(5), time(23)


@dataclass(frozen=True)
class Typed:
    """A weekday's hours as they stand in the form; both empty: closed."""

    name: str
    opens: str
    closes: str


@blueprint.get("/opening-hours")
@REPORTS
def page() -> tuple[str, int]:
    """The own week, and with times in the address what they would do; 422 where they cannot be read."""
    choice = chosen()
    usual = _usual(choice)
    asked = any(name.startswith("opens.") for name in request.args)
    typed = _typed() if asked else usual
    problems: dict[str, Message] = {}
    other = None
    if asked:
        try:
            other = opening_hours.other_hours(
                choice.place, choice.first, choice.last, _read(typed), choice.queue
            )
        except Invalid as refused:
            problems = {one.field: one.message for one in refused.problems}
    kept = _own(choice)
    own = kept.answer
    return render_template(
        "manager/opening_hours.html",
        here="opening_hours.page",
        choice=choice,
        may_change=visitor().role == "administrator",
        newest=measures.last_recorded(choice.place),
        own=own,
        rows=_rows(own),
        drawing=_drawing(own),
        typed=typed,
        asked=asked,
        problems=problems,
        other=other,
        cut_days=_cut_by_weekday(other),
        cut_rows=_cut_by_procedure(other),
        cut_total=sum(one.visits for one in other.cuts) if other else 0,
        moving=sum(one.bookings for one in other.bookings) if other else 0,
        touched_rows=_touched_rows(other),
        wait_rows=_wait_rows(other),
        kept_at=kept.made_at,
    ), 422 if problems else 200


@blueprint.get("/opening-hours.csv")
@REPORTS
def table() -> Response:
    """The split as a table."""
    choice = chosen()
    own = _own(choice).answer
    days = own.split.days if own and own.split else ()
    rows = [
        (
            WEEKDAYS[day.weekday].template, round(day.visits, 1), day.open_minutes, _rounded(day.today),
            day.proposed, _rounded(day.hours_today), day.hours_proposed,
        )
        for day in days
    ]  # fmt: skip
    name = f"opening-hours-{choice.place.code}-{choice.first}-{choice.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_file(COLUMNS, rows), mimetype="text/csv", headers=headers)


def _own(choice: Choice) -> Kept[OwnWeek | None]:
    target = Target(
        staffing.USUAL_SHARE,
        staffing.usual_minutes([choice.queue]) if choice.queue else staffing.USUAL_MINUTES,
    )
    asked = (target.share, target.within_minutes, choice.queue)
    return look(opening_hours.WEEK, choice.place, choice.first, choice.last, *asked)


def _usual(choice: Choice) -> list[Typed]:
    return [
        Typed(_name(weekday), f"{spans[0].opens:%H:%M}", f"{spans[-1].closes:%H:%M}")
        if spans
        else Typed(_name(weekday), "", "")
        for weekday, spans in enumerate(week_of(choice.place).weekdays)
    ]


def _typed() -> list[Typed]:
    return [
        Typed(_name(weekday), *(request.args.get(f"{end}.{weekday}", "").strip()[:5] for end in ENDS))
        for weekday in range(7)
    ]


ENDS = ("opens", "closes")


def _read(typed: list[Typed]) -> Plan:
    """The hours as typed; `Invalid` names each weekday whose times are none."""
    found: dict[int, Hours] = {}
    problems = []
    for weekday, day in enumerate(typed):
        if not day.opens and not day.closes:
            continue
        try:
            opens, closes = time.fromisoformat(day.opens), time.fromisoformat(day.closes)
            if not EARLIEST <= opens < closes <= LATEST:
                raise ValueError
        except (ValueError, TypeError):
            problems.append(FieldProblem(f"opens.{weekday}", message(BAD_HOURS, weekday=WEEKDAYS[weekday])))
        else:
            found[weekday] = Hours(minute_of(opens), minute_of(closes))
    if not found and not problems:
        problems.append(FieldProblem("opens.0", message(ALL_CLOSED)))
    if problems:
        raise Invalid(problems)
    return found


def _name(weekday: int) -> str:
    return gettext(WEEKDAYS[weekday].template)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _rows(own: OwnWeek | None) -> list[list[str]]:
    days = own.split.days if own and own.split else ()
    visits = sum(day.visits for day in days) or 1
    minutes = sum(day.open_minutes for day in days) or 1
    return [_row(day, visits, minutes) for day in days]


def _row(day: SplitDay, visits: float, minutes: float) -> list[str]:
    return [
        _name(day.weekday),
        number(day.visits),
        percentage(day.visits / visits),
        percentage(day.open_minutes / minutes),
        number(day.today, 1),
        number(day.proposed),
        number(day.hours_today, 1),
        number(day.hours_proposed, 1),
    ]


def _drawing(own: OwnWeek | None) -> charts.Drawing | None:
    if own is None or own.split is None:
        return None
    days = own.split.days
    return charts.bars(
        [_name(day.weekday) for day in days],
        [
            (gettext("いまの窓口時間"), "b", [day.hours_today for day in days]),
            (gettext("提案の窓口時間"), "a", [day.hours_proposed for day in days]),
        ],
    )


def _cut_by_weekday(other: OtherHours | None) -> list[list[str]]:
    found: dict[int, list[float]] = {}
    for one in other.cuts if other else ():
        sums = found.setdefault(one.weekday, [0.0, 0.0])
        sums[0] += one.visits
        sums[1] += one.bookings
    return [[_name(weekday), *(number(one, 1) for one in sums)] for weekday, sums in sorted(found.items())]


def _cut_by_procedure(other: OtherHours | None) -> list[list[str]]:
    """A week's visits and bookings of each procedure, most first, with the weekday on which most of them come."""
    known = catalogue.current()
    found: dict[str, list[Cut]] = {}
    for one in other.cuts if other else ():
        found.setdefault(one.procedure, []).append(one)
    ordered = sorted(found.items(), key=lambda item: -sum(one.visits for one in item[1]))
    return [
        [
            key_name("procedure", procedure, known),
            number(sum(one.visits for one in cuts), 1),
            number(sum(one.bookings for one in cuts), 1),
            _name(max(cuts, key=lambda one: one.visits).weekday),
        ]
        for procedure, cuts in ordered
    ]


def _touched_rows(other: OtherHours | None) -> list[list[str]]:
    return [
        [_name(one.weekday), number(one.bookings), number(one.same_day), number(one.bookings - one.same_day)]
        for one in (other.bookings if other else ())
    ]


def _wait_rows(other: OtherHours | None) -> list[list[str]]:
    return [[_name(one.weekday), *_cells(one)] for one in (other.waits if other else ())]


def _cells(day: DayWaits) -> list[str]:
    closed = gettext("閉庁")
    sides = (day.now, day.then)
    return [
        closed if side is None else number(side[at], 1 if at == 0 else 0) for at in (0, 1) for side in sides
    ]
