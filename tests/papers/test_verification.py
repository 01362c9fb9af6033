"""No sheet is released that is not exactly the one asked for: the failures of other cities, planted and caught."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pypdfium2
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from models.papers import application
from models.papers.application import draw
from models.papers.layout.pages import lay_out
from models.papers.verification import SheetMismatch, print_sheet, verify
from tests.papers.sheets import HARD, answers, sheet

OTHER = "22222222BBBBBBBB"


def test_another_persons_sheet_is_caught() -> None:
    """P1: same form, same day, other person."""
    one = sheet("F01", answers("F01"))
    other = sheet("F01", answers("F01", HARD), print_id=OTHER)
    for wrong, asked in ((one, other), (other, one)):
        with pytest.raises(SheetMismatch):
            verify(draw(wrong), asked)


def test_the_same_answers_under_another_print_id_are_caught() -> None:
    """P2: same service, same name and birth date, same second."""
    one = sheet("F05", answers("F05"))
    with pytest.raises(SheetMismatch) as caught:
        verify(draw(one), replace(one, print_id=OTHER))
    assert caught.value.extra == {"reason": "another print's id"}


def test_a_planted_fault_that_prints_the_sheet_before_releases_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """P1: the fault of a well-known system, where one job was given the file of the next."""
    before = sheet("F02", answers("F02", HARD), print_id=OTHER)
    monkeypatch.setattr(application, "lay_out", lambda _: lay_out(before))
    with pytest.raises(SheetMismatch):
        print_sheet(sheet("F02", answers("F02")))


def test_a_second_page_from_another_job_is_caught() -> None:
    one = sheet("F02", answers("F02", HARD, rows=7))
    mixed = pypdfium2.PdfDocument(draw(one))
    mixed.del_page(1)
    mixed.import_pages(pypdfium2.PdfDocument(draw(replace(one, print_id=OTHER))), [1])
    with pytest.raises(SheetMismatch) as caught:
        verify(saved(mixed), one)
    assert caught.value.extra == {"reason": "another print's id"}


def test_a_lost_second_page_is_caught() -> None:
    one = sheet("F02", answers("F02", HARD, rows=7))
    short = pypdfium2.PdfDocument(draw(one))
    short.del_page(1)
    with pytest.raises(SheetMismatch):
        verify(saved(short), one)


def saved(document: pypdfium2.PdfDocument) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("r_name", "前庭　大郎"),
        ("r_birth", "1976-04-06"),
        ("r_rel", "配偶者"),
        ("t_same", False),
        ("kind", ["戸籍の附票の写し"]),
        ("copies", {"住民票の写し（世帯全員）": 3}),
        ("members", ["前庭　太郎", "前庭　次郎"]),
    ],
)
def test_one_changed_answer_is_caught(field: str, value: object) -> None:
    fields = answers("F01")
    with pytest.raises(SheetMismatch):
        verify(draw(sheet("F01", fields)), sheet("F01", {**fields, field: value}))


def test_another_shape_of_the_same_kanji_is_caught() -> None:
    """I3: the variation selector belongs to the name."""
    fields = answers("F05")
    plain = sheet("F05", {**fields, "r_name": "葛城　葛"})
    shaped = sheet("F05", {**fields, "r_name": "葛󠄀城　葛󠄀"})
    for wrong, asked in ((plain, shaped), (shaped, plain)):
        with pytest.raises(SheetMismatch):
            verify(draw(wrong), asked)


def test_two_spellings_of_one_shape_on_one_sheet_are_no_mismatch() -> None:
    print_sheet(sheet("F05", {**answers("F05"), "r_name": "葛城葛󠄁城葛󠄀", "t_name": "神神塚塚"}))
    print_sheet(sheet("F05", {**answers("F05"), "r_name": "𠮷野　家", "t_name": "𠮷󠄀野　髙󠄂"}))


@pytest.mark.parametrize("rubbish", [b"", b"%PDF-1.7 nothing", b"\x00" * 2000])
def test_what_is_no_pdf_is_refused(rubbish: bytes) -> None:
    with pytest.raises(SheetMismatch):
        verify(rubbish, sheet("F01"))


def test_somebody_who_types_a_print_number_or_a_tick_still_gets_a_sheet() -> None:
    print_sheet(sheet("F05", {**answers("F05"), "r_name": f"印刷番号{OTHER}", "t_name": "☑本人"}))


def test_the_refusal_names_nobody() -> None:
    one = sheet("F01", answers("F01"))
    with pytest.raises(SheetMismatch) as caught:
        verify(draw(one), replace(one, fields={**one.fields, "r_name": "秘密　太郎"}))
    assert "秘密" not in f"{caught.value} {caught.value.extra}"


def test_many_jobs_at_once_never_mix() -> None:
    """P1, small: eight threads, each sheet with its own person and number."""
    jobs = [
        sheet("F01", answers("F01", HARD[start:] + HARD[:start]), print_id=f"{start:016d}")
        for start in range(6)
    ]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(print_sheet, jobs))
    for number, job in enumerate(jobs):
        verify(made[number], job)
        with pytest.raises(SheetMismatch):
            verify(made[number - 1], job)


def test_a_sheet_that_cannot_be_drawn_is_refused_without_quoting_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise typst.TypstError("the text 秘密 does not fit", "", [], [])

    monkeypatch.setattr(application, "typeset", fail)
    with pytest.raises(SheetMismatch) as caught:
        print_sheet(sheet("F01"))
    assert caught.value.extra == {"reason": "not drawn"}
    assert caught.value.__suppress_context__


@settings(max_examples=12, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_name_that_can_be_typed_is_printed_or_marked(name: str) -> None:
    printable = "".join(
        letter for letter in name if letter.isprintable() and not "\ud800" <= letter <= "\udfff"
    )
    print_sheet(sheet("F04", {**answers("F04"), "t_name": printable}))
