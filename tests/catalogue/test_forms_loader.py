"""The forms are complete, fit on A4, and a broken form is told by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue.definitions import Form
from models.catalogue.forms_loader import PAPER_MM, load_forms
from models.catalogue.merging import read_source
from models.catalogue.source import CatalogueError, read_text

VOCABULARY = """
items:
  name: {ja: 氏名, en: Name, type: name, max: 100, online: qr_only, hint: 氏と名, examples: ['前庭　花子']}
  number: {ja: 個人番号, type: code, online: never}
  rel: {ja: 関係, type: choice, values: [本人, その他], online: ok}
staff_blocks:
  fee: {ja: 手数料欄, w_mm: 40, h_mm: 18, look: writing, cells: [円]}
values_en: {本人: The person}
"""
FORM = """
forms:
  T1:
    title: 試験の申請書
    sections:
      who: {title: 来た方, en: Visitor, mm: 100, role: comer}
      people: {title: 人, mm: 100}
    fields:
      name: {sec: who, ref: name, req: must, by: online}
      rel: {sec: who, ref: rel, req: must, by: online}
      note: {sec: who, label: メモ, type: text, req: "rel = その他", by: online}
      p_name: {sec: people, ref: name, n: 3, req: must, by: online}
      p_rel: {sec: people, ref: rel, n: 3, req: must, by: online}
      st_fee: {sec: people, block: fee, by: staff}
"""


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    documents = read_source().documents
    return load_forms(documents["forms"], documents["vocabulary"])[0]


def load(text: str) -> Form:
    form = read_text(Path("forms.yaml"), text)
    return load_forms(form, read_text(Path("vocabulary.yaml"), VOCABULARY))[0]["T1"]


def test_all_eleven_forms_are_there(forms: dict[str, Form]) -> None:
    assert list(forms) == [f"F{number:02d}" for number in range(1, 12)]


def test_every_form_fits_on_its_sheet(forms: dict[str, Form]) -> None:
    for form in forms.values():
        assert sum(section.height_mm for section in form.sections) <= PAPER_MM


def test_the_letter_of_proxy_is_paper_only(forms: dict[str, Form]) -> None:
    assert [form.id for form in forms.values() if form.paper_only] == ["F10"]
    assert forms["F10"].asked_sections == ()


def test_nothing_secret_is_ever_asked_online(forms: dict[str, Form]) -> None:
    secret = {"mynumber", "juminhyo_code", "pin", "zairyu_no", "seal_imprint", "signature", "bank_no"}
    for form in forms.values():
        for section in form.asked_sections:
            for item in (*section.singles, *section.repeated):
                assert item.vocabulary not in secret
                assert item.kind not in ("stamp", "sign", "block")


def test_everything_asked_has_english_words(forms: dict[str, Form]) -> None:
    for form in forms.values():
        for section in form.asked_sections:
            for item in (*section.singles, *section.repeated):
                assert item.label.en, (form.id, item.id)
                assert all(item.value_label(value).en for value in item.values), (form.id, item.id)


def test_a_residence_record_hides_what_nobody_asked_for(forms: dict[str, Form]) -> None:
    for name in ("show_head", "show_honseki", "show_mn", "show_jc"):
        assert forms["F01"].field(name).default == "載せない"
    assert forms["F05"].field("fuhyo_show").default == "載せない"


def test_a_field_takes_words_hint_and_examples_from_the_vocabulary() -> None:
    form = load(FORM)
    name = form.field("name")
    assert (name.label.ja, name.label.en, name.hint) == ("氏名", "Name", "氏と名")
    assert name.examples == ("前庭　花子",)
    assert name.role == "comer"
    assert form.field("rel").value_label("本人").en == "The person"
    assert form.field("st_fee").label.ja == "手数料欄"


def test_rows_of_people_have_a_key() -> None:
    form = load(FORM)
    assert form.section("people").list_key == "people"
    assert form.section("people").most_rows == 8
    assert (
        load(FORM.replace("      p_rel: {sec: people, ref: rel, n: 3, req: must, by: online}\n", ""))
        .section("people")
        .list_key
        == "p_name"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("rel = その他", "rel = 友人", 11, "has no value `友人`"),
        ("rel = その他", "reason = その他", 11, "`reason` is no field"),
        ("rel = その他", "p_rel = その他", 11, "`p_rel` is no field"),
        ("rel = その他", "note is true", 11, "`note` is no field"),
        ("rel = その他", "rel =", 11, "expected a value"),
        (
            "ref: name, req: must, by: online}\n      rel",
            "ref: number, by: online}\n      rel",
            9,
            "never asked online",
        ),
        ("ref: rel, req", "ref: relation, req", 10, "not in the vocabulary"),
        ("block: fee", "block: fees", 14, "no staff box"),
        ("mm: 100, role", "mm: 200, role", 5, "300 mm high"),
        ("sec: who, label", "sec: whom, label", 11, "expected one of: who, people"),
        ("type: text", "type: txt", 11, "expected one of"),
        ("label: メモ", "lable: メモ", 11, "unknown key"),
        (
            "p_rel: {sec: people, ref: rel, n: 3",
            "p_rel: {sec: people, ref: rel, n: 2",
            8,
            "repeats its fields",
        ),
        ("    title: 試験の申請書", "    title: 試験の申請書\n    ask: [who]", 5, "leaves out section"),
        ("    title: 試験の申請書", "    title: 試験の申請書\n    ask: [whom]", 5, "names section `whom`"),
        ("type: text, req", "type: text, check: luck, req", 11, "expected one of"),
    ],
)
def test_a_broken_form_is_told_by_file_and_line(old: str, new: str, line: int, told: str) -> None:
    assert old in FORM
    with pytest.raises(CatalogueError) as broken:
        load(FORM.replace(old, new, 1))
    assert told in broken.value.message
    assert (broken.value.file, broken.value.line) == ("forms.yaml", line)


def test_two_fields_may_not_wait_for_each_other() -> None:
    text = FORM.replace(
        "ref: rel, req: must, by: online}\n      note", "ref: rel, req: flag, by: online}\n      note"
    )
    text = text.replace(
        "      note:",
        '      flag: {sec: who, label: 旗, type: bool, req: "rel = 本人", by: online}\n      note:',
    )
    with pytest.raises(CatalogueError, match="wait for each other"):
        load(text)
