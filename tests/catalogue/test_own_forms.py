"""A city's own form: what it may change, and what is refused, by line and in Japanese."""

from __future__ import annotations

from functools import cache

import pytest

from models.catalogue import loader
from models.catalogue.definitions import Form
from models.catalogue.merging import CatalogueSource, read_source
from models.catalogue.own_forms import laid, own_form
from models.catalogue.own_text import OwnFormError

OWN = """
title: 住民票などの請求書
order: [head, target]
sections:
  why: {title: 請求の理由, mm: 24, fields: [x_why, submit_to]}
  what: {mm: 40}
  x_stamp: {title: 市の欄, mm: 20}
fields:
  r_tel: {label: 昼間の電話番号, hint: つながる番号, width: 50}
  t_head: null
  submit_to: {req: must}
  x_why: {label: くわしい理由, type: choice, values: [a, b], req: "t_same is false"}
  x_seal: {label: 印, type: sign, sec: x_stamp}
wording: [一つだけ]
"""


@cache
def source() -> CatalogueSource:
    return read_source()


def made(text: str, form: str = "F01") -> Form:
    return own_form(source(), form, text)


def test_sections_move_words_change_items_come_and_go() -> None:
    form = made(OWN)
    assert form.words.ja == "住民票などの請求書"
    assert [one.id for one in form.sections][:3] == ["head", "target", "who"]
    why = form.section("why")
    assert (why.title, [item.id for item in why.fields]) == ("請求の理由", ["x_why", "submit_to", "purpose"])
    assert (form.field("r_tel").label.ja, form.field("r_tel").width) == ("昼間の電話番号", 50)
    assert all(item.id != "t_head" for one in form.sections for item in one.fields)
    assert form.field("submit_to").must
    assert not form.field("x_seal").online
    assert form.wording == ("一つだけ",)


def test_an_edition_with_it_is_read_again_as_it_was_and_the_shipped_one_stays() -> None:
    before = loader.dump(source())
    changed = laid(source(), "F01", OWN)
    again = loader.parse(loader.dump(changed))
    assert again.forms["F01"] == made(OWN)
    assert again.forms["F02"].digest == loader.build(source()).forms["F02"].digest
    assert loader.dump(source()) == before
    assert laid(source(), "F01", "# nothing\n") is source()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: a\ntitel: b", "2行目：「titel」という名前は使えません"),
        ("fields:\n  r_tel: {lable: a}", "2行目：「lable」という名前は使えません"),
        ("fields:\n  r_tell: {label: a}", "2行目：「r_tell」はこの様式にありません"),
        ("fields:\n  r_name: null", "2行目：項目「r_name」は法令や手続きに必要なので、なくせません"),
        ("fields:\n  todoke_date: null", "なくせません"),
        ("fields:\n  r_name: {req: opt}", "答えるかどうか（req）は変えられません"),
        ("fields:\n  r_name: {type: text}", "「type」という名前は使えません"),
        ("fields:\n  x_a: {label: a, type: text, sec: why, req: foo}", "「foo」がありません"),
        ("fields:\n  submit_to: {req: kind has なし}", "2行目：このままでは様式になりません"),
        ("fields:\n  submit_to: {req: 'kind has'}", "の条件を読めません"),
        ("fields:\n  t_same: {by: counter}", "家で聞いてください"),
        ("fields:\n  x_a: {label: a, type: code, sec: why}", "種類「code」は使えません"),
        ("fields:\n  x_a: {label: a, type: text}", "置く欄（sec）を書いてください"),
        ("fields:\n  x_a: {label: a, type: choice, sec: why, values: [b]}", "2つ以上"),
        ("fields:\n  x_a: {label: 個人 番号, type: text, sec: why}", "家で聞いてはいけないもの"),
        ("fields:\n  x_a: {label: ﾏｲﾅﾝﾊﾞｰ, type: int, sec: why}", "家で聞いてはいけないもの"),
        ("fields:\n  submit_to: {label: 暗証番号}", "家で聞いてはいけないもの"),
        ("fields:\n  x_a: {ref: zairyu_no, sec: why}", "家で聞いてはいけないもの"),
        ("fields:\n  st_uke: {by: online}", "職員や機械が書く項目"),
        ("fields:\n  r_tel: {width: 5}", "20から100までの数"),
        ("fields:\n  r_tel: {label: ''}", "「label」を書いてください"),
        (f"title: {'長' * 41}", "長すぎます"),
        ('title: "a\\u202eb"', "印字できない文字"),
        ("sections:\n  who: null", "欄「who」はなくせません"),
        ("sections:\n  who: {mm: 190}", "欄の高さ（mm）が合わせて412"),
        ("sections:\n  who: {fields: [r_name, r_name]}", "2回書かれています"),
        ("sections:\n  who: {fields: [nobody]}", "項目「nobody」はありません"),
        ("order: [who]", "いちばん上のまま"),
        ("order: [head, whom]", "欄「whom」はありません"),
        ("wording: []", "1行以上"),
        ("fields: 3", "字下げして書きます"),
        ("- a", "字下げして書きます"),
        ("a: [", "YAMLとして読めません"),
        ("title: !!python/object:os.system x", "YAMLとして読めません"),
        ("a: &a [*a]", "YAMLとして読めません"),
        ("x" * 6001, "長すぎます"),
    ],
)
def test_what_cannot_be_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(OwnFormError) as refused:
        made(text)
    assert said in str(refused.value)
    assert refused.value.line >= 0


def test_an_item_that_decides_what_is_asked_cannot_be_hidden() -> None:
    text = "fields:\n  submit_to: {req: 't_head = x'}\n"
    with pytest.raises(OwnFormError):
        made(text)
    shipped = source().documents["forms"].data["forms"]
    optional = next(
        (form, name)
        for form, data in shipped.items()
        for name, field in data["fields"].items()
        if str(field.get("req", "opt")).startswith("opt")
        and field.get("by") == "online"
        and any(f"{name} " in f"{one.get('req', '')} " for one in data["fields"].values())
    )
    with pytest.raises(OwnFormError, match="聞くかどうかを決める"):
        made(f"fields:\n  {optional[1]}: null\n", optional[0])


def test_every_form_can_be_renamed_and_no_other_changes() -> None:
    for form, data in source().documents["forms"].data["forms"].items():
        assert made("title: 別の題名\n", form).digest != made("", form).digest
        assert made(f"title: {data['title']}x\n", form).words.ja == f"{data['title']}x"
