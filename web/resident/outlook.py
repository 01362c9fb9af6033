"""混雑予想カレンダー: how busy an office will be on the days ahead, with the times that can still be booked beside it.

Levels only, never numbers of people: an office is compared with its own usual day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from markupsafe import Markup

from models.catalogue.definitions import Words
from models.core.clock import now
from models.core.messages import _n
from models.queries import availability, catalogue, forecasts, offices
from models.queries.forecasts import DayExpected
from models.queries.offices import OfficeView
from models.rules.opening import Week
from models.rules.planning.busyness import LEVELS, level, reasons
from models.rules.planning.findings import clock
from web.access import PUBLIC
from web.languages import phrase
from web.presentation import span
from web.resident.draft import read_day, written_time
from web.spelling import listed

blueprint = Blueprint("outlook", __name__)

WEEKS = 6
HALF_HOUR = 30
LEVEL_WORDS = {
    "quiet": _n("すいている見込み"),
    "rather_quiet": _n("ややすいている見込み"),
    "usual": _n("ふだんどおりの見込み"),
    "rather_busy": _n("やや混む見込み"),
    "busy": _n("混む見込み"),
}


@dataclass(frozen=True)
class DayCell:
    """One date of the calendar; `level` is empty where nothing can be said, `step` is its place among the levels."""

    date: date
    open: bool
    level: str
    step: int
    free: bool
    chosen: bool


@dataclass(frozen=True)
class Part:
    """One half hour of a day: its level, and the first time in it that can be booked ("" for none)."""

    time: str
    level: str
    step: int
    starts_at: str
    free_from: str


@dataclass(frozen=True)
class Office:
    """What the page rests on."""

    place: OfficeView
    week: Week
    usual: float | None
    days: Mapping[date, DayExpected]
    today: date


@blueprint.get("/<office>/calendar")
@PUBLIC
def page(office: str) -> str:
    """Six weeks of an office; `day` shows one by half hour, `procedure` its times that can be booked."""
    about = _about(offices.office(office))
    offered = _offered(about.place)
    procedure = request.args.get("procedure", "")
    procedure = procedure if procedure in offered else ""
    chosen = _chosen(about, read_day(request.args.get("day", "")))
    expected = about.days.get(chosen) if chosen else None
    return render_template(
        "resident/outlook/calendar.html",
        about=about,
        weeks=_weeks(about, chosen, procedure),
        words=LEVEL_WORDS,
        levels=LEVELS,
        day=chosen,
        level=_level(expected.people.p50, about.usual) if expected else "",
        reasons=_reasons(about, expected),
        parts=_parts(about, chosen, procedure),
        made_at=max((one.made_at for one in about.days.values()), default=None),
        recent=any(one.method == "recent" for one in about.days.values()),
        offered=offered,
        procedure=procedure,
    )


def _about(place: OfficeView) -> Office:
    today = place.day_of(now())
    found = forecasts.expected(place, today, today + timedelta(weeks=WEEKS))
    usual = forecasts.usual(place, today)
    days = {one.day: one for one in found} if usual else {}
    return Office(place, offices.week_of(place), usual, days, today)


def _offered(place: OfficeView) -> dict[str, Words]:
    """The procedures that can be booked here, by code."""
    known = catalogue.current().procedures
    return {
        code: known[code].words
        for code in offices.procedures_of(place)
        if code in known and known[code].booking != "none"
    }


def _chosen(about: Office, asked: date | None) -> date | None:
    """The day shown by half hour: the one asked for, else the next open one of which something can be said."""
    ahead = [day for day, one in sorted(about.days.items()) if one.people.p50 > 0 and about.week.on(day)]
    if asked in ahead:
        return asked
    return ahead[0] if ahead else None


def _weeks(about: Office, chosen: date | None, procedure: str) -> list[list[DayCell | None]]:
    """Weeks from Sunday; days before today are empty."""
    free = _free_days(about.place, procedure)
    sunday = about.today - timedelta(days=(about.today.weekday() + 1) % 7)
    dates = [sunday + timedelta(days=number) for number in range(WEEKS * 7)]
    cells = [_cell(about, day, day in free, day == chosen) if day >= about.today else None for day in dates]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _cell(about: Office, day: date, free: bool, chosen: bool) -> DayCell:
    found = about.days.get(day)
    name = _level(found.people.p50, about.usual) if found else ""
    opened = bool(about.week.on(day))
    return DayCell(day, opened, name if opened else "", _step(name), free and opened, chosen)


def _free_days(place: OfficeView, procedure: str) -> frozenset[date]:
    chosen = catalogue.current()
    at = now()
    queues = [availability.need_of(chosen, place, [procedure]).queue] if procedure else chosen.queues
    return availability.free_days(place, queues, at)


def _parts(about: Office, day: date | None, procedure: str) -> list[Part]:
    found = about.days.get(day) if day else None
    if day is None or found is None or not about.usual:
        return []
    free = _free_times(about.place, day, procedure) if procedure else {}
    parts = found.half_hours()
    usual = about.usual / max(1, len(parts))
    shown = []
    for minute, people in parts:
        name = level(people.p50, usual)
        starts_at, free_from = free.get(minute, ("", ""))
        shown.append(
            Part(span(clock(minute), clock(minute + HALF_HOUR)), name, _step(name), starts_at, free_from)
        )
    return shown


def _free_times(place: OfficeView, day: date, procedure: str) -> dict[int, tuple[str, str]]:
    """By half hour the first time that can take the procedure: as the booking pages write it, and as people read it."""
    need = availability.need_of(catalogue.current(), place, [procedure])
    found: dict[int, tuple[str, str]] = {}
    for free in availability.free_times(place, need, day, day, now()):
        local = free.starts_at.astimezone(place.zone)
        minute = local.hour * 60 + local.minute
        found.setdefault(
            minute // HALF_HOUR * HALF_HOUR, (written_time(free.starts_at, place), clock(minute))
        )
    return found


def _reasons(about: Office, expected: DayExpected | None) -> Markup:
    """What the forecast saw in a day; empty where it saw nothing."""
    if expected is None:
        return Markup()
    usually = [number for number, spans in enumerate(about.week.weekdays) if spans]
    found = reasons(expected.day, usually, seasons=expected.method == "calendar")
    return listed([phrase(one) for one in found])


def _level(visitors: float, usual: float | None) -> str:
    return level(visitors, usual) if usual and visitors > 0 else ""


def _step(name: str) -> int:
    return LEVELS.index(name) + 1 if name else 0
