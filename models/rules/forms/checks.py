"""Named rules of single fields (`check` in the forms): what the law or the office asks beyond the kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from models.core.messages import Message, _n, message
from models.rules import ages, wareki

DAYS_AHEAD = 60
"""How long before the move a move-out notification is taken."""

FUTURE = _n("まだ来ていない日付です。年月日を確かめてください。")
BEFORE_MOVE = _n("引っ越す前の届出はできません。引っ越した日以降に届け出てください。")
TOO_EARLY = _n("引っ越す日の{days}日前より早い届出はできません。日が近づいてから届け出てください。")
UNDER_15 = _n("15歳未満の方は印鑑登録ができません。")
NO_CHILD = _n("児童手当は、18歳になって最初の3月31日までのお子さんが対象です。生年月日を確かめてください。")
NO_STUDENT = _n("18歳になって最初の3月31日を過ぎ、22歳になって最初の3月31日までの方だけ入力してください。")
PUBLIC_SERVANT = _n(
    "公務員の方は、市役所ではなく勤務先に請求してください。独立行政法人などの方は「会社員」を選んでください。"
)
NO_YEAR = _n("年度を選択肢の中から選んでください。新しい年度の証明書は6月ごろからとれます。")
NO_CARD = _n(
    "印鑑登録証（カード）がないと、証明書は出せません。"
    "なくした方は「印鑑登録申請書」で「登録証の亡失・再交付」を選んでください。"
)
NOT_WIDE_KIND = _n(
    "広域交付でとれるのは、戸籍・除籍の全部事項証明書と改製原戸籍謄本などです。"
    "「{kind}」は、本籍のある市区町村に請求してください。"
)
NOT_WIDE_PERSON = _n(
    "広域交付は、本人・配偶者・父母や祖父母・子や孫だけが請求できます。"
    "ほかの方は、本籍のある市区町村に請求してください。"
)
NO_SIGNATURE_UNDER_15 = _n(
    "15歳未満の方は、署名用の電子証明書を受け取れません。利用者証明用だけを選んでください。"
)

_WIDE = ("戸籍全部", "除籍全部", "改製原戸籍", "戸籍電子証明書")
_WIDE_PERSONS = ("本人", "配偶者", "父母", "子・孫")

Check = Callable[[Any, Mapping[str, Any], date], Message | None]
"""A rule: the value, all answers of the form, and the day it is handed in; None where it is fine."""


def past(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """A date that has come."""
    return message(FUTURE) if wareki.from_iso(value).earliest > day else None


def move_date(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """Moved already (住民基本台帳法 第22条, 第23条), or moving out soon (第24条); late is never refused."""
    moved = wareki.from_iso(value).earliest
    if fields.get("kind") not in ("転出", "国外転出"):
        return message(BEFORE_MOVE) if moved > day else None
    return message(TOO_EARLY, days=DAYS_AHEAD) if moved > day + timedelta(days=DAYS_AHEAD) else None


def age_15(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """Fifteen or older on the day it is handed in (印鑑条例)."""
    return past(value, fields, day) or (message(UNDER_15) if _is_under_15(value, day) else None)


def _is_under_15(value: str, day: date) -> bool:
    return ages.age_on(wareki.from_iso(value).earliest, day) < 15


def allowance_child(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """A child up to the first 31 March after 18 (児童手当法 第3条)."""
    born = wareki.from_iso(value).latest
    if ages.in_high_school_years_or_younger(min(born, day), day):
        return past(value, fields, day)
    return message(NO_CHILD)


def student_age(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """A child between the first 31 March after 18 and that after 22."""
    partial = wareki.from_iso(value)
    fits = any(ages.in_university_years(born, day) for born in (partial.earliest, partial.latest))
    return None if fits else message(NO_STUDENT)


def not_public_servant(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """Public servants claim at their workplace (児童手当法 第17条)."""
    return message(PUBLIC_SERVANT) if value == "公務員" else None


def tax_year(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """A fiscal year whose certificates can exist by `day`."""
    return None if value in all_tax_years(day) else message(NO_YEAR)


def tax_years(day: date) -> tuple[str, ...]:
    """The fiscal years to choose from, newest first: the newest opens in June, six are kept."""
    return all_tax_years(day)[:6]


def all_tax_years(day: date) -> tuple[str, ...]:
    """Every fiscal year back to 平成元年度, newest first."""
    newest = day.year if day.month >= 6 else day.year - 1
    return tuple(wareki.fiscal_year_name(year) for year in range(newest, 1988, -1))


def card_needed(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """Without the registration card nobody gets the certificate (印鑑条例)."""
    return message(NO_CARD) if value is False else None


def wide_area_kind(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """Other municipalities' registers: no 抄本, no 附票 (戸籍法 第120条の2)."""
    if not _is_wide(fields):
        return None
    wrong = [kind for kind in value if not kind.startswith(_WIDE)]
    return message(NOT_WIDE_KIND, kind=wrong[0]) if wrong else None


def wide_area_person(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """Other municipalities' registers: only the person, spouse, ancestors, descendants (戸籍法 第120条の2)."""
    if not _is_wide(fields) or value.startswith(_WIDE_PERSONS):
        return None
    return message(NOT_WIDE_PERSON)


def _is_wide(fields: Mapping[str, Any]) -> bool:
    return str(fields.get("route", "")).startswith("広域交付")


def signature_age(value: Any, fields: Mapping[str, Any], day: date) -> Message | None:
    """Under fifteen there is no certificate for signatures (公的個人認証法 第3条)."""
    birth = fields.get("birth")
    if "署名用" in value and isinstance(birth, str) and _is_under_15(birth, day):
        return message(NO_SIGNATURE_UNDER_15)
    return None


CHECKS: Mapping[str, Check] = {
    rule.__name__: rule
    for rule in (
        *(past, move_date, age_15, allowance_child, student_age, not_public_servant, tax_year),
        *(card_needed, wide_area_kind, wide_area_person, signature_age),
    )
}
