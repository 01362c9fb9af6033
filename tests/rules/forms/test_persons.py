"""What was typed once stands in the next form of the visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.catalogue.definitions import Form
from models.rules.forms.json_schema import example
from models.rules.forms.persons import with_proposals
from tests.rules.forms.conftest import DAY


def test_the_next_certificate_knows_who_comes(forms: Mapping[str, Form], f01: dict[str, Any]) -> None:
    started = with_proposals(forms["F05"], {}, [(forms["F01"], f01)], DAY)
    for name in ("r_name", "r_kana", "r_birth", "r_addr", "r_tel"):
        assert started[name] == f01[name]
    assert "honseki" not in started
    assert "kind" not in started


def test_what_was_typed_is_never_changed(forms: Mapping[str, Form], f01: dict[str, Any]) -> None:
    started = with_proposals(forms["F05"], {"r_name": "別の　人"}, [(forms["F01"], f01)], DAY)
    assert started["r_name"] == "別の　人"


def test_who_came_without_a_name_is_who_was_named_before_unless_something_differs(
    forms: Mapping[str, Form], f01: dict[str, Any]
) -> None:
    so_far = {"r_kana": f01["r_kana"], "r_tel": f01["r_tel"]}
    assert with_proposals(forms["F05"], so_far, [(forms["F01"], f01)], DAY)["r_name"] == f01["r_name"]
    another = with_proposals(forms["F05"], {"r_kana": "ベツノ　ヒト"}, [(forms["F01"], f01)], DAY)
    assert "r_name" not in another


def test_a_moving_family_is_typed_once(forms: Mapping[str, Form], family: dict[str, Any]) -> None:
    earlier = [(forms["F02"], family)]
    insurance = with_proposals(forms["F07"], {}, earlier, DAY)
    assert [row["p_name"] for row in insurance["people"]] == [row["p_name"] for row in family["people"]]
    assert [row["p_rel"] for row in insurance["people"]] == ["世帯主", "妻", "子", "子"]
    assert insurance["h_name"] == "𠮷野　太郎"
    assert insurance["h_birth"] == "1985-04-01"
    assert insurance["h_addr"] == family["a_new"]
    assert insurance["h_tel"] == "090-1234-5678"
    assert insurance["d_name"] == "𠮷野　太郎"


def test_only_the_children_are_proposed_for_the_child_allowance(
    forms: Mapping[str, Form], family: dict[str, Any]
) -> None:
    allowance = with_proposals(forms["F08"], {}, [(forms["F02"], family)], DAY)
    assert [row["k_name"] for row in allowance["kids"]] == ["𠮷野　髙子", "𠮷野　渡邉"]
    assert allowance["name"] == "𠮷野　太郎"
    assert allowance["kana"] == "ヨシノ　タロウ"
    assert allowance["addr"] == family["a_new"]
    assert "s_name" not in allowance
    medical = with_proposals(forms["F11"], {}, [(forms["F02"], family)], DAY)
    assert [row["k_birth"] for row in medical["kid"]] == ["2015-04-01", "2020-02-29"]
    assert medical["k_addr"] == family["a_new"]
    assert medical["g_name"] == "𠮷野　太郎"


def test_two_people_of_one_visit_are_not_mixed_up(forms: Mapping[str, Form], f01: dict[str, Any]) -> None:
    f01 |= {
        "r_rel": "子・孫（直系卑属）",
        "t_same": False,
        "t_name": "前庭　母",
        "t_kana": "マエニワ　ハハ",
        "t_birth": "1950-01-01",
        "t_addr": {"pref": "静岡県", "city": "前庭市", "town": "北町"},
    }
    seal = with_proposals(forms["F04"], {}, [(forms["F01"], f01)], DAY)
    assert (seal["t_name"], seal["t_birth"]) == ("前庭　母", "1950-01-01")
    assert seal["r_tel"] == f01["r_tel"]


def test_within_one_form_the_comer_is_the_first_to_move(forms: Mapping[str, Form]) -> None:
    so_far = {"kind": "転入", "d_name": "前庭　花子", "d_kana": "マエニワ　ハナコ", "d_rel": "世帯主"}
    started = with_proposals(forms["F02"], so_far, [], DAY)
    assert started["people"] == [{"p_name": "前庭　花子", "p_kana": "マエニワ　ハナコ"}]
    assert started["a_new_head"] == "前庭　花子"


def test_for_oneself_the_taxpayer_is_the_one_who_comes(forms: Mapping[str, Form]) -> None:
    so_far = {**example(forms["F06"]), "r_rel": "本人"}
    for name in ("t_name", "t_addr"):
        del so_far[name]
    started = with_proposals(forms["F06"], so_far, [], DAY)
    assert started["t_name"] == so_far["r_name"]
    assert started["t_addr"] == so_far["r_addr"]
    assert started["t_birth"] == so_far["r_birth"]


def test_an_old_name_with_other_spacing_is_the_same_person(
    forms: Mapping[str, Form], f01: dict[str, Any]
) -> None:
    seal = {**example(forms["F03"]), "name": "前庭花子"}
    del seal["tel"]
    started = with_proposals(forms["F03"], {"name": "前庭花子"}, [(forms["F01"], f01)], DAY)
    assert started["birth"] == f01["r_birth"]


def test_nothing_known_proposes_nothing(forms: Mapping[str, Form]) -> None:
    for form in forms.values():
        assert with_proposals(form, {}, [], DAY) == {}


def test_a_form_for_somebody_else_does_not_propose_who_comes(
    forms: Mapping[str, Form], f01: dict[str, Any]
) -> None:
    started = with_proposals(forms["F01"], {**f01, "t_same": False}, [], DAY)
    assert "t_name" not in started
    assert with_proposals(forms["F05"], {}, [(forms["F01"], f01)], DAY)["r_name"] == f01["r_name"]


def test_what_the_booking_says_of_who_comes_is_not_asked_again(
    forms: Mapping[str, Form], f01: dict[str, Any]
) -> None:
    booked = {"kana": "マエニワ　ハナコ", "tel": "090-1234-5678"}
    begun = with_proposals(forms["F02"], {}, [], DAY, booked)
    assert (begun["d_kana"], begun["d_tel"]) == ("マエニワ　ハナコ", "090-1234-5678")
    assert set(begun) == {"d_kana", "d_tel"}
    typed = with_proposals(forms["F02"], {"d_kana": "ベツ　ノヒト"}, [], DAY, booked)
    assert (typed["d_kana"], typed["d_tel"]) == ("ベツ　ノヒト", "090-1234-5678")
    nothing = with_proposals(forms["F02"], {}, [], DAY, {"kana": "", "tel": ""})
    assert nothing == {}
    child = f01 | {"r_rel": "子・孫（直系卑属）", "t_same": False, "t_name": "前庭　母", "t_kana": ""}
    assert not with_proposals(forms["F01"], child, [], DAY, booked)["t_kana"], "not of somebody else"
