"""The gallery of components and of whole sample screens: what page writers build from, and what is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from flask import Blueprint, abort, current_app, render_template
from markupsafe import Markup

from web import charts
from web.access import PUBLIC

blueprint = Blueprint("styleguide", __name__)

SCREENS = {
    "day-and-time": "日と時間を選ぶ（住民）",
    "booked": "予約ができたところ（住民）",
    "form": "申請書を書く（住民）",
    "check": "内容を確かめる（住民）",
    "counter": "窓口の画面",
    "manager": "待ち時間と人の配置",
    "sign-in": "職員のサインイン",
    "admin": "管理の画面",
    "problem": "見つからないとき",
    "board": "案内表示",
}
OF_THE_HALL = ("board",)
"""Screens drawn with the kiosk's sheets: there are none where the kiosk's doors are closed."""
TODAY = date(2026, 11, 24)
State = Literal["free", "few", "full", "closed"]


@dataclass(frozen=True)
class Day:
    """A day as the calendar components take it."""

    date: date
    state: State
    share: float = 0.0
    href: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Time:
    """A time as the time grid takes it."""

    value: str
    time: str
    state: State


def strip() -> list[Day]:
    """Five open days, the third chosen."""
    shares = (0.3, 0.87, 0.38, 0.5, 0.93)
    days = (24, 25, 26, 27, 30)
    return [
        Day(date(2026, 11, day), "few" if share > 0.8 else "free", share, f"?day=2026-11-{day}", day == 26)
        for day, share in zip(days, shares, strict=True)
    ]


def weeks() -> list[list[Day | None]]:
    """November 2026 from Sunday, with closed days, a full day and the rest open."""
    first = date(2026, 11, 1)
    return [[_month_day(first + timedelta(days=7 * week + place)) for place in range(7)] for week in range(5)]


def slots() -> list[Time]:
    """A day's times in every state."""
    rows = ("9:00", "9:20", "9:40", "13:00", "14:30", "14:50", "15:10", "17:30", "18:00")
    full, few = ("9:00", "9:20"), ("17:30",)
    return [
        Time(f"2026-11-26T{time:0>5}", time, "full" if time in full else "few" if time in few else "free")
        for time in rows
    ]


def waits() -> list[tuple[str, list[int]]]:
    """Median waits in minutes by weekday and half hour from 8:30."""
    return [
        ("月", [6, 8, 12, 18, 24, 22, 20, 20, 13, 12, 16, 14, 14, 10, 7, 5, 5]),
        ("火", [5, 6, 10, 13, 14, 19, 17, 13, 9, 10, 10, 11, 10, 7, 6, 4, 4]),
        ("水", [4, 6, 8, 9, 12, 14, 16, 11, 9, 7, 8, 8, 7, 6, 4, 4, 3]),
        ("木", [6, 8, 12, 16, 18, 24, 23, 18, 13, 12, 11, 14, 11, 8, 5, 6, 5]),
        ("金", [4, 7, 10, 13, 17, 22, 21, 13, 12, 9, 12, 11, 11, 9, 6, 5, 4]),
    ]


def half_hours() -> list[str]:
    """Half hours from 8:30 to 16:30, as 9:00."""
    return [f"{minute // 60}:{minute % 60:02}" for minute in range(510, 1020, 30)]


def staffing() -> dict[str, Any]:
    """Counters needed and open on Monday: the drawing and its table."""
    need = [4, 6, 8, 9, 10, 9, 8, 7, 6, 7, 8, 8, 7, 6, 6, 5, 4]
    open_now = [6, 8, 8, 8, 8, 8, 5, 5, 5, 8, 8, 8, 8, 8, 8, 6, 6]
    rows = [[time, needed, now] for time, needed, now in zip(half_hours(), need, open_now, strict=True)]
    lines: list[charts.Row] = [("必要（9割が10分以内）", "a", need), ("いま", "b", open_now)]
    return {"drawing": charts.steps(half_hours(), lines), "rows": rows}


def visits() -> dict[str, Any]:
    """Visits by weekday: the drawing and its table."""
    days, seen, booked = list("月火水木金"), [312, 241, 228, 287, 264], [131, 113, 109, 150, 121]
    lines: list[charts.Row] = [("来庁", "b", seen), ("うち予約", "a", booked)]
    rows = [[day, all_, part] for day, all_, part in zip(days, seen, booked, strict=True)]
    return {"drawing": charts.bars(days, lines), "rows": rows}


def sample_code() -> Markup:
    """A drawn QR code to show the card with."""
    return Markup(render_template("styleguide/sample_code.svg"))  # noqa: S704  (our own file)


@blueprint.get("/")
@PUBLIC
def gallery() -> str:
    """Every component in every state."""
    return render_template("styleguide/gallery.html", screens=_screens(), **_samples())


@blueprint.get("/<screen>")
@PUBLIC
def sample_screen(screen: str) -> str:
    """A whole page made of the components."""
    if screen not in _screens():
        abort(404)
    return render_template(f"styleguide/{screen}.html", **_samples())


def _screens() -> dict[str, str]:
    drawn = "kiosk_asset" in current_app.jinja_env.globals
    return {name: text for name, text in SCREENS.items() if drawn or name not in OF_THE_HALL}


def _samples() -> dict[str, Any]:
    problems = [
        ("name", "氏名を書いてください。", "氏名"),
        ("birth", "日は1から31までの数字で書いてください。", "生年月日"),
    ]
    return {
        "strip": strip(),
        "weeks": weeks(),
        "slots": slots(),
        "waits": waits(),
        "hours": half_hours(),
        "staffing": staffing(),
        "visits": visits(),
        "code": sample_code(),
        "today": TODAY,
        "since": datetime(2026, 11, 24, 1, 34, tzinfo=UTC),
        "problems": problems,
    }


def _month_day(day: date) -> Day | None:
    if day.month != 11:
        return None
    if day < TODAY or day.weekday() >= 5 or day.day in (3, 23):
        return Day(day, "closed")
    share = (day.day * 37 % 100) / 100
    state: State = "full" if day.day == 25 else "few" if share > 0.8 else "free"
    return Day(
        day, state, 1.0 if state == "full" else share, "" if state == "full" else f"?day={day}", day.day == 26
    )
