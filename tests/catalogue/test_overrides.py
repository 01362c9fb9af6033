"""A city changes, adds and removes anything of the catalogue by its own YAML folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue.loader import dump, load, parse
from models.catalogue.merging import read_source
from models.catalogue.source import CatalogueError
from tests.catalogue.cities import city

NEW_PROCEDURE = """
    procedures:
      YAK-01:
        ja: 夜間窓口の利用
        department: shimin
        queue: S
        minutes: {plain: 20, prefilled: 15, desk: 10, desk_prefilled: 8}
        yearly_volume: 50
        who: [any]
        bring: [id12]
        booking: required
        online: {level: none, via: []}
        prefill: none
        forms: []
        related: [JUM-01]
"""


def test_a_city_changes_one_value_and_keeps_the_rest(tmp_path: Path) -> None:
    home = city(tmp_path, procedures="procedures: {JUM-01: {fee: {yen: 400}, minutes: {desk: 7}}}\n")
    before, after = load().procedures["JUM-01"], load(home).procedures["JUM-01"]
    assert (after.fee_yen, after.fee_note, after.minutes.desk) == (400, before.fee_note, 7)
    assert (after.words, after.bring, after.minutes.plain) == (
        before.words,
        before.bring,
        before.minutes.plain,
    )


def test_a_city_adds_a_procedure(tmp_path: Path) -> None:
    catalogue = load(city(tmp_path, procedures=NEW_PROCEDURE))
    assert len(catalogue.procedures) == 69
    assert catalogue.procedures["YAK-01"].words.in_language("en") == "夜間窓口の利用"


def test_a_removed_procedure_is_mentioned_nowhere_any_more(tmp_path: Path) -> None:
    home = city(tmp_path, procedures="procedures: {SUI-01: null, KOS-02: null}\n")
    catalogue = load(home)
    assert {"SUI-01", "KOS-02"}.isdisjoint(catalogue.procedures)
    mentioned = {code for one in catalogue.procedures.values() for code in one.related}
    mentioned |= {code for rule in catalogue.navigator.rules for code in rule.add}
    mentioned |= {code for codes in catalogue.synonyms.values() for code in codes}
    mentioned |= {code for form in catalogue.forms.values() for code in form.used_by}
    assert {"SUI-01", "KOS-02"}.isdisjoint(mentioned)
    assert "水道{すいどう}" not in catalogue.synonyms
    assert "r25" not in {rule.id for rule in catalogue.navigator.rules}


def test_a_removed_item_is_not_asked_for_any_more(tmp_path: Path) -> None:
    catalogue = load(city(tmp_path, items="items: {poa: null}\n"))
    assert "poa" not in catalogue.items
    assert all(bring.item != "poa" for one in catalogue.procedures.values() for bring in one.bring)
    assert all("poa" not in one.items for one in catalogue.navigator.spared)


def test_a_city_adds_an_answer_and_a_rule(tmp_path: Path) -> None:
    home = city(
        tmp_path,
        navigator="""
            questions:
              cardwhat:
                answers:
                  giveback: {ja: カードを返す}
            rules:
              city01: {when: [cardwhat, eq, giveback], add: [MNC-07], need: must}
        """,
    )
    navigator = load(home).navigator
    question = next(one for one in navigator.questions if one.id == "cardwhat")
    assert question.values[-1] == "giveback"
    assert navigator.rules[-1].id == "city01"


def test_a_city_replaces_a_condition_as_a_whole(tmp_path: Path) -> None:
    home = city(
        tmp_path, navigator="rules: {r05: {when: {any: [[event, eq, tenkyo], [event, eq, setai]]}}}\n"
    )
    with pytest.raises(CatalogueError, match=r"navigator/cases\.yaml:\d+: case `c12`"):
        load(home)
    home = city(
        tmp_path, navigator="rules: {r06: {when: {not: [event, ne, setai]}, need: likely}}\ncases: null\n"
    )
    rule = next(one for one in load(home).navigator.rules if one.id == "r06")
    assert rule.when == {"not": ["event", "ne", "setai"]}
    assert rule.need == "likely"


def test_a_city_changes_the_wording_of_a_form(tmp_path: Path) -> None:
    home = city(tmp_path, forms="forms: {F01: {title: 住民票等の請求書}}\n")
    assert load(home).forms["F01"].words.ja == "住民票等の請求書"


def test_later_folders_lie_over_earlier_ones(tmp_path: Path) -> None:
    first = city(tmp_path, items="items: {seal: {ja: はんこ, en: Seal}}\n")
    (tmp_path / "second").mkdir()
    second = city(tmp_path / "second", items="items: {seal: {ja: 印鑑}}\n")
    assert load(first, second).items["seal"].words.ja == "印鑑"
    assert load(first, second).items["seal"].words.en == "Seal"


def test_a_part_may_be_spread_over_a_folder(tmp_path: Path) -> None:
    home = city(tmp_path)
    (home / "items").mkdir()
    (home / "items" / "one.yaml").write_text("items: {seal: {ja: はんこ}}\n", encoding="utf-8")
    (home / "items" / "two.yaml").write_text("items: {photo: {ja: 写真2枚}}\n", encoding="utf-8")
    items = load(home).items
    assert (items["seal"].words.ja, items["photo"].words.ja) == ("はんこ", "写真2枚")


def test_the_same_entry_in_two_files_of_one_folder_is_refused(tmp_path: Path) -> None:
    home = city(tmp_path, items="items: {seal: {ja: はんこ}}\n")
    (home / "items").mkdir()
    (home / "items" / "more.yaml").write_text("\nitems:\n  seal: {ja: 印鑑}\n", encoding="utf-8")
    with pytest.raises(
        CatalogueError, match=r"city/items/more\.yaml:3: `seal` is already in city/items\.yaml:1"
    ):
        load(home)


def test_a_city_without_changes_has_the_shipped_edition(tmp_path: Path) -> None:
    assert load(city(tmp_path)).digest == load().digest


def test_an_overridden_edition_is_the_same_after_storing(tmp_path: Path) -> None:
    home = city(tmp_path, procedures=NEW_PROCEDURE, items="items: {poa: null}\n")
    assert parse(dump(read_source(home))) == load(home)
    assert load(home).digest != load().digest
