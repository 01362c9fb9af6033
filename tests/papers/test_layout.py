"""The geometry of the forms: inside the margins, nothing on top of anything else, room to write, legible sizes."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.papers.layout.canvas import (
    STAFF_FRAME,
    Box,
    Canvas,
    balanced,
    ems,
    lines_needed,
    on_its_lines,
    upright,
)
from models.papers.layout.pages import BOTTOM, LEFT, TOP, lay_out
from models.papers.layout.parts import shared_out
from models.papers.layout.sections import WIDTH
from tests.papers.sheets import FORM_IDS, HARD, answers, sheet

EDGE = 0.26
"""Half the line of a staff frame lies outside its box, in mm."""


def pages(form: str, filled: str) -> list[Canvas]:
    fields = {"blank": {}, "plain": answers(form), "hard": answers(form, HARD, rows=6)}[filled]
    return lay_out(sheet(form, fields))


EVERY = [(form, filled) for form in FORM_IDS for filled in ("blank", "plain", "hard")]


@pytest.mark.parametrize(("form", "filled"), EVERY)
def test_no_line_leaves_the_margins(form: str, filled: str) -> None:
    for page in pages(form, filled):
        for x, y, w, h, _, _ in page.lines:
            assert LEFT - EDGE <= x <= x + w <= LEFT + WIDTH + EDGE
            assert TOP - EDGE <= y <= y + h <= BOTTOM + EDGE


@pytest.mark.parametrize(("form", "filled"), EVERY)
def test_no_text_stands_on_another(form: str, filled: str) -> None:
    for page in pages(form, filled):
        clashes = [
            (one.get("text"), other.get("text"))
            for one, other in combinations(page.marks, 2)
            if _meet(one["x"], one["w"], other["x"], other["w"])
            and _meet(one["y"], one["h"], other["y"], other["h"])
        ]
        assert clashes == []


def _meet(start: float, length: float, other: float, other_length: float) -> bool:
    return start + 0.05 < other + other_length and other + 0.05 < start + length


@pytest.mark.parametrize("form", FORM_IDS)
def test_labels_have_8_points_and_answers_of_ordinary_length_12(form: str) -> None:
    answered = {"前庭　太郎", "昭和51年4月5日", "前庭市役所前"}
    for mark in (mark for mark in pages(form, "plain")[0].marks if mark["kind"] == "text"):
        assert mark["size"] >= (7.5 if "マエニワ" in mark["text"] or "※" in mark["text"] else 7.8), mark
        if mark["text"] in answered and form != "F02":
            assert mark["size"] >= 10.5, mark


def rows_to_write_in(page: Canvas) -> list[float]:
    """Heights of cells at least as wide as a date that stand right of a label."""
    labels = {(round(x + w, 1), round(y, 1)) for x, y, w, h, _ in page.fills if w < 40}
    cells = [(x, y, w, h) for x, y, w, h, _, _ in page.lines if w > 40 and h > 5]
    return [
        h for x, y, w, h in cells if any(x < right < x + w and abs(y - top) < 0.2 for right, top in labels)
    ]


@pytest.mark.parametrize("form", FORM_IDS)
def test_a_blank_form_has_rows_high_enough_for_handwriting(form: str) -> None:
    least = 7.4 if form == "F02" else 7.7
    rows = rows_to_write_in(pages(form, "blank")[0])
    assert rows
    assert min(rows) >= least


@pytest.mark.parametrize("form", [form for form in FORM_IDS if form != "F10"])
def test_what_only_staff_fill_has_a_frame_of_one_millimetre(form: str) -> None:
    frames = [line for line in pages(form, "blank")[0].lines if line[4] == STAFF_FRAME]
    assert len(frames) == 1


def test_a_seal_is_stamped_twice_into_30_millimetres_with_guides_of_25_and_8() -> None:
    squares = sorted(line[2] for line in pages("F03", "blank")[0].lines if line[2] == line[3])
    assert [side for side in squares if side in {8, 25, 30}] == [8, 8, 25, 25, 30, 30]


@pytest.mark.parametrize(("form", "numbers"), [("F07", 5), ("F08", 2), ("F11", 1), ("F01", 0)])
def test_my_number_gets_twelve_empty_squares_wherever_the_form_asks_for_it(form: str, numbers: int) -> None:
    squares = [line for line in pages(form, "plain")[0].lines if line[2] == line[3] and 3 < line[2] <= 7]
    assert len(squares) == 12 * numbers


def test_shading_is_light_enough_for_fax_and_copy() -> None:
    assert all(fill[4] <= 15 for form in FORM_IDS for fill in pages(form, "blank")[0].fills)


wishes = st.lists(
    st.tuples(st.floats(1, 90), st.floats(1, 40), st.floats(0, 60)).map(
        lambda one: (one[0], one[1], one[1] + one[2])
    ),
    min_size=1,
    max_size=9,
)


@given(st.floats(20, 300), wishes)
def test_heights_never_exceed_the_room_and_keep_their_bounds(room: float, asked: Any) -> None:
    heights = shared_out(room, asked)
    assert sum(heights) <= room + 0.01
    if sum(low for _, low, _ in asked) < room:
        assert all(
            low - 0.01 <= height <= high + 0.01 for height, (_, low, high) in zip(heights, asked, strict=True)
        )
    if sum(low for _, low, _ in asked) < room < sum(high for _, _, high in asked):
        assert sum(heights) == pytest.approx(room, abs=0.1)


@given(st.text(alphabet="あ漢（）、。ー12Ab", min_size=1, max_size=40))
def test_a_balanced_label_keeps_every_letter(words: str) -> None:
    assert balanced(words, Box(0, 0, 22, 9)).replace("\n", "") == words


def test_vertical_writing_puts_two_digits_side_by_side() -> None:
    assert upright("22歳年度末") == ["22", "歳", "年", "度", "末"]


def test_widths_come_from_the_font() -> None:
    assert ems("前庭") == 2
    assert 0 < ems("W") < 1
    assert lines_needed("前" * 30, 100, 12) == 2
    assert on_its_lines("前", Box(0, 0, 50, 10), 12) == 1
