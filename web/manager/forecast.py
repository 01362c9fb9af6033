"""来庁の見込み: how many are expected on each day of the weeks ahead, what makes a day so, and how forecasts held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, render_template

from models.core.errors import NotFound
from models.papers.forecast_chart import ForecastWords, forecast_chart
from models.papers.tables import csv_file
from models.queries import forecasts, offices
from models.queries.forecasts import HALL, DayExpected
from models.rules.planning.busyness import FEWEST_DAYS, LEVELS, level, reasons
from web.access import REPORTS
from web.languages import gettext
from web.manager.choosing import Choice, chosen, shown
from web.manager.reports import for_phone, picture
from web.presentation import day_and_month, number, span, weekday_name
from web.spelling import listed

blueprint = Blueprint("forecast", __name__)
blueprint.context_processor(shown)

WEEKS = 6
COLUMNS = ("日付", "曜日", "来庁の見込み", "少ない場合（10%）", "多い場合（90%）", "暦の特徴")


@dataclass(frozen=True)
class Square:
    """One day of the calendar: its date, people expected (None: closed or unknown), and its colour's step."""

    day: date
    people: float | None
    step: int


@blueprint.get("/forecast")
@REPORTS
def page() -> tuple[str, int]:
    """The calendar, the chart and the table of six weeks, and how the forecasts of a week before held."""
    choice = chosen()
    queue = choice.queue or HALL
    found = _days(choice)
    usual = forecasts.usual(choice.place, choice.today, queue)
    weekdays = _weekdays(choice)
    body = render_template(
        "manager/forecast.html",
        choice=choice,
        weekdays=weekdays,
        weeks=_weeks(choice, weekdays, found, usual),
        rows=_rows(weekdays, found),
        days=[one for one in found if one.people.p50 > 0],
        usual=usual,
        fewest=FEWEST_DAYS,
        held=forecasts.agreement(choice.place, choice.today, queue),
        made_at=max((one.made_at for one in found), default=None),
        recent=any(one.method == "recent" for one in found),
    )
    return body, 422 if choice.problem else 200


@blueprint.get("/charts/forecast.svg")
@REPORTS
def chart() -> Response:
    """The six weeks as a picture; the page has the same numbers as a table."""
    found = [(one.day, one.people) for one in _days(chosen())]
    if not any(people.p50 > 0 for _, people in found):
        raise NotFound
    words = ForecastWords(
        title=gettext("これから6週間の来庁の見込み"),
        description=gettext("同じ数字の表が、図の下にあります。"),
        expected=gettext("来庁の見込み"),
        band=gettext("10日のうち8日はこの間"),
    )
    return picture(forecast_chart(found, words, for_phone()))


@blueprint.get("/forecast.csv")
@REPORTS
def table() -> Response:
    """Every day that is forecast, as a table."""
    choice = chosen()
    weekdays = _weekdays(choice)
    found = forecasts.expected(
        choice.place, choice.today, choice.today + timedelta(days=366), choice.queue or HALL
    )
    rows = [
        (
            one.day, weekday_name(one.day.weekday()), one.people.p50, one.people.p10, one.people.p90,
            _reasons(weekdays, one),
        )
        for one in found
        if one.people.p50 > 0
    ]  # fmt: skip
    name = f"forecast-{choice.place.code}-{choice.today}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_file(COLUMNS, rows), mimetype="text/csv", headers=headers)


def _days(choice: Choice) -> list[DayExpected]:
    last = _monday(choice) + timedelta(days=7 * WEEKS - 1)
    return forecasts.expected(choice.place, choice.today, last, choice.queue or HALL)


def _monday(choice: Choice) -> date:
    return choice.today - timedelta(days=choice.today.weekday())


def _weekdays(choice: Choice) -> list[int]:
    """The weekdays on which the office is usually open."""
    return [number for number, spans in enumerate(offices.week_of(choice.place).weekdays) if spans]


def _weeks(
    choice: Choice, weekdays: Sequence[int], found: Sequence[DayExpected], usual: float | None
) -> list[tuple[str, list[Square]]]:
    by_day = {one.day: one.people.p50 for one in found if one.people.p50 > 0}
    weeks = []
    for number_ in range(WEEKS):
        monday = _monday(choice) + timedelta(days=7 * number_)
        days = [monday + timedelta(days=weekday) for weekday in weekdays]
        squares = [Square(day, by_day.get(day), _step(by_day.get(day), usual)) for day in days]
        weeks.append((gettext("{day}の週", day=f"{monday.month}/{monday.day}"), squares))
    return weeks


def _step(people: float | None, usual: float | None) -> int:
    return LEVELS.index(level(people, usual)) if people and usual else 0


def _rows(weekdays: Sequence[int], found: Sequence[DayExpected]) -> list[list[str]]:
    """Day, people expected, band, and what the calendar says."""
    return [
        [
            day_and_month(one.day),
            number(one.people.p50),
            span(number(one.people.p10), number(one.people.p90)),
            _reasons(weekdays, one),
        ]
        for one in found
        if one.people.p50 > 0
    ]


def _reasons(weekdays: Sequence[int], expected: DayExpected) -> str:
    """What the forecast saw in a day."""
    found = reasons(expected.day, weekdays, seasons=expected.method == "calendar")
    return str(listed([gettext(one) for one in found]))
