"""The filled official forms: what people typed stands on them, whole, on the pages that a clerk expects."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from models.papers.application import draw
from models.papers.typesetting import TEMPLATES
from models.papers.verification import compact, page_texts, print_sheet
from tests.papers.sheets import DAYS, FAR_HOME, FORM_IDS, HARD, PLAIN, answers, sheet

LIMIT = 150_000


@pytest.mark.parametrize("form", FORM_IDS)
def test_every_form_fits_one_page_blank_and_filled(form: str) -> None:
    for fields in ({}, answers(form)):
        pdf = print_sheet(sheet(form, fields))
        assert len(page_texts(pdf)) == 1
        assert len(pdf) < LIMIT


@pytest.mark.parametrize("form", FORM_IDS)
def test_hard_names_long_addresses_and_too_many_people_are_printed_whole(form: str) -> None:
    filled = sheet(form, answers(form, HARD, rows=6), copy_number=2)
    pdf = print_sheet(filled)
    assert len(pdf) < LIMIT
    more = any(section.list_key and section.repeat < 6 for section in filled.form.sections)
    assert len(page_texts(pdf)) == (2 if more else 1)


@pytest.mark.parametrize("rows", [5, 8, 10])
def test_long_addresses_of_many_children_find_their_place_on_further_sheets(rows: int) -> None:
    assert len(page_texts(print_sheet(sheet("F08", answers("F08", HARD, rows=rows))))) in {2, 3}


def text_of(pdf: bytes, page: int = 0) -> str:
    text: str = pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()
    return text


@pytest.mark.parametrize("name", [person[0] for person in HARD])
def test_a_name_is_on_paper_code_point_by_code_point(name: str) -> None:
    pdf = draw(sheet("F05", {**answers("F05"), "r_name": name}))
    assert compact(name) in compact(text_of(pdf))
    assert name.replace(" ", "") in text_of(pdf).replace(" ", "").replace("\r\n", "")


def test_an_address_with_80_letters_of_building_is_whole() -> None:
    assert len(FAR_HOME["katagaki"]) >= 79
    text = page_texts(draw(sheet("F01", {**answers("F01"), "r_addr": FAR_HOME})))[0]
    assert compact(FAR_HOME["katagaki"]) in text
    assert "〒604-8102" in text


@pytest.mark.parametrize(
    "typed",
    [
        '#read("/etc/passwd") #sys.inputs #eval("1+1")',
        "$x^2$ *太* _斜_ `code` ~ \\u{41} \\ // /* */",
        "<script>{{7*7}}</script> ${jndi:ldap://x} ../../../etc",
        '"},"pages":[],"x":{"',
    ],
)
def test_code_that_was_typed_is_printed_and_not_run(typed: str) -> None:
    """I9."""
    text = page_texts(print_sheet(sheet("F05", {**answers("F05"), "r_name": typed})))[0]
    assert compact(typed) in text
    assert "root:" not in text


def test_the_template_reaches_neither_files_nor_packages() -> None:
    """I10: one folder with nothing but our own templates is all that the engine may read."""
    assert sorted(path.name for path in TEMPLATES.iterdir()) == [
        "application.typ",
        "report.typ",
        "slip.typ",
    ]
    for path in TEMPLATES.iterdir():
        source = path.read_text(encoding="utf-8")
        assert not any(
            word in source for word in ("#import", "#include", "read(", "@preview", "plugin(", "eval(")
        ), path.name


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare(1)")
def test_without_any_network_the_same_bytes_come_out() -> None:
    """I10."""
    program = (
        "import hashlib; from tests.papers.sheets import answers, sheet; from models.papers.application import draw;"
        "print(hashlib.sha256(draw(sheet('F01', answers('F01')))).hexdigest())"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run(
        ["unshare", "-rn", sys.executable, "-c", program],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode and "unshare" in run.stderr:
        pytest.skip("this machine allows no network namespaces")
    assert run.stdout.strip() == hashlib.sha256(draw(sheet("F01", answers("F01")))).hexdigest(), run.stderr


def test_the_sixth_mover_goes_on_a_second_sheet() -> None:
    pages = page_texts(print_sheet(sheet("F02", answers("F02", HARD, rows=7))))
    assert len(pages) == 2
    assert "続紙" in pages[1]
    assert all(compact(person[0]) in pages[0] for person in HARD[:5])
    assert all(compact(person[0]) in pages[1] for person in HARD[5:7])
    assert "1／2ページ" in pages[0]
    assert "2／2ページ" in pages[1]


def test_twelve_movers_still_need_two_sheets_only() -> None:
    assert len(page_texts(print_sheet(sheet("F02", answers("F02", rows=12))))) == 2


def test_an_answer_longer_than_its_box_is_whole_on_a_further_sheet() -> None:
    long = "鬱" * 100
    pages = page_texts(print_sheet(sheet("F02", {"people": [{"p_name": long}]})))
    assert len(pages) == 2
    assert long not in pages[0]
    assert "（続紙に記載）" in pages[0]
    assert long in pages[1]


def test_a_blank_form_has_empty_boxes_and_nothing_ticked() -> None:
    text = page_texts(draw(sheet("F01", printed_on=None)))[0]
    assert "なし" not in text
    assert "☑" not in text
    assert "請求年月日令和年月日" in text


def test_dates_are_in_the_era_with_its_first_year_as_gannen() -> None:
    text = page_texts(draw(sheet("F02", answers("F02", rows=5))))[0]
    assert "届出年月日令和8年11月24日" in text
    assert DAYS[2] == "2019-05-01"
    for words in ("令和元年5月1日", "平成元年1月8日", "昭和元年12月25日", "昭和60年4月（日不詳）"):
        assert words in text


def test_chosen_words_are_ticked_and_the_others_stay_to_be_seen() -> None:
    text = page_texts(draw(sheet("F05", {**answers("F05"), "route": "この市の戸籍"})))[0]
    assert "☑この市の戸籍☐広域交付（ほかの市区町村の戸籍）" in text
    assert "☑戸籍全部事項証明書（謄本）2通☐戸籍個人事項証明書（抄本）通" in text


def test_a_second_print_says_so_and_the_first_does_not() -> None:
    assert "再発行" not in page_texts(draw(sheet("F01")))[0]
    assert "再発行2" in page_texts(draw(sheet("F01", copy_number=2)))[0]


def test_a_character_that_the_font_lacks_is_marked_for_the_clerk() -> None:
    """I4: never a silent gap."""
    text = page_texts(print_sheet(sheet("F05", {**answers("F05"), "r_name": "专　한"})))[0]
    assert "〓〓" in text
    assert "手書き確認" in text
    assert "U+4E13" in text


@pytest.mark.parametrize(
    "names", [("侮\ufe00", "侮\U000e0101"), ("\ufa30", "侮\U000e0101"), ("\u2e8c", "小\U000e0101")]
)
def test_one_shape_written_in_two_ways_on_one_sheet_is_printed(names: tuple[str, str]) -> None:
    first, other = names
    text = page_texts(print_sheet(sheet("F01", {**answers("F01"), "r_name": first, "t_name": other})))[0]
    assert first in text


def test_a_ligature_that_somebody_pasted_does_not_stop_the_print() -> None:
    (text, *_) = page_texts(print_sheet(sheet("F01", {**answers("F01"), "r_name": "GRIﬃN ﬁﬂﬀﬄ"})))
    assert "GRI" in text


def test_the_same_sheet_gives_the_same_bytes_and_another_print_other_ones() -> None:
    filled = sheet("F06", answers("F06"))
    assert draw(filled) == draw(filled)
    assert draw(filled) != draw(sheet("F06", answers("F06"), print_id="22222222BBBBBBBB"))


def test_the_file_is_tagged_archivable_and_says_its_language() -> None:
    pdf = draw(sheet("F01", answers("F01")))
    for word in (
        b"<pdfaid:part>2</pdfaid:part>",
        b"<pdfuaid:part>1</pdfuaid:part>",
        b"/Lang",
        b"/StructTreeRoot",
    ):
        assert word in pdf
    assert PLAIN[0][0].encode() not in pdf


def test_the_small_code_on_paper_is_the_print_id() -> None:
    page = pypdfium2.PdfDocument(draw(sheet("F01", answers("F01"))))[0]
    found = zxingcpp.read_barcodes(page.render(scale=2.5).to_pil())
    assert [code.text for code in found] == ["K7FX29MBQ3TBW6RC"]


def test_a_city_moves_a_section_and_the_sheet_follows() -> None:
    made = sheet("F01", answers("F01"))
    sections = made.form.sections
    moved = replace(made.form, sections=(sections[0], *reversed(sections[1:])))
    before, after = page_texts(draw(made))[0], page_texts(draw(replace(made, form=moved)))[0]
    assert before.index("フリガナ") < before.index("証明の種類")
    assert after.index("フリガナ") > after.index("証明の種類")
