"""Table of every condition of every form: which answers make which field asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from models.catalogue.conditions import parse
from models.catalogue.definitions import Form
from models.rules.forms.conditions import holds, is_asked

YES, NO = True, False
HONSEKI_NEEDED = {"kind": "転入", "tokurei": "まだ転出届をしていない"}
TABLE: list[tuple[str, str, dict[str, Any], bool]] = [
    ("F01", "t_name", {"t_same": False}, YES),
    ("F01", "t_name", {}, YES),
    ("F01", "t_name", {"t_same": True}, NO),
    ("F01", "members", {"kind": ["住民票の写し（世帯の一部）"]}, YES),
    ("F01", "members", {"kind": ["住民票の写し（世帯全員）"]}, NO),
    ("F01", "purpose", {"r_rel": "本人"}, NO),
    ("F01", "purpose", {"r_rel": "同一世帯員"}, NO),
    ("F01", "purpose", {"r_rel": "その他"}, YES),
    ("F01", "purpose", {}, NO),
    ("F01", "show_mn", {"r_rel": "本人"}, YES),
    ("F01", "show_mn", {"r_rel": "その他"}, NO),
    ("F01", "copies", {}, NO),
    ("F01", "copies", {"kind": ["住民票の写し（世帯全員）"]}, YES),
    ("F02", "tokurei", {"kind": "転入"}, YES),
    ("F02", "tokurei", {"kind": "転居"}, NO),
    ("F02", "a_new", {"kind": "転居"}, YES),
    ("F02", "a_new", {"kind": "転出"}, NO),
    ("F02", "a_new", {"kind": "世帯分離"}, NO),
    ("F02", "a_dest", {"kind": "転出"}, YES),
    ("F02", "a_dest", {"kind": "国外転出"}, YES),
    ("F02", "a_dest", {"kind": "転入"}, NO),
    ("F02", "a_join", {"kind": "転入"}, YES),
    ("F02", "a_join", {"kind": "国外転入"}, NO),
    ("F02", "a_honseki", {"kind": "国外転入"}, YES),
    ("F02", "a_honseki", HONSEKI_NEEDED, YES),
    ("F02", "a_hittosha", HONSEKI_NEEDED, YES),
    ("F02", "a_honseki", {**HONSEKI_NEEDED, "kind": "転出"}, NO),
    ("F02", "d_addr", {"d_rel": "任意代理人"}, YES),
    ("F02", "d_addr", {"d_rel": "世帯主"}, NO),
    ("F03", "a_name", {"agent": True}, YES),
    ("F03", "a_reason", {"agent": False}, NO),
    ("F04", "r_name", {"r_same": False}, YES),
    ("F04", "r_addr", {"r_same": True}, NO),
    ("F05", "t_name", {"kind": ["身分証明書"]}, YES),
    ("F05", "t_name", {"kind": ["戸籍個人事項証明書（抄本）"]}, YES),
    ("F05", "t_name", {"kind": ["戸籍全部事項証明書（謄本）"]}, NO),
    ("F05", "t_name", {"kind": ["戸籍の附票の写し"], "fuhyo_part": "一部の人"}, YES),
    ("F05", "t_name", {"kind": ["戸籍全部事項証明書（謄本）"], "fuhyo_part": "一部の人"}, NO),
    ("F05", "fuhyo_show", {"kind": ["戸籍の附票の写し"]}, YES),
    ("F05", "lineage_who", {"lineage": True}, YES),
    ("F05", "lineage_who", {}, NO),
    ("F05", "purpose", {"r_rel": "配偶者"}, NO),
    ("F05", "purpose", {"r_rel": "子・孫（直系卑属）"}, NO),
    ("F05", "purpose", {"r_rel": "任意代理人（委任状）"}, YES),
    ("F05", "submit_to", {"r_rel": "その他"}, YES),
    ("F05", "submit_to", {"r_rel": "法定代理人"}, NO),
    ("F06", "t_birth", {"r_rel": "本人"}, YES),
    ("F06", "t_birth", {"r_rel": "法人の従業員"}, NO),
    ("F06", "t_addr11", {"kind": ["非課税証明書"]}, YES),
    ("F06", "t_addr11", {"kind": ["納税証明書"]}, NO),
    ("F06", "tax", {"kind": ["納税証明書"]}, YES),
    ("F06", "plate", {"kind": ["軽自動車税納税証明書（継続検査用）"]}, YES),
    ("F06", "property", {"kind": ["名寄帳の写し"]}, YES),
    ("F06", "property", {"kind": ["固定資産公課証明書"]}, YES),
    ("F06", "property", {"kind": ["所在証明・営業証明"]}, NO),
    ("F06", "receipt", {"kind": ["納税証明書"]}, YES),
    ("F08", "s_name", {"s_has": "有"}, YES),
    ("F08", "s_apart", {"s_has": "無"}, NO),
    ("F08", "s_addr", {"s_has": "有", "s_apart": True}, YES),
    ("F08", "s_addr", {"s_has": "無", "s_apart": True}, NO),
    ("F08", "u_name", {"u_has": True}, YES),
    ("F08", "u_birth", {"u_has": False}, NO),
    ("F08", "b_name", {"koukin": False}, YES),
    ("F08", "b_holder", {"koukin": True}, NO),
    ("F09", "c_name", {"c_kind": "同一世帯員"}, YES),
    ("F09", "c_name", {"c_kind": "本人"}, NO),
    ("F09", "c_name", {}, NO),
    ("F09", "chg", {"kind": ["住所・氏名等の変更（券面記載事項変更）"]}, YES),
    ("F09", "certs", {"kind": ["電子証明書の更新", "返納"]}, YES),
    ("F09", "certs", {"kind": ["返納"]}, NO),
    ("F09", "pins", {"kind": ["暗証番号の変更・再設定"]}, YES),
]


@pytest.mark.parametrize(("form_id", "name", "answers", "asked"), TABLE)
def test_a_field_is_asked_only_where_it_is_needed(
    forms: Mapping[str, Form], form_id: str, name: str, answers: dict[str, Any], asked: bool
) -> None:
    form = forms[form_id]
    assert is_asked(form, form.field(name), answers, {}) is asked


def test_the_table_covers_every_condition(forms: Mapping[str, Form]) -> None:
    covered = {(form_id, name) for form_id, name, _, asked in TABLE if asked}
    row_conditions = {("F02", "p_nat"), ("F02", "p_tsusho"), ("F08", "k_addr")}
    same_as_another = {
        *(("F01", name) for name in ("t_kana", "t_birth", "t_addr")),
        *(("F03", name) for name in ("a_addr", "a_birth", "a_reason")),
        *(("F08", name) for name in ("s_birth", "s_job", "s_apart", "u_birth", "b_type", "b_holder")),
        *(("F04", "r_addr"), ("F05", "fuhyo_part"), ("F09", "c_addr")),
    }
    for form in forms.values():
        for section in form.asked_sections:
            for item in (*section.singles, *section.repeated):
                if item.asked_when is not None:
                    assert (form.id, item.id) in covered | row_conditions | same_as_another


def test_a_row_looks_at_its_own_person(forms: Mapping[str, Form]) -> None:
    form = forms["F08"]
    assert is_asked(form, form.field("k_addr"), {}, {"k_live": "別居"})
    assert not is_asked(form, form.field("k_addr"), {}, {"k_live": "同居"})
    assert is_asked(forms["F02"], forms["F02"].field("p_nat"), {}, {"p_foreign": True})


def test_an_unanswered_field_makes_comparisons_false_but_not_ticked_true() -> None:
    nothing = {}.get
    assert not holds(parse("a = x"), nothing)
    assert not holds(parse("a <> x"), nothing)
    assert not holds(parse("a has x"), nothing)
    assert not holds(parse("a"), nothing)
    assert holds(parse("a is false"), nothing)
    assert holds(parse("not a = x"), nothing)
    assert holds(parse("(a or b is false) and not c"), nothing)
