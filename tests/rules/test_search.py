"""Procedures are found by name, by reading, and by the words people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.definitions import Procedure
from models.catalogue.loader import load
from models.rules.search import find_elsewhere, find_procedures

CATALOGUE = load()


def codes(text: str) -> list[str]:
    return [procedure.code for procedure in find_procedures(CATALOGUE, text)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("住民票", "JUM-01"),
        ("じゅうみんひょう", "JUM-01"),
        ("ジュウミンヒョウ", "JUM-01"),
        ("ｼﾞｭｳﾐﾝﾋｮｳ", "JUM-01"),
        ("住民票がほしい", "JUM-01"),
        ("戸籍謄本", "KOS-01"),
        ("こせきとうほん", "KOS-01"),
        ("印かん証明", "INK-02"),
        ("印鑑登録証明書", "INK-02"),
        ("転入届", "IDO-01"),
        ("てんにゅう", "IDO-01"),
        ("世帯主", "IDO-04"),
        ("電子証明書の更新", "MNC-03"),
        ("暗証番号を忘れた", "MNC-04"),
        ("国保", "KOK-01"),
        ("保険証", "KOK-03"),
        ("児童手当", "KOD-01"),
        ("子供", "KOT-01"),
        ("ペット", "KAN-01"),
        ("原付バイク", "ZEI-05"),
        ("residence record", "JUM-04"),
        ("Divorce", "KOT-03"),
        ("KOD-07", "KOD-07"),
        ("ｋｏｄ－０７", "KOD-07"),
    ],
)
def test_the_first_thing_found_is_what_was_meant(typed: str, first: str) -> None:
    assert codes(typed)[0] == first


@pytest.mark.parametrize("typed", ["引越", "引越し", "引っ越し", "ひっこし", "ヒッコシ", "引越しの手続き"])
def test_moving_is_found_however_it_is_written(typed: str) -> None:
    assert {"IDO-01", "IDO-02", "IDO-03"} <= set(codes(typed))


def test_two_words_narrow_the_search() -> None:
    assert codes("マイナンバーカード 受け取り") == ["MNC-01"]


def test_two_words_that_fit_nothing_together_find_what_either_finds() -> None:
    assert {"IDO-01", "SUI-01"} <= set(codes("引越し 水道"))


@pytest.mark.parametrize("typed", ["", " 　", "・・・", "ー", "zzzz", "海苔弁当"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert codes(typed) == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [("パスポート", "県の旅券窓口"), ("りょけん", "県の旅券窓口"), ("運転免許の更新", "警察署")],
)
def test_who_looks_for_another_authority_is_told_where_to_go(typed: str, told: str) -> None:
    (message,) = find_elsewhere(CATALOGUE, typed)
    assert told in message.ja


def test_nobody_is_sent_away_who_looks_for_what_the_city_does() -> None:
    assert find_elsewhere(CATALOGUE, "住民票") == ()
    assert find_elsewhere(CATALOGUE, "") == ()


@pytest.mark.parametrize("procedure", CATALOGUE.procedures.values(), ids=lambda one: one.code)
def test_every_procedure_is_found_by_its_own_name(procedure: Procedure) -> None:
    assert procedure in find_procedures(CATALOGUE, procedure.words.ja)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("vi", "phiếu cư trú"),
        ("zh-Hans", "住民票副本"),
        ("ko", "주민표"),
        ("ne", "निवास प्रमाणपत्र"),
        ("id", "domisili"),
    ],
)
def test_who_reads_another_language_finds_by_the_name_in_it(language: str, text: str) -> None:
    found = [procedure.code for procedure in find_procedures(CATALOGUE, text, language)]
    assert "JUM-01" in found


@given(st.text())
def test_any_text_can_be_searched_for(text: str) -> None:
    find_procedures(CATALOGUE, text)
    find_elsewhere(CATALOGUE, text)
