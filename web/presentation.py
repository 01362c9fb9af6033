"""How values are shown to people: dates in both calendars, times, minutes, shares, words of the catalogue."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from flask import Flask, current_app, request, url_for
from markupsafe import Markup, escape

from models.catalogue.definitions import Words
from models.core.messages import Message, _n
from models.rules import durations, message_languages
from models.rules.message_languages import day_words
from models.rules.opening import Span
from models.rules.wareki import era_of, to_wareki
from web import spelling
from web.languages import gettext, phrase, say
from web.reading import EASY, ENGLISH, current
from web.ruby import join, without_readings

STATIC = Path(__file__).parent / "static"
JAPAN = "Asia/Tokyo"
ERA_NAMES = (_n("明治"), _n("大正"), _n("昭和"), _n("平成"), _n("令和"), _n("西暦"))
PREFECTURES = (
    _n("北海道"), _n("青森県"), _n("岩手県"), _n("宮城県"), _n("秋田県"), _n("山形県"),
    _n("福島県"), _n("茨城県"), _n("栃木県"), _n("群馬県"), _n("埼玉県"), _n("千葉県"),
    _n("東京都"), _n("神奈川県"), _n("新潟県"), _n("富山県"), _n("石川県"), _n("福井県"),
    _n("山梨県"), _n("長野県"), _n("岐阜県"), _n("静岡県"), _n("愛知県"), _n("三重県"),
    _n("滋賀県"), _n("京都府"), _n("大阪府"), _n("兵庫県"), _n("奈良県"), _n("和歌山県"),
    _n("鳥取県"), _n("島根県"), _n("岡山県"), _n("広島県"), _n("山口県"), _n("徳島県"),
    _n("香川県"), _n("愛媛県"), _n("高知県"), _n("福岡県"), _n("佐賀県"), _n("長崎県"),
    _n("熊本県"), _n("大分県"), _n("宮崎県"), _n("鹿児島県"), _n("沖縄県"),
)  # fmt: skip
WEEKDAYS = "月火水木金土日"
ERA_READINGS = {
    "明治": "めいじ",
    "大正": "たいしょう",
    "昭和": "しょうわ",
    "平成": "へいせい",
    "令和": "れいわ",
}
NOTHING = "—"
DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日（[月火水木金土日]）(?: ?\d{1,2}:\d\d)?")
"""A date with its weekday and perhaps a time, as Japanese pages write it."""
WHOLE = '<span class="d-inline-block">{}</span>'
"""What a line takes as a whole where it has the room."""
UNCUT = '<span class="nowrap">{}</span>'
"""What every line has room for; what follows it, as a comma, begins no line."""
DAY = re.compile(r"\d{1,2}月\d{1,2}日（[月火水木金土日]）")


def minutes(value: float | None, upper: float | None = None, decimals: int = 0) -> str:
    """Minutes with their unit, as a range where `upper` is given: 70分, 10〜20分, 2時間〜2時間20分; a dash for None."""
    if value is None:
        return NOTHING
    if decimals:
        return phrase("{n}分", n=number(value, decimals))
    low, high = round(value), round(value if upper is None else upper)
    if low == high:
        return say(durations.duration(high))
    told = durations.between(low, high)
    return phrase(told.template, **{end: _uncut(length) for end, length in told.values.items()})


def number(value: float | None, decimals: int = 0) -> str:
    """A number with thousands marked: 2,318 or 7.2; a dash for None."""
    return NOTHING if value is None else spelling.separated(f"{value:,.{decimals}f}")


def percentage(share: float | None, decimals: int = 0) -> str:
    """A share of 1 in percent: 0.46 is 46%; a dash for None."""
    return NOTHING if share is None else spelling.separated(f"{share * 100:,.{decimals}f}") + "%"


def era_year(day: date) -> str:
    """The year of a date in the Japanese calendar: 令和8年; Reiwa 8 for who reads no kanji."""
    era = era_of(day)
    count = day.year - era.base
    if not spelling.in_kanji():
        return f"{gettext(era.name)} {count}"
    easy = f"{era.name}{{{ERA_READINGS[era.name]}}}{'元{がん}' if count == 1 else count}年{{ねん}}"
    return spelling.with_reading(easy, without_readings(easy))


def weekday(day: date) -> str:
    """The weekday of a date: 木, or Thu."""
    if not spelling.in_japanese():
        return format_date(day, "EEE", locale=current().locale)
    number = day.weekday()
    return spelling.with_reading(
        f"{WEEKDAYS[number]}{{{message_languages.WEEKDAYS[number]}}}", WEEKDAYS[number]
    )


def day_and_month(day: date) -> str:
    """A date of this year: 11月26日（木）, or Thu 26 November."""
    if not spelling.in_japanese():
        return spelling.kept_together(format_date(day, current().day, locale=current().locale), day)
    return spelling.with_reading(day_words(day, EASY.code), _japanese(day))


def western_date(day: date) -> str:
    """2026年11月26日（木）, or Thu 26 November 2026."""
    if spelling.in_japanese():
        return spelling.with_reading(
            f"{day.year}年{{ねん}}{day_words(day, EASY.code)}", f"{day.year}年{_japanese(day)}"
        )
    if current() == ENGLISH:
        return spelling.kept_together(f"{day_and_month(day)} {day.year}", day)
    return spelling.kept_together(format_skeleton("yMMMEd", day, locale=current().locale), day)


def year_and_month(day: date) -> str:
    """The month of a date: 2026年11月, or November 2026."""
    if not spelling.in_japanese():
        return format_skeleton("yMMMM", day, locale=current().locale)
    easy = f"{day.year}年{{ねん}}{day.month}月{{がつ}}"
    return spelling.with_reading(easy, without_readings(easy))


def weekday_name(number: int) -> str:
    """The short name of a weekday, Monday is 0: 木, or Thu."""
    return weekday(date(2024, 1, 1 + number))


def wareki(day: date) -> str:
    """令和8年11月26日（木）."""
    if not spelling.in_japanese():
        return f"{day_and_month(day)}, {era_year(day)}"
    if current() == EASY:
        return join(era_year(day), day_and_month(day))
    return to_wareki(day, weekday=True)


def both_calendars(day: date) -> str:
    """2026年（令和8年）11月26日（木）: for dates that people carry home."""
    if not spelling.in_japanese():
        return f"{western_date(day)}{spelling.aside(era_year(day))}"
    year = spelling.with_reading(f"{day.year}年{{ねん}}", f"{day.year}年")
    return join(year, spelling.aside(era_year(day)), day_and_month(day))


def clock_time(moment: datetime, zone: str = JAPAN) -> str:
    """An instant as the office's wall clock: 14:30."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.hour}:{local.minute:02}"


def span(first: object, last: object) -> Markup:
    """From one to another: 8:30〜17:15, or 8:30–17:15."""
    return escape(first) + ("〜" if spelling.in_japanese() else "–") + escape(last)


def opening_hours(spans: Iterable[Span]) -> Markup:
    """The hours of a day as people write them, no stretch on two lines: 8:30〜12:00、13:00〜17:15."""
    written = (
        span(f"{one.opens.hour}:{one.opens:%M}", f"{one.closes.hour}:{one.closes:%M}") for one in spans
    )
    return spelling.listed(Markup(UNCUT).format(one) for one in written)  # noqa: S704  (fixed)


def plain_words(text: Words) -> str:
    """A catalogue text in the visitor's language as plain text."""
    return without_readings(text.in_language(current().code))


def heat_edges(target: float) -> list[int]:
    """The upper ends of the first five colours of a heat table: thirds of the target, then 1.5 and 2 times it."""
    return [round(target * part) for part in (1 / 3, 2 / 3, 1, 1.5, 2)]


def heat_step(value: float | None, target: float) -> int:
    """0 to 5 for the colour of a heat table: up to 2 is within `target`, from 3 on it is above."""
    return 0 if value is None else sum(value > edge for edge in heat_edges(target))


def reference(code: str) -> str:
    """A reference number in the form that people read out: K7FX29MA is K7FX-29MA."""
    bare = code.replace("-", "")
    return "-".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def lines(text: object) -> Markup:
    """Text as typed with its line breaks kept; what is HTML already stays as it is."""
    if isinstance(text, Markup):
        return text
    return Markup("<br>").join(escape(line) for line in str(text).splitlines())


def whole_dates(text: object) -> Markup:
    """Text in which no line breaks within a date or between it and its time: 11月27日（金） 12:07."""
    whole = DATE.sub(WHOLE.format(r"\g<0>"), str(escape(text)))
    return Markup(whole)  # noqa: S704  (escaped before)


def cells(row: Iterable[object], tags: Iterable[tuple[str, str]]) -> Markup:
    """The cells of a table's row, each between its column's tags: long tables are drawn in one step a row."""
    drawn = (f"{opens}{cell}{closes}" for cell, (opens, closes) in zip(_escaped([*row]), tags, strict=True))
    return Markup("".join(drawn))  # noqa: S704  (escaped in the line before)


def _escaped(row: list[object]) -> Iterable[object]:
    """A row's cells ready for HTML; one of plain text alone is escaped in one step."""
    texts = [cell for cell in row if type(cell) is str]
    if len(texts) < len(row) or any("\n" in text for text in texts):
        return map(escape, row)
    return str(escape("\n".join(texts))).split("\n")


def asset(filename: str) -> str:
    """The address of one of our static files; it changes when the file changes, so browsers may keep it."""
    return f"{request.script_root}{current_app.static_url_path}/{filename}?v={_digest(filename)}"


def framework() -> str:
    """The address of Bootstrap's stylesheet; it changes with the version that is installed."""
    return url_for("bootstrap.static", filename="css/bootstrap.min.css", v=_installed("bootstrap-flask"))


def register(app: Flask) -> None:
    """Give templates every filter of this module by its name."""
    filters: dict[str, Any] = {
        function.__name__: function
        for function in (minutes, number, percentage, era_year, weekday, weekday_name, year_and_month, clock_time,
                         opening_hours,
                         spelling.listed, spelling.aside, spelling.words, plain_words, reference, lines, whole_dates,
                         cells)
    }  # fmt: skip
    app.jinja_env.filters.update(filters)
    dates = (day_and_month, western_date, wareki, both_calendars)
    app.jinja_env.filters.update({function.__name__: _drawn(function) for function in dates})
    app.jinja_env.globals.update(
        asset=asset,
        framework=framework,
        gap=spelling.gap,
        heat_edges=heat_edges,
        heat_step=heat_step,
        prefectures=PREFECTURES,
    )


def _drawn(written: Callable[[date], str]) -> Callable[[date], Markup]:
    """How pages draw a date: its weekday never stands alone on the next line where there is room for both."""

    def drawn(day: date) -> Markup:
        text = str(escape(written(day)))
        easy = current() == EASY and written is day_and_month
        return Markup(WHOLE.format(text) if easy else DAY.sub(UNCUT.format(r"\g<0>"), text))  # noqa: S704  (escaped)

    return drawn


def _uncut(end: Message | int) -> Markup | int:
    """An end of a range: hours and minutes stay on one line, and a line may end before them."""
    return end if isinstance(end, int) else Markup("<wbr>" + UNCUT).format(say(end))  # noqa: S704  (fixed)


def _japanese(day: date) -> str:
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


@cache
def _installed(package: str) -> str:
    return version(package)


@cache
def _digest(filename: str) -> str:
    path = STATIC / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else ""
