"""CSV that a spreadsheet opens as it is meant: right characters, right numbers, no formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.papers.tables import Cell, csv_file, guarded, unguarded


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_file_has_a_byte_order_mark_and_crlf() -> None:
    data = csv_file(["日付", "件数"], [[date(2026, 4, 1), 12]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == "日付,件数\r\n2026-04-01,12\r\n"


def test_every_kind_of_cell_is_written_as_the_contract_says() -> None:
    row: list[Cell] = [
        time(9, 5),
        3.25,
        -2,
        None,
        datetime(2026, 4, 1, 0, 30, tzinfo=UTC),
        'a"b,c',
        "𠮷野\n屋",
    ]
    assert read(csv_file(["x"] * 7, [row]))[1] == [
        "09:05", "3.2", "-2", "", "2026-04-01T00:30+00:00", 'a"b,c', "𠮷野\n屋",
    ]  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠"])
def test_text_that_would_calculate_gets_an_apostrophe(start: str) -> None:
    """I7."""
    assert read(csv_file(["x"], [[f'{start}HYPERLINK("//evil")']]))[1][0].startswith("'")


def test_numbers_stay_numbers_and_headers_are_guarded_too() -> None:
    assert read(csv_file(["=1+1"], [[-5]])) == [["'=1+1"], ["-5"]]


@given(st.text(max_size=40))
def test_a_guarded_cell_comes_back_as_it_was(text: str) -> None:
    cleaned = text.replace("\x00", "")
    if not text.startswith("\x00"):
        assert unguarded(guarded(cleaned)) == cleaned
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\x00"))
