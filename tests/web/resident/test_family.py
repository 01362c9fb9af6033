"""A family's whole visit: people typed once, a sixth mover, mending at the check."""

from __future__ import annotations

from typing import Any

import pytest

from models.core.settings import Settings
from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone
from tests.web.resident.writing import fill_page, form_of, kept, write

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

HOME = {
    "zip": "4101118",
    "pref": "静岡県",
    "city": "前庭市",
    "town": "本町",
    "block": "5番地の13",
    "katagaki": "グリーンハイツ201",
}
OLD = {"pref": "東京都", "city": "葛\U000e0101飾区", "town": "立石", "block": "1-2-3"}


def mover(name: str, kana: str, birth: str, relation: str) -> dict[str, Any]:
    return {
        "p_name": name, "p_kana": kana, "p_birth": birth, "p_sex": "未記入", "p_rel": relation,
        "p_mnc": "あり・持参", "p_foreign": False,
    }  # fmt: skip


FAMILY = [
    mover("葛\U000e0101城　𠮷彦", "カツラギ　ヨシヒコ", "1990-04-01", "世帯主"),
    mover("葛\U000e0101城　髙子", "カツラギ　タカコ", "1991-02", "妻"),
    mover("葛\U000e0101城　\ufa19太郎", "カツラギ　シンタロウ", "2018-02-28", "子"),
    mover("葛\U000e0101城　葵", "カツラギ　アオイ", "2024-02-29", "子"),
]
MOVE = {
    "kind": "転入", "ido_date": "2026-11-20", "tokurei": "マイナンバーカード等による特例",
    "d_name": "葛\U000e0101城　𠮷彦", "d_kana": "カツラギ　ヨシヒコ", "d_rel": "世帯主", "d_tel": "090-1234-5678",
    "a_new": HOME, "a_new_head": "葛\U000e0101城　𠮷彦", "a_join": False, "a_prev": OLD,
    "a_prev_head": "葛\U000e0101城　𠮷彦",
}  # fmt: skip


def test_a_family_of_four_is_kept_letter_by_letter(settings: Settings, phone: Phone) -> None:
    mine = booked(phone, "IDO-01")
    write(phone, mine, form_of(settings, "F02"), {**MOVE, "people": FAMILY})
    stored = kept(settings, mine, "F02")
    assert stored["people"] == FAMILY
    assert stored["a_new"] == HOME
    assert stored["a_prev"] == OLD
    assert "申請書は、これで全部です" in phone.text


def test_a_sixth_mover_can_be_written_and_one_taken_away(settings: Settings, phone: Phone) -> None:
    mine = booked(phone, "IDO-01")
    more = [
        mover("前庭　五郎", "マエニワ　ゴロウ", "1950", "父"),
        mover("前庭　六", "マエニワ　ロク", "1951-05-05", "母"),
    ]
    write(phone, mine, form_of(settings, "F02"), {**MOVE, "people": [*FAMILY, *more]})
    assert [one["p_kana"] for one in kept(settings, mine, "F02")["people"]][-1] == "マエニワ　ロク"
    phone.open(f"{mine}/forms/F02/people-4").press("この人を消す")
    names = [one["p_name"] for one in kept(settings, mine, "F02")["people"]]
    assert len(names) == 5
    assert names[-1] == "前庭　六"


def test_people_are_typed_once_for_all_forms_of_the_visit(settings: Settings, phone: Phone) -> None:
    mine = booked(phone, "IDO-01", "KOK-01", "KOD-01", "KOD-03")
    write(phone, mine, form_of(settings, "F02"), {**MOVE, "people": FAMILY})
    assert "あと3枚あります" in phone.text
    phone.open(f"{mine}/forms/F08")
    assert phone.value("name.given") == "𠮷彦"
    assert phone.value("addr.block") == "5番地の13"
    assert "前に書いたものを入れておきました" in phone.text
    phone.open(f"{mine}/forms/F08/kids-1")
    assert phone.value("kids-1.k_name.given") == "葵"
    assert (phone.value("kids-1.k_birth.era"), phone.value("kids-1.k_birth.year")) == ("令和", "6")
    assert phone.open(f"{mine}/forms/F08/kids-2").heading != "支給対象の児童　3人目"


def test_the_check_shows_everything_and_leads_to_what_is_missing(settings: Settings, phone: Phone) -> None:
    mine = booked(phone, "IDO-01")
    write(phone, mine, form_of(settings, "F02"), {**MOVE, "people": FAMILY})
    phone.open(f"{mine}/forms/F02/check")
    for told in (
        "令和8年11月20日",
        "〒410-1118 静岡県前庭市本町5番地の13",
        "平成3年2月（日不詳）",
        "葛\U000e0101城　\ufa19太郎",
    ):
        assert told in phone.text
    phone.link("直す（届出の種類")
    fill_page(phone, {"kind": "転出"})
    assert "転出先" in phone.text
    fill_page(phone, {"a_dest.pref": "東京都", "a_dest.city": "千代田区", "a_dest.town": "丸の内"})
    assert phone.address.endswith("/check")
    assert phone.heading == "この内容でよろしいですか"
    assert "途中です" in phone.open(mine).text
