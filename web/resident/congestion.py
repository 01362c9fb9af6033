"""いまの混みぐあい: for everybody, before they come: how many wait and about how long, and how it usually is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request

from models.core.clock import now
from models.core.messages import _n
from models.papers.tables import Cell, csv_file
from models.queries import live, offices, usual_days
from models.queries.hall_state import HallState, QueueState
from models.queries.offices import OfficeView
from models.queries.usual_days import UsualDays
from models.rules.usual_days import WHOLE_HALL
from web import charts
from web.access import PUBLIC
from web.charts import Drawing
from web.languages import gettext
from web.presentation import WEEKDAYS, number
from web.resident.hours import OpenOffice, from_home, today_at

blueprint = Blueprint("congestion", __name__)

CALM, BUSY = 10, 30
"""Minutes up to which a queue is calm, and from which on it is busy."""
LAMPS = {
    "calm": _n("すいています"),
    "some": _n("やや混んでいます"),
    "busy": _n("混んでいます"),
    "off": _n("受付していません"),
}
HEADER = (
    "全国地方公共団体コード", "都道府県名", "市区町村名", "施設名", "業務名", "年月", "曜日", "時間帯", "平均待ち人数",
    "平均待ち時間（分）",
)  # fmt: skip
"""Metrics, `congestion_open.csv`."""
LICENCE = "https://creativecommons.org/licenses/by/4.0/deed.ja"
HIDDEN = "-"
"""A cell with fewer than five visits."""
OF_EVERY_QUEUE = _n("全体")


@dataclass(frozen=True)
class Line:
    """One queue with its lamp: calm, some, busy or off."""

    queue: QueueState
    lamp: str


@dataclass(frozen=True)
class Now:
    """One office as it is now."""

    today: OpenOffice
    state: HallState
    lines: tuple[Line, ...]
    from_home: bool

    @property
    def place(self) -> OfficeView:
        """The office."""
        return self.today.place


@dataclass(frozen=True)
class Curve:
    """A usual weekday of an office: the drawing and the rows it was drawn from."""

    drawing: Drawing
    rows: list[tuple[str, str, str]]


@blueprint.get("/")
@PUBLIC
def page() -> str:
    """Every office, its queues with people, minutes and a lamp."""
    return render_template(
        "resident/congestion/now.html", places=[_now(place) for place in offices.shown_offices()], lamps=LAMPS
    )


@blueprint.get("/<office>")
@PUBLIC
def usual(office: str) -> str:
    """One office: now, and by the hour on the next usual day that is open; `queue` picks a line, `weekday` a day."""
    place = offices.office(office)
    at = now()
    shown = _now(place)
    chosen = next((one.queue for one in shown.lines if one.queue.code == request.args.get("queue", "")), None)
    asked = request.args.get("weekday", "")
    weekdays = [day for day, spans in enumerate(offices.week_of(place).weekdays) if spans]
    today = place.day_of(at).weekday()
    soonest = min(weekdays, key=lambda day: (day - today) % 7, default=today)
    weekday = int(asked) if asked in {"0", "1", "2", "3", "4", "5", "6"} else soonest
    found = usual_days.usual_days(place, at)
    return render_template(
        "resident/congestion/usual.html",
        shown=shown,
        lamps=LAMPS,
        chosen=chosen,
        weekday=weekday,
        found=found,
        curve=_curve(found, chosen.code if chosen else WHOLE_HALL, weekday),
        weekdays=weekdays,
    )


@blueprint.get("/congestion.csv")
@PUBLIC
def as_csv() -> Response:
    """Usual days of every office as open data."""
    answer = make_response(
        csv_file(HEADER, [row for place in offices.shown_offices() for row in _csv_rows(place)])
    )
    answer.mimetype = "text/csv"
    name = f"{_national_code()}_congestion.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Link"] = f'<{LICENCE}>; rel="license"'
    return answer


@blueprint.get("/congestion.json")
@PUBLIC
def as_json() -> Response:
    """Every office now and on usual days as open data."""
    told = {
        "national_code": _national_code(),
        "municipality": g.municipality.name,
        "licence": "CC BY 4.0",
        "offices": [_told(place) for place in offices.shown_offices()],
    }
    answer = make_response(json.dumps(told, ensure_ascii=False))
    answer.mimetype = "application/json"
    return answer


def _now(place: OfficeView) -> Now:
    state = live.state(place, now())
    lines = tuple(Line(one, _lamp(state, one)) for one in state.queues)
    return Now(today_at(place), state, lines, from_home(place))


def _lamp(state: HallState, queue: QueueState) -> str:
    if not state.open or queue.high is None:
        return "off"
    return "calm" if queue.high <= CALM else "some" if queue.high <= BUSY else "busy"


def _curve(found: UsualDays, queue: str, weekday: int) -> Curve | None:
    hours = found.hours(queue, weekday)
    cells = [found.at(queue, weekday, hour) for hour in hours]
    if not any(cells):
        return None
    labels = [f"{hour}:00" for hour in hours]
    people: list[float | None] = [cell.people if cell else None for cell in cells]
    drawing = charts.bars(labels, [(gettext("待っている人（平均）"), "a", people)])
    rows = [
        (
            gettext("{hour}時台", hour=hour),
            number(cell.people, 1) if cell else HIDDEN,
            number(cell.minutes) if cell else HIDDEN,
        )
        for hour, cell in zip(hours, cells, strict=True)
    ]
    return Curve(drawing, rows)


def _csv_rows(place: OfficeView) -> list[tuple[Cell, ...]]:
    found = usual_days.usual_days(place, now())
    span = f"{found.first:%Y-%m}/{found.last:%Y-%m}"
    names = {one.code: one.words.ja for one in live.state(place, now()).queues}
    rows: list[tuple[Cell, ...]] = []
    for queue, weekday, hour in sorted(found.cells):
        cell = found.at(queue, weekday, hour)
        rows.append(
            (
                _national_code(), "", g.municipality.name, place.name, names.get(queue, queue) or OF_EVERY_QUEUE, span,
                WEEKDAYS[weekday], f"{hour:02}:00", cell.people if cell else HIDDEN, cell.minutes if cell else HIDDEN,
            )
        )  # fmt: skip
    return rows


def _told(place: OfficeView) -> dict[str, Any]:
    at = now()
    state, found = live.state(place, at), usual_days.usual_days(place, at)
    return {
        "code": place.code,
        "name": place.name,
        "as_of": state.as_of.astimezone(place.zone).isoformat(timespec="seconds"),
        "open": state.open,
        "stopped": state.stopped,
        "queues": [
            {
                "code": one.code,
                "name": one.words.ja,
                "waiting": one.waiting,
                "low_minutes": one.low,
                "high_minutes": one.high,
                "state": _lamp(state, one),
            }
            for one in state.queues
        ],
        "usual": [
            {
                "queue": queue or None,
                "weekday": weekday,
                "hour": hour,
                "people": round(cell.people, 1),
                "wait_minutes": round(cell.minutes, 1),
            }
            for queue, weekday, hour in sorted(found.cells)
            if (cell := found.at(queue, weekday, hour))
        ],
        "usual_from": found.first.isoformat(),
        "usual_to": found.last.isoformat(),
    }


def _national_code() -> str:
    return str(g.municipality.national_code)
