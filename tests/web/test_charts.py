"""Drawings of numbers: the scale is round, heights are in proportion, gaps stay gaps."""

import pytest

from web import charts


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 4), (1, 4), (3, 4), (10, 12), (24, 24), (312, 320), (2318, 2400), (0.46, 0.8)]
)
def test_the_axis_ends_at_four_round_steps_above_the_highest(highest, top):
    ticks = charts.bars(["a"], [("x", "a", [highest])]).ticks
    assert float(ticks[-1].text.replace(",", "")) == pytest.approx(top)
    assert ticks[0].text == "0"


def test_a_bar_is_as_high_as_its_number():
    drawing = charts.bars(["月", "火"], [("来庁", "a", [40, 20])])
    first, second = drawing.series[0].bars
    assert first.height == pytest.approx(2 * second.height)
    assert first.y + first.height == pytest.approx(second.y + second.height)


def test_a_bar_says_its_number_where_it_is_wide_enough_and_grows_no_wider_than_its_neighbours():
    alone = charts.bars(["10月"], [("9割", "b", [34.6]), ("中央値", "a", [3.7])]).series
    assert [one.figure for series in alone for one in series.bars] == ["35", "3.7"]
    assert alone[0].bars[0].width < 60
    many = charts.bars([str(n) for n in range(40)], [("来庁", "a", [7] * 40)]).series[0].bars
    assert {one.figure for one in many} == {""}
    assert many[-1].x + many[-1].width < charts.DESK.right


def test_a_missing_number_leaves_a_gap_and_is_not_zero():
    assert len(charts.bars(["a", "b"], [("x", "a", [1, None])]).series[0].bars) == 1
    assert charts.steps(["a", "b", "c"], [("x", "a", [1, None, 2])]).series[0].path.count("M") == 2


def test_steps_hold_their_number_to_the_end_of_the_interval():
    path = charts.steps(["8:30", "9:00"], [("x", "a", [4, 4])]).series[0].path
    assert path.startswith(f"M{charts.DESK.left:.1f} ")
    assert path.endswith(f"H{charts.DESK.right:.1f}")


def test_only_whole_hours_are_written_below():
    drawing = charts.steps(["8:30", "9:00", "9:30"], [("x", "a", [1, 2, 3])])
    assert [label.text for label in drawing.labels] == ["9:00"]


def test_nothing_to_draw_is_drawn_without_an_error():
    assert charts.bars([], []).series == ()
    assert charts.steps([], [("x", "a", [])]).series[0].path == ""


def test_bars_stand_on_one_another_and_the_line_goes_over_them():
    drawing = charts.bars_under_steps(
        ["8:30", "9:00"], [("いる", "b", [2, 4]), ("足りない", "c", [2, 0])], ("要る", "a", [4, 3])
    )
    there, short, needed = drawing.series
    assert len(there.bars) == 2
    assert len(short.bars) == 1
    assert short.bars[0].y + short.bars[0].height == pytest.approx(there.bars[0].y)
    assert short.bars[0].height == pytest.approx(there.bars[0].height)
    assert needed.path.startswith("M")
    assert drawing.ticks[-1].text == "4"


def test_a_phone_gets_the_same_numbers_on_half_the_width_with_labels_that_do_not_touch():
    hours = [f"{hour}:00" for hour in range(8, 19)]
    drawing = charts.bars(hours, [("いま", "b", [4] * 11), ("提案", "a", [2] * 11)])
    small = drawing.narrow
    assert small.field.width * 2 == drawing.field.width
    assert [bar.height for bar in small.series[0].bars] == [bar.height for bar in drawing.series[0].bars]
    assert max(bar.x + bar.width for series in small.series for bar in series.bars) <= small.field.right
    assert [label.text for label in drawing.labels] == hours
    assert [label.text for label in small.labels] == hours[::2]
    weekdays = charts.bars(
        ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日"], [("いま", "b", [62, 64, 59, 59, 60])]
    )
    assert len(weekdays.narrow.labels) == 5
    assert {bar.figure for bar in weekdays.narrow.series[0].bars} == {"62", "64", "59", "60"}
    long = charts.bars(
        ["番号札の人：平均", "番号札の人：9割", "予約の人：平均"] * 2, [("いま", "b", [9.7, 31, 7] * 2)]
    )
    assert long.narrow is None, "half of its names would be left out"


def test_names_of_groups_stand_below_their_labels_on_both_widths():
    kinds = ["全員", "番号札の人", "予約の人"]
    drawing = charts.bars(["平均", "9割"] * 3, [("いま", "b", [9.2, 30, 9.7, 31, 7.1, 23])], kinds)
    for one in (drawing, drawing.narrow):
        assert [group.text for group in one.groups] == kinds
        middles = [
            (first.at + last.at) / 2 for first, last in zip(one.labels[::2], one.labels[1::2], strict=True)
        ]
        assert [group.at for group in one.groups] == pytest.approx(middles, abs=0.1)
        assert one.height > one.foot
    assert charts.bars(["平均"], [("いま", "b", [9.2])]).height == drawing.foot
