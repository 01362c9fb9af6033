"""Charts: quiet pictures that say their numbers, hold no script and ask nobody else for anything."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.papers.charts import StaffingWords, WeekdayBar, WeekdayWords, staffing_chart, weekday_chart
from models.rules.planning.staffing import Cell, DayPlan, Hours, Observed, Target, staffing_plan

SVG = "{http://www.w3.org/2000/svg}"
STAFFING = StaffingWords(
    "月曜日：必要な窓口数 <いま>", "10時台に8 & 5", "必要（9割が10分以内）", "いま", "足りないところ"
)
WEEKDAY = WeekdayWords(
    "曜日ごとの来庁", "月曜日がいちばん多い", "来庁（人）", "中央値（分）", "10人に9人（分）"
)
BARS = [WeekdayBar("月", 302, 9.4, 31), WeekdayBar("火", 241, 6, 18), WeekdayBar("水", 228, None, None)]
LUNCH = [Hours(510, 720), Hours(780, 1035)]


def monday(spans: list[Hours], open_counters: dict[Cell, float] | None = None) -> DayPlan:
    observed = {Cell(0, minute): Observed(80, 80, 960.0) for minute in range(510, 1035, 30)}
    return staffing_plan(observed, {0: spans}, {0: 8}, Target(), open_counters).days[0]


def staffing(day: DayPlan) -> ET.Element:
    return ET.fromstring(staffing_chart(day, STAFFING))


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def lines(root: ET.Element, colour: str) -> list[str]:
    return [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("stroke") == colour]


@pytest.mark.parametrize(
    "picture", [staffing_chart(monday([Hours(510, 1035)]), STAFFING), weekday_chart(BARS, WEEKDAY)]
)
def test_a_chart_holds_no_script_no_style_and_no_address(picture: bytes) -> None:
    root = ET.fromstring(picture)
    assert not {element.tag for element in root.iter()} & {f"{SVG}script", f"{SVG}style", f"{SVG}image"}
    assert not {name for element in root.iter() for name in element.attrib} & {"style", "href", "onload"}
    addresses = re.findall(rb"https?://[^\"]+", picture)
    assert set(addresses) == {b"http://www.w3.org/2000/svg"}


def test_the_title_and_the_description_are_kept_as_they_are() -> None:
    root = staffing(monday([Hours(510, 1035)]))
    assert root.findtext(f"{SVG}title") == STAFFING.title
    assert root.findtext(f"{SVG}desc") == STAFFING.description


def test_days_beside_one_another_have_the_axis_of_the_highest() -> None:
    day = monday([Hours(510, 1035)])
    tops = [
        max(
            int(text)
            for text in texts(ET.fromstring(staffing_chart(day, STAFFING, highest=highest)))
            if text.isdigit()
        )
        for highest in (0, 40)
    ]
    assert tops[0] < 40 <= tops[1]


def test_a_chart_has_no_ground_so_that_it_stands_on_the_page_in_every_theme() -> None:
    for root in (staffing(monday([Hours(510, 1035)])), ET.fromstring(weekday_chart(BARS, WEEKDAY))):
        wide = {rect.get("width") for rect in root.iter(f"{SVG}rect")}
        assert not wide & {root.get("width")}


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert staffing_chart(monday(LUNCH), STAFFING) == staffing_chart(monday(LUNCH), STAFFING)
    assert weekday_chart(BARS, WEEKDAY) == weekday_chart(BARS, WEEKDAY)


def test_the_need_is_one_line_and_two_around_a_closed_lunch() -> None:
    assert len(lines(staffing(monday([Hours(510, 1035)])), "#115a36")) == 1
    assert len(lines(staffing(monday(LUNCH)), "#115a36")) == 2


def test_missing_counters_are_drawn_only_where_they_are_missing() -> None:
    day = monday([Hours(510, 1035)])
    enough = {Cell(0, one.starts): float(one.needed) for one in day.intervals}
    assert STAFFING.short not in texts(staffing(monday([Hours(510, 1035)], enough)))
    lacking = staffing(
        monday([Hours(510, 1035)], enough | {Cell(0, 600): 1.0, Cell(0, 630): 1.0, Cell(0, 720): 1.0})
    )
    assert STAFFING.short in texts(lacking)
    assert len(lines(lacking, "#c74700")) == 2


def test_the_line_of_open_counters_is_left_out_where_nothing_is_known() -> None:
    assert STAFFING.was_open not in texts(staffing(monday(LUNCH)))


def test_full_hours_stand_below_and_counters_beside() -> None:
    said = texts(staffing(monday([Hours(510, 1035)])))
    assert {"9:00", "12:00", "17:00", "0"} <= set(said)


def test_the_busiest_weekday_stands_out_and_every_bar_says_its_number() -> None:
    root = ET.fromstring(weekday_chart(BARS, WEEKDAY))
    bars = [
        group.get("fill")
        for group in root.iter(f"{SVG}g")
        if group.get("fill") and group.find(f"{SVG}rect") is not None
    ]
    assert bars[:3] == ["#115a36", "#5f9f7e", "#5f9f7e"]
    assert {"302", "241", "228", "9", "31", "月", "火", "水"} <= set(texts(root))


def test_an_empty_week_still_gives_a_picture_and_a_closed_day_none() -> None:
    assert ET.fromstring(weekday_chart([], WEEKDAY)).findtext(f"{SVG}title") == WEEKDAY.title
    with pytest.raises(ValueError, match="closed day"):
        staffing(DayPlan(0, 0, 0.0, 0.0, ()))


@given(st.floats(0, 1e5), st.floats(0, 500))
def test_no_bar_is_taller_than_its_scale(visits: float, wait: float) -> None:
    root = ET.fromstring(weekday_chart([WeekdayBar("月", visits, wait, wait)], WEEKDAY))
    assert all(float(bar.get("y", "0")) >= -0.01 for bar in root.iter(f"{SVG}rect"))


def test_a_phones_chart_is_as_wide_as_a_phone_and_says_the_same_in_letters_as_large() -> None:
    for wide, narrow in (
        (weekday_chart(BARS, WEEKDAY), weekday_chart(BARS, WEEKDAY, narrow=True)),
        (
            staffing_chart(monday([Hours(510, 1035)]), STAFFING),
            staffing_chart(monday([Hours(510, 1035)]), STAFFING, narrow=True),
        ),
    ):
        small, large = ET.fromstring(narrow), ET.fromstring(wide)
        assert (small.get("width"), large.get("width")) == ("360", "700")
        assert small.get("font-size") == large.get("font-size")
        assert set(texts(small)) <= set(texts(large))
        named = [text for text in texts(large) if text in (*vars(WEEKDAY).values(), *vars(STAFFING).values())]
        assert [text for text in texts(small) if text in named] == named


def test_a_legend_that_does_not_fit_goes_on_in_a_second_line() -> None:
    root = ET.fromstring(
        weekday_chart(
            BARS,
            WeekdayWords("", "", "来庁", "待ち時間の中央値（分）", "9割の人が呼ばれるまで（分）"),
            narrow=True,
        )
    )
    places = {text.text: (text.get("x"), text.get("y")) for text in root.iter(f"{SVG}text")}
    assert places["待ち時間の中央値（分）"] == ("44", "25")
    assert places["9割の人が呼ばれるまで（分）"] == ("44", "45")
