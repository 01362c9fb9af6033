"""お知らせの言葉: the languages in which people can be told something, and how each says a date and a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from babel.dates import format_date, format_time

from models.catalogue.words import RUBY
from models.rules.counted import reading


@dataclass(frozen=True)
class MessageLanguage:
    """One language: its own name, its BCP 47 `tag`, and Babel's locale with the patterns of a day and a time.

    `between` stands between the two; `calendar` names the visit in somebody's calendar.
    """

    code: str
    name: str
    tag: str
    locale: str
    day: str
    time: str
    between: str
    calendar: str


JAPANESE = MessageLanguage(
    "ja", "日本語", "ja", "ja", "M月d日（E）", "H時m分", "", "来庁の予約（{office}）"
)  # fmt: skip
EASY = MessageLanguage(
    "ja-easy", "やさしい日本語", "ja", "ja", "M月{がつ}d日", "H時{じ}m分", " ",
    "市役所{しやくしょ}に 行{い}く 予約{よやく}（{office}）",
)  # fmt: skip
LANGUAGES = (
    JAPANESE,
    EASY,
    MessageLanguage("en", "English", "en", "en", "EEEE, d MMMM", "H:mm", ", ", "Visit to {office}"),
    MessageLanguage(
        "zh-Hans", "简体中文", "zh-Hans", "zh_Hans", "M月d日（EEEE）", "H:mm", " ", "到访预约（{office}）"
    ),
    MessageLanguage(
        "vi", "Tiếng Việt", "vi", "vi", "EEEE, 'ngày' d 'tháng' M", "H:mm", ", ", "Lịch hẹn đến {office}"
    ),
    MessageLanguage("ko", "한국어", "ko", "ko", "M월 d일 (EEEE)", "H:mm", " ", "방문 예약 ({office})"),
    MessageLanguage("tl", "Tagalog", "fil", "fil", "EEEE, MMMM d", "h:mm a", ", ", "Pagpunta sa {office}"),
    MessageLanguage("ne", "नेपाली", "ne", "ne", "MMMM d, EEEE", "H:mm", ", ", "{office} मा भेटको समय"),
    MessageLanguage(
        "pt-BR", "Português", "pt-BR", "pt_BR", "EEEE, d 'de' MMMM", "H'h'mm", ", ", "Visita: {office}"
    ),
    MessageLanguage(
        "id", "Bahasa Indonesia", "id", "id", "EEEE, d MMMM", "HH.mm", ", ", "Kunjungan ke {office}"
    ),
)
"""In the order in which people choose."""
BY_CODE: Mapping[str, MessageLanguage] = {one.code: one for one in LANGUAGES}
CODES = tuple(BY_CODE)

WEEKDAYS = ("げつ", "か", "すい", "もく", "きん", "ど", "にち")


def language_of(code: str) -> MessageLanguage:
    """The language of a code; Japanese for one that there is not."""
    return BY_CODE.get(code, JAPANESE)


def with_readings(text: str) -> str:
    """漢字{かんじ} as 漢字（かんじ）, for whatever cannot draw ruby."""
    return RUBY.sub(r"\1（\2）", text)


def day_words(day: date, code: str) -> str:
    """A date with its weekday: 12月3日（木）, or Thursday, 3 December; with 漢字{かんじ} in easy Japanese."""
    if code == EASY.code:
        return _easy_day(day)
    one = language_of(code)
    words = format_date(day, one.day, locale=one.locale)
    return words[:1].upper() + words[1:]


def time_words(at: datetime | time, code: str) -> str:
    """A time of day: 9時30分, 10時, or 9:30; with 漢字{かんじ} in easy Japanese."""
    if code == EASY.code:
        return _easy_time(at)
    one = language_of(code)
    return format_time(at.replace(tzinfo=None), _whole(one, at), locale=one.locale)


def moment_words(local: datetime, code: str) -> str:
    """A day and a time in one line."""
    return language_of(code).between.join((day_words(local.date(), code), time_words(local, code)))


def _whole(one: MessageLanguage, at: datetime | time) -> str:
    """The pattern of a time; Japanese leaves 0分 out."""
    return "H時" if one is JAPANESE and not at.minute else one.time


def _easy_day(day: date) -> str:
    read = reading(str(day.day), "日", in_month=True)
    weekday = f"{'月火水木金土日'[day.weekday()]}曜日{{{WEEKDAYS[day.weekday()]}ようび}}"
    return f"{day.month}月{{がつ}}{day.day}日{{{read}}}（{weekday}）"


def _easy_time(at: datetime | time) -> str:
    half = "午前{ごぜん}" if at.hour < 12 else "午後{ごご}"
    minutes = f"{at.minute}分{{{reading(str(at.minute), '分')}}}" if at.minute else ""
    return f"{half}{at.hour if at.hour <= 12 else at.hour - 12}時{{じ}}{minutes}"
