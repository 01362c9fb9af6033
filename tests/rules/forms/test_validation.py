"""Whatever is sent, each wrong answer is named with what to do, and nothing secret is echoed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.catalogue import forms_loader, loader
from models.catalogue.definitions import Form
from models.rules.forms.checks import CHECKS, tax_years
from models.rules.forms.json_schema import example
from models.rules.forms.validation import Validated, validate
from tests.rules.forms.conftest import DAY

MY_NUMBER = "123456789018"
FORMS = loader.load().forms


def told(checked: Validated) -> dict[str, str]:
    return {error.path: str(error.message) for error in checked.errors}


def changed(form_id: str, **answers: Any) -> dict[str, str]:
    return told(validate(FORMS[form_id], {**example(FORMS[form_id]), **answers}, DAY))


def test_the_family_is_accepted_with_every_code_point(
    forms: Mapping[str, Form], family: dict[str, Any]
) -> None:
    checked = validate(forms["F02"], family, DAY)
    assert checked.ok
    assert checked.fields == family
    assert [row["p_name"] for row in checked.fields["people"]] == [row["p_name"] for row in family["people"]]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("r_name", "", "「氏名」を入力してください。"),
        ("r_name", "　", "「氏名」を入力してください。"),
        ("r_name", 7, "文字で入力"),
        ("r_name", ["前庭"], "文字で入力"),
        ("r_name", "前" * 101, "100文字以内で入力してください。いまは101文字あります。"),
        ("r_name", "山\u202e田", "2文字目に使えない文字（U+202E RIGHT-TO-LEFT OVERRIDE）"),
        ("r_name", "山田😀", "3文字目に使えない文字（絵文字）"),
        ("r_name", "山\ud842", "U+D842"),
        ("r_kana", "前庭", "「フリガナ」は全角カタカナで入力してください。例：マエニワ　ハナコ"),
        ("r_birth", "平成31年5月1日", "令和元年5月1日"),
        ("r_birth", "2027-01-01", "まだ来ていない日付"),
        ("r_birth", "令和8年13月1日", "13月という月はありません"),
        ("r_birth", 19850401, "文字で入力"),
        ("r_tel", "12", "例：090-1234-5678"),
        ("r_rel", "友人", "選択肢の中から"),
        ("r_rel", {"a": "b"}, "選択肢の中から"),
        ("r_addr", "静岡県前庭市", "分けて入力"),
        ("r_addr", {"pref": "静岡", "city": "前庭市", "town": "本町"}, "都道府県を選んでください"),
        ("r_addr", {"pref": "静岡県", "town": "本町"}, "市区町村を入力"),
        ("r_addr", {"pref": "静岡県", "city": "前庭市"}, "町名か番地"),
        ("r_addr", {"pref": "静岡県", "city": "前庭市", "town": 3}, "分けて入力"),
        ("r_addr", {"pref": "静岡県", "city": "前庭市", "town": "本町", "zip": "12"}, "7けた"),
        (
            "r_addr",
            {"pref": "静岡県", "city": "前庭市", "town": "本町", "katagaki": "あ" * 101},
            "100文字以内",
        ),
        ("r_addr", {"pref": "静岡県", "city": "前庭市", "town": "本町", "planet": "地球"}, "分けて入力"),
        ("kind", [], "「証明の種類」を選んでください。"),
        ("kind", "住民票の写し（世帯全員）", "1つ以上選んで"),
        ("kind", ["戸籍"], "1つ以上選んで"),
        ("copies", {"住民票の写し（世帯全員）": 0}, "1から20まで"),
        ("copies", {"住民票の写し（世帯全員）": 21}, "1から20まで"),
        ("copies", {"住民票の写し（世帯全員）": True}, "1から20まで"),
        ("copies", {"住民票の写し（世帯全員）": "1"}, "1から20まで"),
        ("copies", {"住民票の除票の写し": 1}, "選んだ証明ごとに入力"),
        ("copies", {"パスポート": 1}, "選んだ証明ごとに入力"),
        ("copies", 2, "証明ごとに入力"),
        ("t_same", "true", "「はい」か「いいえ」"),
        ("show_mn", "見せる", "選択肢の中から"),
    ],
)
def test_each_wrong_answer_is_told_in_plain_words(name: str, value: Any, words: str) -> None:
    errors = changed("F01", **{name: value})
    ((path, message),) = errors.items()
    assert path.startswith(name)
    assert words in message


def test_a_part_of_an_address_is_named() -> None:
    assert list(changed("F01", r_addr={"pref": "静岡県", "town": "本町"})) == ["r_addr.city"]


@pytest.mark.parametrize(
    ("typed", "name", "kept"),
    [
        ("ﾏｴﾆﾜ ﾊﾅｺ", "r_kana", "マエニワ　ハナコ"),
        ("まえにわ はなこ", "r_kana", "マエニワ　ハナコ"),
        ("昭和60年4月1日", "r_birth", "1985-04-01"),
        ("S60.4.1", "r_birth", "1985-04-01"),
        ("昭和20年月日不詳", "r_birth", "1945"),
        ("０９０（１２３４）５６７８", "r_tel", "090-1234-5678"),
        ("葛\U000e0100城　髙﨑", "r_name", "葛\U000e0100城　髙﨑"),
        ("か\u3099", "r_name", "か\u3099"),
    ],
)
def test_what_is_promised_is_converted_and_names_are_kept_as_typed(typed: str, name: str, kept: str) -> None:
    checked = validate(FORMS["F01"], {**example(FORMS["F01"]), name: typed}, DAY)
    assert checked.ok
    assert checked.fields[name] == kept


def test_privacy_defaults_are_filled_in(f01: dict[str, Any]) -> None:
    kept = validate(FORMS["F01"], f01, DAY).fields
    assert {kept[name] for name in ("show_head", "show_honseki", "show_mn", "show_jc")} == {"載せない"}


def test_answers_that_are_not_asked_any_more_are_dropped(f01: dict[str, Any]) -> None:
    f01 |= {"t_name": "別の　人", "t_birth": "これは日付ではない", "members": ["誰か"], "purpose": "相続"}
    checked = validate(FORMS["F01"], f01, DAY)
    assert checked.ok
    assert not checked.fields.keys() & {"t_name", "t_birth", "members", "purpose"}


@pytest.mark.parametrize("name", ["sig", "todoke_date", "st_fee"])
def test_what_is_filled_at_the_counter_is_refused_online(name: str) -> None:
    assert "窓口で記入" in changed("F01", **{name: "前庭"})[name]


def test_an_unknown_field_is_refused_by_name() -> None:
    assert "様式にない項目" in changed("F01", is_admin=True)["is_admin"]
    assert "様式にない項目" in changed("F01", **{"<script>": 1})["fields"]


@pytest.mark.parametrize("fields", [None, [], "x", 3, [{"r_name": "x"}]])
def test_anything_but_fields_is_refused(fields: Any) -> None:
    assert list(told(validate(FORMS["F01"], fields, DAY))) == ["fields"]


def test_a_paper_form_takes_nothing() -> None:
    assert "手で書いて" in told(validate(FORMS["F10"], {}, DAY))["form"]


def test_nothing_sent_names_every_must_in_asking_order() -> None:
    paths = [error.path for error in validate(FORMS["F05"], {}, DAY).errors]
    assert paths == [
        "route",
        "r_name",
        "r_kana",
        "r_birth",
        "r_addr",
        "r_tel",
        "r_rel",
        "kind",
        "honseki",
        "hittosha",
    ]


def test_rows_are_judged_one_by_one(family: dict[str, Any]) -> None:
    family["people"][2]["p_kana"] = "よしの たかこ"
    family["people"][3]["p_sex"] = "ひみつ"
    del family["people"][1]["p_birth"]
    checked = validate(FORMS["F02"], family, DAY)
    assert sorted(told(checked)) == ["people[1].p_birth", "people[3].p_sex"]
    assert checked.fields["people"][2]["p_kana"] == "ヨシノ　タカコ"


def test_a_second_sheet_of_people_is_fine_but_not_a_crowd(family: dict[str, Any]) -> None:
    person = family["people"][0]
    assert validate(FORMS["F02"], {**family, "people": [person] * 12}, DAY).ok
    assert "12人まで" in told(validate(FORMS["F02"], {**family, "people": [person] * 13}, DAY))["people"]


@pytest.mark.parametrize("people", ["x", {"a": 1}, 7, ["x"], [None, 3]])
def test_rows_that_are_no_rows_are_refused(family: dict[str, Any], people: Any) -> None:
    assert not validate(FORMS["F02"], {**family, "people": people}, DAY).ok


def test_no_people_asks_for_the_first(family: dict[str, Any]) -> None:
    paths = list(told(validate(FORMS["F02"], {**family, "people": []}, DAY)))
    assert paths[0] == "people[0].p_name"


def test_a_lone_list_holds_names() -> None:
    part = {"kind": ["住民票の写し（世帯の一部）"], "copies": {"住民票の写し（世帯の一部）": 2}}
    assert list(changed("F01", **part)) == ["members[0]"]
    assert changed("F01", **part, members=["前庭　一", "前庭　二"]) == {}
    assert list(changed("F01", **part, members=["前庭　一", ""])) == ["members[1]"]


@pytest.mark.parametrize(
    "typed",
    [MY_NUMBER, "1234 5678 9018", "１２３４－５６７８－９０１８", f"番号は{MY_NUMBER}です", 123456789018],
)
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("r_name", lambda typed: typed),
        ("submit_to", lambda typed: typed),
        ("t_name", lambda typed: typed),
        ("r_tel", lambda typed: typed),
        ("r_addr", lambda typed: {"pref": "静岡県", "city": "前庭市", "town": "本町", "katagaki": typed}),
        ("members", lambda typed: ["前庭　一", typed]),
        ("copies", lambda typed: {"住民票の写し（世帯全員）": typed}),
        ("kind", lambda typed: [typed]),
        ("copies", lambda typed: {str(typed): 1}),
        ("strange", lambda typed: {"deep": [[{"er": typed}]]}),
    ],
)
def test_i14_a_my_number_anywhere_is_refused_and_never_echoed(name: str, place: Any, typed: Any) -> None:
    checked = validate(FORMS["F01"], {**example(FORMS["F01"]), name: place(typed)}, DAY)
    assert any("マイナンバー" in message for message in told(checked).values())
    said = json.dumps([(error.path, str(error.message), repr(error)) for error in checked.errors])
    assert "9018" not in said
    assert "９０１８" not in said


def test_i14_a_my_number_in_a_row_names_person_and_field(family: dict[str, Any]) -> None:
    family["people"][1]["p_old"] = MY_NUMBER
    assert list(told(validate(FORMS["F02"], family, DAY))) == ["people[1].p_old"]


def test_i14_a_my_number_as_a_key_is_not_echoed() -> None:
    checked = validate(FORMS["F01"], {**example(FORMS["F01"]), f"x{MY_NUMBER}": 1}, DAY)
    assert not checked.ok
    assert MY_NUMBER not in repr(checked.errors)


def test_a_japanese_number_with_country_code_is_no_my_number() -> None:
    for last in range(10):
        assert changed("F01", r_tel=f"+81-80-1234-567{last}") == {}


@pytest.mark.parametrize(
    ("form_id", "answers", "path", "words"),
    [
        ("F02", {"ido_date": "2026-11-25"}, "ido_date", "引っ越す前の届出はできません"),
        ("F02", {"ido_date": "2026年11月"}, "ido_date", "年・月・日をすべて"),
        ("F03", {"birth": "2011-11-25"}, "birth", "15歳未満"),
        ("F04", {"card": False}, "card", "亡失・再交付"),
        (
            "F05",
            {"route": "広域交付（ほかの市区町村の戸籍）", "r_rel": "任意代理人（委任状）", "purpose": "相続"},
            "r_rel",
            "本籍のある市区町村",
        ),
        (
            "F05",
            {
                "route": "広域交付（ほかの市区町村の戸籍）",
                "kind": ["戸籍の附票の写し"],
                "copies": {"戸籍の附票の写し": 1},
            },
            "kind",
            "戸籍の附票の写し",
        ),
        ("F06", {"year": "令和9年度"}, "year", "年度を選択肢"),
        ("F06", {"year": "2026"}, "year", "年度を選択肢"),
        ("F08", {"job": "公務員"}, "job", "勤務先"),
        (
            "F09",
            {"birth": "2012-01-01", "kind": ["電子証明書の発行"], "certs": ["署名用"]},
            "certs",
            "15歳未満",
        ),
    ],
)
def test_the_rules_of_the_office_are_told_before_the_visit(
    form_id: str, answers: dict[str, Any], path: str, words: str
) -> None:
    errors = changed(form_id, **answers)
    assert list(errors) == [path]
    assert words in errors[path]


def test_fifteen_on_the_day_of_the_visit_is_old_enough() -> None:
    assert changed("F03", birth="2011-11-24") == {}


def test_moving_out_is_filed_before_the_move_and_never_too_late() -> None:
    out = {"kind": "転出", "a_dest": {"pref": "国外", "city": "ベトナム"}}
    assert changed("F02", **out, ido_date="2026-12-20") == {}
    assert changed("F02", **out, ido_date="2020-01-01") == {}
    assert list(changed("F02", **out, ido_date="2027-03-01")) == ["ido_date"]


def test_child_allowance_is_for_children_up_to_high_school_age() -> None:
    child = {**example(FORMS["F08"])["kids"][0]}
    assert changed("F08", kids=[{**child, "k_birth": "2008-04-02"}]) == {}
    assert "18歳" in changed("F08", kids=[{**child, "k_birth": "2008-04-01"}])["kids[0].k_birth"]
    assert "まだ来ていない" in changed("F08", kids=[{**child, "k_birth": "2027-04-01"}])["kids[0].k_birth"]


def test_new_fiscal_years_open_in_june() -> None:
    assert tax_years(date(2026, 5, 31))[0] == "令和7年度"
    assert tax_years(date(2026, 6, 1)) == (
        "令和8年度",
        "令和7年度",
        "令和6年度",
        "令和5年度",
        "令和4年度",
        "令和3年度",
    )


def test_every_named_check_of_the_catalogue_exists() -> None:
    assert set(CHECKS) == set(forms_loader.CHECKS)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_json_breaks_the_rules(data: st.DataObject) -> None:
    form = FORMS[data.draw(st.sampled_from(["F01", "F02", "F05", "F06", "F08"]))]
    keys = [item.id for section in form.asked_sections for item in section.singles]
    keys += [section.list_key for section in form.asked_sections if section.list_key]
    fields = data.draw(st.dictionaries(st.sampled_from(keys) | st.text(max_size=8), json_values, max_size=6))
    sound = {**example(form), **fields} if data.draw(st.booleans()) else fields
    checked = validate(form, sound, DAY)
    json.dumps(checked.fields)
    assert all(str(error.message) for error in checked.errors)
    if checked.ok:
        assert validate(form, checked.fields, DAY) == checked


@given(st.text(alphabet=st.characters(categories=("Lo", "Lu", "Ll")), min_size=1, max_size=40))
@settings(deadline=None)
def test_any_name_of_letters_is_kept_or_refused_but_never_changed(name: str) -> None:
    checked = validate(FORMS["F01"], {**example(FORMS["F01"]), "r_name": name}, DAY)
    assert not checked.ok or checked.fields["r_name"] == name
