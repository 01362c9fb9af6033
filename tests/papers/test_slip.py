"""Slips: large enough, readable by phones and scanners, and with nothing on them that tells who somebody is."""

from __future__ import annotations

import dataclasses
import io
import json
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.papers import slip
from models.papers.slip import Both, NotASlip, Roll, SlipData
from models.papers.typesetting import TEMPLATES
from models.papers.verification import compact, page_texts
from tests.papers.slips import ADDRESS, BOOKING, ENGLISH, LONG, SLIPS, TICKET, TOKEN

ROLLS: dict[Roll, int] = {"58": 384, "80": 576}
TALLEST_MM = 230


def height_of_number(picture: Image.Image) -> float:
    """Millimetres of the tallest band of rows that all have ink: the number."""
    grey = picture.convert("L")
    inked = [min(grey.crop((0, y, grey.width, y + 1)).tobytes()) == 0 for y in range(grey.height)]
    code_at = next(found.position.top_left.y for found in zxingcpp.read_barcodes(grey)) - 8
    tallest = run = 0
    for dark in inked[:code_at]:
        run = run + 1 if dark else 0
        tallest = max(tallest, run)
    return tallest / slip.DOTS_PER_MM


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize(("roll", "width"), ROLLS.items())
def test_a_slip_is_exactly_as_wide_as_the_head_and_one_bit_deep(name: str, roll: Roll, width: int) -> None:
    picture = slip.dots(SLIPS[name], roll)
    assert (picture.width, picture.mode) == (width, "1")
    assert picture.height < TALLEST_MM * slip.DOTS_PER_MM


@pytest.mark.parametrize("name", [name for name, one in SLIPS.items() if one.kind == "ticket"])
@pytest.mark.parametrize("roll", ROLLS)
def test_the_number_is_at_least_15_mm_high(name: str, roll: Roll) -> None:
    assert 15 <= height_of_number(slip.dots(SLIPS[name], roll)) < 18


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize(("roll", "width"), ROLLS.items())
def test_nothing_stands_beside_the_width_that_is_printed(name: str, roll: Roll, width: int) -> None:
    with pypdfium2.PdfDocument(slip.pdf(SLIPS[name], roll)) as document:
        page = document[0].render(scale=slip.SCALE, grayscale=True).to_pil()
    left = (page.width - width) // 2
    beside = [page.crop((0, 0, left, page.height)), page.crop((left + width, 0, page.width, page.height))]
    assert all(min(margin.tobytes()) > 250 for margin in beside)


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize("roll", ROLLS)
def test_another_library_reads_the_code_from_the_dots(name: str, roll: Roll) -> None:
    picture = slip.dots(SLIPS[name], roll).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [SLIPS[name].qr]


@pytest.mark.parametrize("roll", ROLLS)
def test_a_dead_dot_of_the_head_does_not_hide_the_code(roll: Roll) -> None:
    picture = slip.dots(TICKET, roll).convert("L")
    for column in (picture.width // 2 - 40, picture.width // 2 + 33):
        picture.paste(255, (column, 0, column + 1, picture.height))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [ADDRESS]


@pytest.mark.parametrize("name", SLIPS)
def test_the_a6_sheet_is_one_page_with_the_number_large_and_the_code_readable(name: str) -> None:
    made = slip.pdf(SLIPS[name], "A6")
    with pypdfium2.PdfDocument(made) as document:
        assert len(document) == 1
        assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [105, 148]
        picture = document[0].render(scale=203.2 / 72, grayscale=True).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [SLIPS[name].qr]
    if SLIPS[name].kind == "ticket":
        black = picture.point(lambda light: 255 if light >= slip.HALF else 0)
        assert height_of_number(black) >= 15


def test_japanese_stands_first_and_the_visitors_language_beside_it() -> None:
    text = page_texts(slip.pdf(ENGLISH, "80"))[0]
    for ja, own in (("引っ越し・世帯", "Moving"), ("受付番号", "Yournumber"), ("2・3番窓口", "Counter2,3")):
        assert 0 <= text.index(compact(ja)) < text.index(own)
    assert "2026年(令和8年)11月24日(火)9:05" in text.replace("（", "(").replace("）", ")")


def test_a_booking_says_both_calendars_and_what_to_bring() -> None:
    text = page_texts(slip.pdf(BOOKING, "58"))[0]
    for words in ("K7FX-29MB", "2026年", "令和8年", "10:30", "転出証明書", "マイナンバーカード"):
        assert words in text


def test_a_slip_has_no_place_for_a_name_an_address_or_the_procedures() -> None:
    assert {one.name for one in dataclasses.fields(SlipData)} == {
        "kind", "language", "office", "title", "headline_label", "headline", "at", "rows", "notes", "qr", "qr_words",
    }  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_survives_the_way_through_json(name: str) -> None:
    assert slip.read(json.loads(json.dumps(SLIPS[name].as_json()))) == SLIPS[name]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "receipt"}, {"headline": ""}, {"headline": "A" * 25}, {"headline": 7}, {"at": "today"},
        {"at": "2026-11-24T09:05"}, {"rows": [{}]}, {"rows": "many"}, {"rows": [None] * 9}, {"notes": [{"ja": 1}]},
        {"qr": "x" * 301}, {"office": "前庭"}, {"title": None},
    ],
)  # fmt: skip
def test_anything_else_is_no_slip(change: dict[str, object]) -> None:
    with pytest.raises(NotASlip):
        slip.read({**TICKET.as_json(), **change})


@pytest.mark.parametrize("sent", [None, [], "slip", 1, {}])
def test_other_json_is_no_slip(sent: object) -> None:
    with pytest.raises(NotASlip):
        slip.read(sent)


@settings(max_examples=40, deadline=None)
@given(st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda one: st.lists(one, max_size=3)))
def test_no_json_in_a_slips_place_breaks_the_reader(value: object) -> None:
    for name in TICKET.as_json():
        try:
            slip.read({**TICKET.as_json(), name: value})
        except NotASlip:
            continue


def test_what_has_no_glyph_is_refused_instead_of_left_out() -> None:
    with pytest.raises(NotASlip):
        slip.pdf(replace(TICKET, title=Both("引っ越し\u0e01")), "80")


def test_a_slip_whose_own_language_cannot_be_drawn_is_in_japanese_alone() -> None:
    text = page_texts(slip.pdf(replace(ENGLISH, title=Both("引っ越し", "\u0e01\u0e32")), "80"))[0]
    assert "引っ越し" in text
    assert "Yournumber" not in text


def test_code_in_a_text_is_printed_and_not_run() -> None:
    """I9."""
    typed = '#read("x") $x^2$ *a*'
    text = page_texts(slip.pdf(replace(TICKET, title=Both(typed)), "80"))[0]
    assert compact(typed) in text
    source = (TEMPLATES / "slip.typ").read_text(encoding="utf-8")
    assert not any(
        word in source for word in ("#import", "#include", "read(", "@preview", "plugin(", "eval(")
    )


def test_the_same_slip_gives_the_same_bytes() -> None:
    assert slip.pdf(LONG, "80") == slip.pdf(LONG, "80")
    assert slip.png(slip.dots(TICKET, "58")) == slip.png(slip.dots(TICKET, "58"))


def test_the_picture_of_the_dots_is_what_is_printed() -> None:
    made = slip.dots(TICKET, "80")
    assert Image.open(io.BytesIO(slip.png(made))).tobytes() == made.tobytes()
    assert TOKEN in ADDRESS
