"""A form as pages: steps in order, boxes there and back, exactly what was typed shown again."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalogue import loader
from models.catalogue.definitions import Form, FormField
from models.rules.forms import posted
from models.rules.forms.json_schema import example
from models.rules.forms.missing import missing
from models.rules.forms.steps import Step, add_row, remove_row, step, step_after, step_before, steps
from models.rules.forms.summary import printed, summary
from models.rules.forms.validation import validate, validate_step
from tests.rules.forms.conftest import DAY
from tests.rules.forms.test_examples import FORMS as FORM_IDS

FORMS = loader.load().forms


def ids(form: Form, fields: Mapping[str, Any]) -> list[str]:
    return [one.id for one in steps(form, fields, DAY)]


def page(form: Form, step_id: str, fields: Mapping[str, Any]) -> Step:
    found = step(form, step_id, fields, DAY)
    assert found is not None
    return found


def test_a_page_asks_only_what_the_answers_so_far_make_needed() -> None:
    form = FORMS["F02"]
    assert "head-b" not in ids(form, {"kind": "転居"})
    (asked,) = page(form, "head-b", {"kind": "転入"}).asked
    assert asked.field.id == "tokurei"


def test_a_deciding_question_comes_a_page_before_what_hangs_on_it() -> None:
    form = FORMS["F01"]
    assert ids(form, {"t_same": True}) == ["who", "target", "what", "why"]
    assert ids(form, {"t_same": False})[:3] == ["who", "target", "target-b"]
    chosen = {"t_same": False, "kind": ["住民票の写し（世帯の一部）"]}
    assert ids(form, chosen) == ["who", "target", "target-b", "what", "what-b", "members-0", "why"]
    copies = page(form, "what-b", chosen).asked[0]
    assert [choice.value for choice in copies.choices] == ["住民票の写し（世帯の一部）"]


def test_certificates_are_chosen_before_the_register_is_described() -> None:
    order = ids(FORMS["F05"], {})
    assert order.index("what") < order.index("target")


def test_every_person_has_a_page_and_only_the_last_offers_one_more(family: dict[str, Any]) -> None:
    people = [one for one in steps(FORMS["F02"], family, DAY) if one.row is not None]
    assert [one.id for one in people] == ["people-0", "people-1", "people-2", "people-3"]
    assert [one.may_add for one in people] == [False, False, False, True]
    assert all(one.may_remove for one in people)


def test_people_are_added_up_to_two_sheets_more_and_never_all_removed(family: dict[str, Any]) -> None:
    section = FORMS["F02"].section("people")
    fields: dict[str, Any] = family
    for _ in range(20):
        fields = add_row(section, fields)
    assert len(fields["people"]) == section.most_rows == 12
    assert not any(one.may_add for one in steps(FORMS["F02"], fields, DAY))
    assert [row["p_sex"] for row in remove_row(section, 0, family)["people"]] == ["女", "女", "男"]
    lone = {"people": [family["people"][0]]}
    assert remove_row(section, 0, lone) == lone
    assert remove_row(section, 9, family) == family


def test_a_foreign_resident_gets_one_page_more(family: dict[str, Any]) -> None:
    family["people"][1]["p_foreign"] = True
    assert "people-1-b" in ids(FORMS["F02"], family)
    assert "people-0-b" not in ids(FORMS["F02"], family)
    names = [asked.name for asked in page(FORMS["F02"], "people-1-b", family).asked]
    assert "people-1.p_nat" in names


def test_no_page_asks_for_two_addresses() -> None:
    for form in FORMS.values():
        for kind in ("転入", "転出", "国外転入", None):
            for one in steps(form, {"kind": kind, "tokurei": "まだ転出届をしていない"}, DAY):
                assert sum(asked.widget == "address" for asked in one.asked) <= 1


def test_pages_follow_each_other() -> None:
    form, fields = FORMS["F01"], {"t_same": True}
    assert step_before(form, "who", fields, DAY) is None
    following = step_after(form, "who", fields, DAY)
    assert following is not None
    assert following.id == "target"
    assert step_after(form, "why", fields, DAY) is None
    gone = step_after(form, "target-b", fields, DAY)
    assert gone is not None
    assert gone.id == "who"
    assert step(form, "nothing", fields, DAY) is None


def test_a_paper_form_has_no_pages() -> None:
    assert steps(FORMS["F10"], {}, DAY) == ()


def test_fiscal_years_to_choose_are_those_that_exist() -> None:
    asked = {one.field.id: one for one in page(FORMS["F06"], "what", {}).asked}
    assert [choice.value for choice in asked["year"].choices][:2] == ["令和8年度", "令和7年度"]
    assert asked["year"].widget == "select"


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_walking_through_all_pages_makes_an_accepted_application(form_id: str) -> None:
    form = FORMS[form_id]
    wanted = example(form)
    boxes = posted.to_posted(form, wanted)
    fields: dict[str, Any] = {}
    current = steps(form, fields, DAY)[0]
    for _ in range(40):
        typed = posted.merged(current, fields, posted.read(current, boxes))
        checked = validate_step(form, current, typed, DAY)
        assert checked.errors == ()
        fields = checked.fields
        following = step_after(form, current.id, fields, DAY)
        if following is None:
            break
        current = following
    assert fields == validate(form, wanted, DAY).fields
    assert validate(form, fields, DAY).ok
    assert missing(form, fields) == []


def test_the_family_goes_into_boxes_and_back(family: dict[str, Any]) -> None:
    boxes = posted.to_posted(FORMS["F02"], family)
    assert boxes["people-1.p_name.given"] == ["葛\U000e0100"]
    assert boxes["people-2.p_birth.era"] == ["平成"]
    assert boxes["a_new.zip"] == ["4101118"]
    back = posted.to_fields(FORMS["F02"], boxes)
    assert validate(FORMS["F02"], back, DAY).fields == family


def test_what_was_typed_wrong_is_shown_again_exactly() -> None:
    form = FORMS["F01"]
    who = page(form, "who", {})
    typed = {"r_kana.family": ["前庭"], "r_birth.era": ["平成"], "r_birth.year": ["３１x"], "next": ["1"]}
    assert posted.shown(who, {"r_name": "前庭　花子"}, typed) == {
        "r_kana.family": ["前庭"],
        "r_birth.era": ["平成"],
        "r_birth.year": ["３１x"],
    }
    assert posted.shown(who, {"r_name": "前庭　花子"})["r_name.given"] == ["花子"]


def test_a_default_stands_in_its_box_before_anything_is_typed() -> None:
    what = page(FORMS["F01"], "what", {})
    assert posted.shown(what, {})["show_head"] == ["載せない"]


def test_a_blanked_box_takes_the_answer_away() -> None:
    who = page(FORMS["F01"], "who", {})
    before = {"r_name": "前庭　花子", "t_same": True}
    assert posted.merged(who, before, posted.read(who, {"r_name.family": ["  "]})) == {"t_same": True}


@pytest.mark.parametrize(
    ("boxes", "read"),
    [
        (
            {"r_birth.era": "令和", "r_birth.year": "8", "r_birth.month": "3", "r_birth.day": "1"},
            "令和8年3月1日",
        ),
        (
            {"r_birth.era": "西暦", "r_birth.year": "1985", "r_birth.month": "4", "r_birth.day": "1"},
            "西暦1985年4月1日",
        ),
        ({"r_birth.era": "昭和", "r_birth.year": "20", "r_birth.unknown": "month"}, "昭和20年月日不詳"),
        (
            {"r_birth.era": "昭和", "r_birth.year": "20", "r_birth.month": "4", "r_birth.unknown": "day"},
            "昭和20年4月日不詳",
        ),
        ({"r_birth.era": "令和"}, None),
        ({"r_birth": "1985-04-01"}, "1985-04-01"),
    ],
)
def test_date_boxes_become_one_date(boxes: dict[str, str], read: str | None) -> None:
    who = page(FORMS["F01"], "who", {})
    assert posted.read(who, {name: [text] for name, text in boxes.items()})["r_birth"] == read


def test_one_page_is_judged_by_itself(family: dict[str, Any]) -> None:
    form = FORMS["F02"]
    family["people"][1]["p_kana"] = "よしの かずら"
    family["people"][2]["p_kana"] = "漢字"
    del family["a_prev"]
    second = validate_step(form, page(form, "people-1", family), family, DAY)
    assert second.errors == ()
    assert second.fields["people"][1]["p_kana"] == "ヨシノ　カズラ"
    assert second.fields["people"][2]["p_kana"] == "漢字"
    third = validate_step(form, page(form, "people-2", family), family, DAY)
    assert [error.path for error in third.errors] == ["people[2].p_kana"]


def test_a_new_empty_person_is_judged_in_their_place(family: dict[str, Any]) -> None:
    form = FORMS["F02"]
    more = add_row(form.section("people"), family)
    paths = [error.path for error in validate(form, more, DAY).errors]
    assert paths[0] == "people[4].p_name"
    assert all(path.startswith("people[4].") for path in paths)


def test_a_half_typed_date_is_told_by_its_missing_part() -> None:
    fields = {**example(FORMS["F01"]), "r_birth": "令和8年3月日"}
    (error,) = validate(FORMS["F01"], fields, DAY).errors
    assert "日を入力" in str(error.message)


def test_a_name_of_one_word_stays_one_word() -> None:
    who = page(FORMS["F01"], "who", {})
    assert posted.read(who, {"r_name.family": ["スカルノ"], "r_name.given": [""]})["r_name"] == "スカルノ"


def test_hostile_row_numbers_make_no_crowd() -> None:
    boxes = {"people-999.p_name.family": ["前庭"], "people-x.p_name.family": ["前庭"]}
    assert len(posted.to_fields(FORMS["F02"], boxes)["people"]) == 13


def test_the_check_page_shows_every_answer_as_it_is_printed(family: dict[str, Any]) -> None:
    told = summary(FORMS["F02"], family)
    texts = {(part.section.id, part.row, row.field.id): row.text for part in told for row in part.rows}
    assert texts["people", 2, "p_birth"] == "平成27年4月1日"
    assert texts["head", None, "ido_date"] == "令和8年11月20日"
    assert texts["addr", None, "a_new"] == "〒410-1118 静岡県前庭市本町1番1号"
    assert texts["addr", None, "a_join"] == "いいえ"
    assert texts["extra", None, "x_ins"] == ""
    assert ("addr", None, "a_dest") not in texts
    assert [part.row for part in told if part.section.id == "people"] == [0, 1, 2, 3]


def test_copies_and_lists_are_printed_in_one_line() -> None:
    form = FORMS["F01"]
    assert printed(form.field("copies"), {"住民票の写し（世帯全員）": 2}) == "住民票の写し（世帯全員） 2通"
    assert printed(FORMS["F04"].field("copies"), 3) == "3通"
    assert printed(form.field("kind"), ["甲", "乙"]) == "甲、乙"
    abroad = {"pref": "国外", "city": "ベトナム", "katagaki": "A 1"}
    assert printed(form.field("r_addr"), abroad) == "ベトナム　A 1"


def test_what_is_missing_is_told_by_person(family: dict[str, Any]) -> None:
    del family["people"][3]["p_sex"]
    del family["a_prev"]
    lacking = [(one.section.id, one.field.id, one.row) for one in missing(FORMS["F02"], family)]
    assert lacking == [("addr", "a_prev", None), ("people", "p_sex", 3)]
    assert missing(FORMS["F02"], {})[0].field.id == "kind"


parts = st.text(alphabet=string.ascii_letters + "前庭𠮷葛\U000e0100髙ヶ々", min_size=1, max_size=12)


def answer_for(item: FormField) -> st.SearchStrategy[Any]:
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "name": st.one_of(parts, st.tuples(parts, parts).map("　".join)),
        "kana": st.sampled_from(["マエニワ", "マエニワ　ハナコ"]),
        "text": parts,
        "bool": st.booleans(),
        "int": st.integers(1, 20),
        "wareki": st.dates(min_value=DAY.replace(year=1920), max_value=DAY).map(str),
        "tel": st.just("090-1234-5678"),
        "address": st.fixed_dictionaries(
            {"pref": st.sampled_from(["静岡県", "国外"]), "city": parts, "town": parts},
            optional={"katagaki": parts},
        ),
    }
    if item.kind == "choice":
        return st.sampled_from(item.values or ("令和7年度",))
    if item.kind == "multi":
        return st.lists(st.sampled_from(item.values), min_size=1, unique=True)
    return by_kind[item.kind]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_answers_come_back_from_their_boxes(data: st.DataObject) -> None:
    form = FORMS[data.draw(st.sampled_from(FORM_IDS))]
    fields: dict[str, Any] = {}
    for section in form.asked_sections:
        for item in section.singles:
            if item.kind != "copies" and data.draw(st.booleans()):
                fields[item.id] = data.draw(answer_for(item))
        if section.list_key:
            rows = data.draw(st.integers(0, 3))
            people = [
                {item.id: data.draw(answer_for(item)) for item in section.repeated} for _ in range(rows)
            ]
            if people:
                lone = section.list_key != section.id
                fields[section.list_key] = [row[section.list_key] if lone else row for row in people]
    back = posted.to_fields(form, posted.to_posted(form, fields))
    assert validate(form, back, DAY) == validate(form, fields, DAY)
    assert back.keys() == fields.keys()
