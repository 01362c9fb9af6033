"""Eras are exact to the day, both ways."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import wareki
from models.rules.wareki import DateError, PartialDate, iso_to_wareki, parse, to_wareki

FIRST = date(1912, 7, 30)
LAST = date(2040, 12, 31)


def test_every_day_since_taisho_reads_back_as_it_was_written() -> None:
    day = FIRST
    while day <= LAST:
        assert parse(to_wareki(day)).full == day
        day += timedelta(days=1)


def test_every_day_belongs_to_the_era_that_counts_it() -> None:
    day, number = FIRST, 1
    era = wareki.era_of(day)
    while day < LAST:
        day += timedelta(days=1)
        now = wareki.era_of(day)
        if now is not era:
            assert day == now.first
            era, number = now, 1
        elif (day.month, day.day) == (1, 1):
            number += 1
        assert to_wareki(day) == f"{era.name}{'元' if number == 1 else number}年{day.month}月{day.day}日"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(2026, 3, 1), "令和8年3月1日"),
    ],
)
def test_the_days_around_a_change_of_era(day: date, written: str) -> None:
    assert to_wareki(day) == written
    assert parse(written).full == day


def test_the_weekday_is_written_behind_the_date() -> None:
    assert to_wareki(date(2026, 3, 1), weekday=True) == "令和8年3月1日（日）"
    assert parse("令和8年3月1日（日）").full == date(2026, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "令和8年3月1日",
        "令和８年３月１日",
        " 令和 8年 3月 1日 ",
        "R8.3.1",
        "r8/3/1",
        "Ｒ８－３－１",
        "2026-03-01",
        "2026/3/1",
        "2026.3.1",
        "２０２６／３／１",
        "2026年3月1日",
        "西暦2026年3月1日",
        "令和八年三月一日",
        "二〇二六年三月一日",
        "20260301",
        "㋿8年3月1日",
        "令8.3.1",
    ],
)
def test_the_many_ways_to_write_one_day(text: str) -> None:
    assert parse(text).iso == "2026-03-01"


def test_kanji_numerals_with_tens() -> None:
    assert parse("昭和六十三年十二月三十一日").iso == "1988-12-31"
    assert parse("令和元年十月二十日").iso == "2019-10-20"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("平成31年5月1日", "令和元年5月1日"),
        ("H31.5.1", "令和元年5月1日"),
        ("昭和64年1月8日", "平成元年1月8日"),
        ("大正15年12月25日", "昭和元年12月25日"),
        ("明治45年7月30日", "大正元年7月30日"),
        ("令和元年4月30日", "令和元年5月1日から"),
        ("昭和元年12月24日", "昭和元年12月25日から"),
        ("平成0年1月1日", "平成0年"),
        ("令和8年13月1日", "13月"),
        ("令和8年2月29日", "2月に29日はありません"),
        ("2100-02-29", "2月に29日はありません"),
        ("令和8年4月31日", "4月に31日はありません"),
        ("明治5年12月1日", "明治5年以前"),
        ("1800-01-01", "明治5年以前"),
        ("令和年3月1日", "年を入力"),
        ("令和8年月1日", "月を入力"),
        ("令和8年3月日", "日を入力"),
        ("", "のように入力"),
        ("きのう", "のように入力"),
        ("8年3月1日", "元号"),
        ("26-03-01", "元号"),
        ("西暦85年3月1日", "4けた"),
        ("令和99999999999年1月1日", "のように入力"),
        ("十十年", "のように入力"),
    ],
)
def test_a_wrong_date_is_told_in_plain_words(text: str, told: str) -> None:
    with pytest.raises(DateError) as refused:
        parse(text)
    assert told in str(refused.value.message)


def test_a_far_year_is_a_date_whose_field_decides() -> None:
    assert parse("令和99年1月1日").iso == "2117-01-01"


@pytest.mark.parametrize(
    ("text", "iso", "written"),
    [
        ("昭和20年不詳", "1945", "昭和20年（月日不詳）"),
        ("昭和20年", "1945", "昭和20年（月日不詳）"),
        ("昭和20年月日不詳", "1945", "昭和20年（月日不詳）"),
        ("昭和20年4月日不詳", "1945-04", "昭和20年4月（日不詳）"),
        ("1945年4月", "1945-04", "昭和20年4月（日不詳）"),
        ("平成元年不詳", "1989", "昭和64年・平成元年（月日不詳）"),
        ("平成元年1月日不詳", "1989-01", "昭和64年・平成元年1月（日不詳）"),
    ],
)
def test_an_unknown_day_or_month_can_be_kept(text: str, iso: str, written: str) -> None:
    assert parse(text).iso == iso
    assert iso_to_wareki(iso) == written
    assert parse(iso).iso == iso


def test_an_unknown_month_of_the_wrong_era_is_refused() -> None:
    with pytest.raises(DateError):
        parse("平成31年6月")
    with pytest.raises(DateError):
        parse("令和元年4月")


def test_the_boxes_show_a_stored_date_again() -> None:
    assert wareki.parts("2019-05-01") == {"era": "令和", "year": "1", "month": "5", "day": "1"}
    assert wareki.parts("1945") == {"era": "昭和", "year": "20", "month": "", "day": ""}


def test_fiscal_years_have_names() -> None:
    assert wareki.fiscal_year_name(2026) == "令和8年度"
    assert wareki.fiscal_year_name(2019) == "令和元年度"
    assert wareki.fiscal_year_name(2018) == "平成30年度"


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        partial = parse(text)
    except DateError:
        return
    assert isinstance(partial, PartialDate)
    assert partial.earliest <= partial.latest


@given(st.dates(min_value=date(1873, 1, 1)))
def test_any_day_is_kept_in_its_stored_form(day: date) -> None:
    assert wareki.from_iso(day.isoformat()).full == day
    assert parse(day.isoformat()).full == day
    assert parse(f"{day.year:04d}年{day.month}月{day.day}日").full == day
