"""Postal codes: one town, several, an office of its own, none."""

from __future__ import annotations

import threading

import pytest

from models.queries.postal import towns
from models.rules.postal import ABROAD, PREFECTURES, cleaned_zip, written_zip


@pytest.mark.parametrize("typed", ["4101118", "410-1118", "〒410-1118", "４１０－１１１８", " 410 1118 "])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    (town,) = towns(typed)
    assert (town.zip, town.pref, town.city, town.town) == ("4101118", "静岡県", "裾野市", "佐野")
    assert town.written == "静岡県裾野市佐野"


def test_a_code_of_several_towns_gives_them_all() -> None:
    found = towns("4980000")
    assert {town.pref for town in found} == {"愛知県", "三重県"}


def test_an_office_with_its_own_code_is_named() -> None:
    (town,) = towns("410-1192")
    assert town.office == "裾野市役所"
    assert town.city == "裾野市"


@pytest.mark.parametrize("typed", ["9999999", "", "123", "abc", "410111８9", "410-1118; drop"])
def test_an_unknown_code_gives_nothing(typed: str) -> None:
    assert towns(typed) == []


def test_threads_do_not_share_a_connection() -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(towns("4101118")))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1, 1, 1, 1]


def test_there_are_47_prefectures() -> None:
    assert len(set(PREFECTURES)) == 47
    assert ABROAD not in PREFECTURES
    assert cleaned_zip("410-1118") == "4101118"
    assert written_zip("4101118") == "410-1118"
