"""Japanese eras: dates read from and written in 和暦 or 西暦, exact to the day an era changed.

Eras as promulgated: 明治 from the Gregorian calendar's first day in Japan (1873-01-01), 大正 1912-07-30,
昭和 1926-12-25, 平成 1989-01-08, 令和 2019-05-01; the first year of an era is written 元年.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from models.core.messages import Message, _n, message

_WEEKDAYS = "月火水木金土日"
WESTERN = "西暦"


@dataclass(frozen=True)
class Era:
    """One era with its first and last day; `base` + year of the era = western year."""

    name: str
    letter: str
    first: date
    last: date

    @property
    def base(self) -> int:
        """The western year before the era's first year."""
        return 1867 if self.name == "明治" else self.first.year - 1

    @property
    def last_year(self) -> int:
        """The number of the era's last year."""
        return self.last.year - self.base


ERAS = (
    Era("明治", "M", date(1873, 1, 1), date(1912, 7, 29)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 24)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", date(2019, 5, 1), date.max),
)
ERA_NAMES = tuple(era.name for era in ERAS)

_FORMAT = _n("日付は「令和8年3月1日」または「2026年3月1日」のように入力してください。")
_NO_ERA = _n("元号（令和、平成、昭和など）か、西暦を選んでください。")
_FOUR_DIGITS = _n("西暦の年は4けたの数字で入力してください。例：1985")
_NO_SUCH_DAY = _n("{year}年{month}月に{day}日はありません。日付を確かめてください。")
_NO_SUCH_MONTH = _n("{month}月という月はありません。1から12で入力してください。")
_NO_YEAR_ZERO = _n("{era}0年という年はありません。最初の年は「元」または「1」と入力してください。")
_ERA_OVER = _n(
    "{era}は{last}までです。同じ日は「{right}」になります。元号か年月日を確かめて、入力し直してください。"
)
_ERA_BEFORE = _n("{era}は{first}からです。元号か年月日を確かめて、入力し直してください。")
_TOO_OLD = _n("明治5年以前の日付は入力できません。空欄にして、窓口でお知らせください。")
_MISSING = {
    "year": _n("年を入力してください。"),
    "month": _n("月を入力してください。わからないときは、月と日がわからないことを選んでください。"),
    "day": _n("日を入力してください。わからないときは、日がわからないことを選んでください。"),
}


class DateError(ValueError):
    """A text that is no date; `message` says in plain words what to type."""

    def __init__(self, text: Message) -> None:
        """Keep the sentence for the person who typed."""
        super().__init__(str(text))
        self.message = text


@dataclass(frozen=True)
class PartialDate:
    """A date whose day, or month and day, may be unknown (不詳)."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def iso(self) -> str:
        """`YYYY-MM-DD`, `YYYY-MM` or `YYYY`."""
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part)]
        return "-".join(parts)

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def full(self) -> date | None:
        """The day itself, None where a part is unknown."""
        return self.earliest if self.day else None


def era_of(day: date) -> Era:
    """The era of `day`; DateError before 1873-01-01."""
    for era in ERAS:
        if era.first <= day <= era.last:
            return era
    raise DateError(message(_TOO_OLD))


def to_wareki(day: date, weekday: bool = False) -> str:
    """`令和8年3月1日`, with `（日）` behind it where `weekday` is asked; DateError before 1873-01-01."""
    written = f"{_era_year(era_of(day), day.year)}{day.month}月{day.day}日"
    return f"{written}（{_WEEKDAYS[day.weekday()]}）" if weekday else written


def fiscal_year_name(year: int) -> str:
    """`令和8年度` for the fiscal year that begins in April of `year` (2019 is 令和元年度)."""
    return f"{_era_year(era_of(date(year, 5, 1)), year)}度"


def iso_to_wareki(iso: str, weekday: bool = False) -> str:
    """A stored date in 和暦: `昭和60年4月1日`, `昭和60年4月（日不詳）`, `昭和60年（月日不詳）`.

    A year or month in which the era changed shows both names. DateError where `iso` is no stored date.
    """
    partial = from_iso(iso)
    if partial.full is not None:
        return to_wareki(partial.full, weekday)
    eras = (era_of(partial.earliest), era_of(partial.latest))
    years = "・".join(dict.fromkeys(_era_year(era, partial.year) for era in eras))
    return f"{years}{partial.month}月（日不詳）" if partial.month else f"{years}（月日不詳）"


def _era_year(era: Era, year: int) -> str:
    number = year - era.base
    return f"{era.name}{'元' if number == 1 else number}年"


_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)


def from_iso(iso: str) -> PartialDate:
    """The stored form `YYYY[-MM[-DD]]` as a date; DateError for any other text or day."""
    match = _ISO.match(iso)
    if match is None:
        raise DateError(message(_FORMAT))
    year, month, day = (int(part) if part else None for part in match.groups())
    return _checked(year or 0, month, day)


def parts(iso: str) -> dict[str, str]:
    """What the boxes era, year, month and day show for a stored date; empty where unknown."""
    partial = from_iso(iso)
    era = era_of(partial.latest)
    return {
        "era": era.name,
        "year": str(partial.year - era.base),
        "month": str(partial.month or ""),
        "day": str(partial.day or ""),
    }


_ERA_KEYS = {key: era for era in ERAS for key in (era.name, era.letter, era.name[0])}
_WRITTEN = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|西暦|[明大昭平令MTSHR])?"
    r"(?P<year>[0-9]*|元)"
    r"(?:(?:年|[-/.])(?:(?P<month>[0-9]*)(?:(?:月|[-/.])(?:(?P<day>[0-9]*)日?)?)?)?)?"
    r"(?P<unknown>\(?(?:月日|日)?不詳\)?)?(?:\([月火水木金土日]\))?\Z"
)
_COMPACT = re.compile(r"((?:19|20|18)[0-9]{2})([0-9]{2})([0-9]{2})\Z")


def parse(text: str) -> PartialDate:
    """A date as people write it: `令和8年3月1日`, `R8.3.1`, `2026-03-01`, `令和八年三月一日`, `昭和20年不詳`.

    DateError says what is wrong; a day that was not in its era is refused, never moved.
    """
    plain = _plain(text)
    compact = _COMPACT.match(plain)
    if compact:
        plain = "-".join(compact.groups())
    match = _WRITTEN.match(plain)
    if match is None or not plain:
        raise DateError(message(_FORMAT))
    year, month, day = _numbers(plain, match)
    era = _ERA_KEYS.get(match["era"] or "")
    if era is None:
        if len(match["year"]) != 4:
            raise DateError(message(_FOUR_DIGITS if match["era"] else _NO_ERA))
        return _checked(year, month, day)
    return _of_era(era, year, month, day)


def _numbers(plain: str, match: re.Match[str]) -> tuple[int, int | None, int | None]:
    if not match["year"]:
        raise DateError(message(_MISSING["year"]))
    unknown = match["unknown"] is not None
    if match["month"] == "" and not unknown and "月" in plain:
        raise DateError(message(_MISSING["month"]))
    if match["day"] == "" and not unknown and "日" in plain:
        raise DateError(message(_MISSING["day"]))
    year = 1 if match["year"] == "元" else int(match["year"][:5])
    month = int(match["month"][:5]) if match["month"] else None
    day = int(match["day"][:5]) if match["day"] else None
    return year, month, day


def _plain(text: str) -> str:
    """Half-width, without spaces, kanji numerals as digits."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:60])).upper()
    plain = re.sub("[‐‑‒–—―−－ー]", "-", plain)
    return re.sub("[〇零一二三四五六七八九十]+", lambda found: _kanji_number(found[0]), plain)


def _kanji_number(written: str) -> str:
    digits = "〇一二三四五六七八九"
    written = written.replace("零", "〇")
    if "十" not in written:
        return "".join(str(digits.index(sign)) for sign in written)
    tens, _, ones = written.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return written
    return str((digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0))


def _of_era(era: Era, number: int, month: int | None, day: int | None) -> PartialDate:
    if number < 1:
        raise DateError(message(_NO_YEAR_ZERO, era=era.name))
    partial = _checked(era.base + number, month, day)
    if partial.earliest > era.last:
        right = iso_to_wareki(partial.iso)
        raise DateError(message(_ERA_OVER, era=era.name, last=to_wareki(era.last), right=right))
    if partial.latest < era.first:
        raise DateError(message(_ERA_BEFORE, era=era.name, first=to_wareki(era.first)))
    return partial


def _checked(year: int, month: int | None = None, day: int | None = None) -> PartialDate:
    if month is not None and not 1 <= month <= 12:
        raise DateError(message(_NO_SUCH_MONTH, month=month))
    if year > 9999:
        raise DateError(message(_FORMAT))
    if year < 1873:
        raise DateError(message(_TOO_OLD))
    if month is not None and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise DateError(message(_NO_SUCH_DAY, year=year, month=month, day=day))
    return PartialDate(year, month, day)


def choices() -> tuple[tuple[str, str], ...]:
    """The buttons of the era box, newest first, 西暦 last: value and text."""
    return (*((era.name, era.name) for era in reversed(ERAS)), (WESTERN, WESTERN))
