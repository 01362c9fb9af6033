"""What is typed and pressed on the page of a form becomes the city's YAML, no longer than what differs."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from models.catalogue.definitions import Form
from models.catalogue.merging import CatalogueSource, read_source
from models.catalogue.own_forms import own_form, read, written
from models.rules.forms.designing import redesigned
from models.rules.forms.differences import differences
from tests.papers.sheets import catalogue

FORM = "F01"


@cache
def source() -> CatalogueSource:
    return read_source()


def after(*looks: dict[str, str], form: str = FORM) -> str:
    """The YAML after these looks at the page, one after the other."""
    base = source().documents["forms"].data["forms"][form]
    own: dict[str, Any] = {}
    for sent in looks:
        own = redesigned(catalogue().forms[form], base, own, sent)
    text = written(own)
    assert read(form, text).data == own
    return text


def made(*looks: dict[str, str], form: str = FORM) -> Form:
    return own_form(source(), form, after(*looks, form=form))


def fields(form: Form, section: str) -> list[str]:
    return [item.id for item in form.section(section).fields]


def told(*looks: dict[str, str]) -> list[str]:
    return [str(one) for one in differences(catalogue().forms[FORM], made(*looks))]


def test_what_is_as_in_the_catalogue_is_not_written_down() -> None:
    form = catalogue().forms[FORM]
    boxes = {"title": form.words.ja, "wording": "\n".join(form.wording), "do": "look"}
    for section in form.sections:
        boxes |= {f"s.{section.id}.title": section.title}
        for item in section.fields:
            here = f"f.{item.id}."
            boxes |= {
                f"{here}label": item.label.ja,
                f"{here}hint": item.hint,
                f"{here}width": str(item.width),
            }
            boxes |= {f"{here}section": section.id}
    assert after(boxes) == ""


def test_up_and_down_again_leaves_nothing() -> None:
    assert after({"do": "down.s.who"}, {"do": "up.s.who"}) == ""
    assert after({"do": "down.f.r_addr"}, {"do": "up.f.r_addr"}) == ""
    assert after({"do": "up.s.who"}) == "", "the head stays above"
    assert after({"do": "down.s.staff"}) == ""


def test_items_move_within_and_between_sections() -> None:
    down = fields(made({"do": "down.f.r_tel"}), "who")
    assert down.index("r_tel") == fields(catalogue().forms[FORM], "who").index("r_tel") + 1
    label = catalogue().forms[FORM].field("r_tel").label.ja
    moved = made({"f.r_tel.label": label, "f.r_tel.section": "why"})
    assert fields(moved, "why")[-1] == "r_tel"
    assert "r_tel" not in fields(moved, "who")


def test_an_item_is_added_moved_and_taken_away_again() -> None:
    new = {
        "do": "add",
        "new.label": "くわしい理由",
        "new.type": "text",
        "new.section": "why",
        "new.width": "50",
    }
    assert fields(made(new), "why")[-1] == "x_1"
    assert fields(made(new, {"do": "up.f.x_1"}), "why")[-2] == "x_1"
    chosen = {**new, "new.type": "choice", "new.values": "赤、青"}
    assert made(new, chosen).field("x_2").values == ("赤", "青")
    assert after(new, {"f.x_1.label": "くわしい理由", "f.x_1.hide": "true"}) == ""
    assert after(new, {"do": "drop.f.x_1"}) == ""


@pytest.mark.parametrize("form", sorted(catalogue().forms))
def test_a_section_is_added_filled_and_taken_away_again(form: str) -> None:
    known = [one.id for one in catalogue().forms[form].sections]
    new = {"do": "section", "news.title": "市の欄", "news.after": known[1]}
    item = {"do": "add", "new.label": "くわしい理由", "new.type": "text", "new.section": "x_s1"}
    sections = made(new, item, form=form).sections
    assert [one.id for one in sections] == [*known[:2], "x_s1", *known[2:]]
    assert (sections[2].title, [one.id for one in sections[2].fields]) == ("市の欄", ["x_1"])
    assert sum(one.height_mm for one in sections) <= 273
    assert "x_s1" in after(new, item, {"do": "drop.s.x_s1"}, form=form), "only while it is empty"
    assert after(new, {"do": "drop.s.x_s1"}, form=form) == ""
    assert after(new, item, {"do": "drop.f.x_1"}, {"do": "drop.s.x_s1"}, form=form) == ""
    assert after({"do": f"drop.s.{known[1]}"}, form=form) == "", "the catalogue's own stay"


def test_differences_are_said_in_words() -> None:
    assert told({"title": "請求書"}) == ["題名を「住民票の写し等交付請求書」から「請求書」に変えます。"]
    assert told({"do": "down.s.who"})[0].startswith("欄の並びを変えます：表題")
    assert told(
        {"f.submit_to.label": "出す先", "f.submit_to.hint": "会社名など", "f.submit_to.req": "must"}
    ) == [
        "項目「提出先」の名前を「出す先」に変えます。",
        "項目「出す先」の説明を「会社名など」に変えます。",
        "項目「出す先」の答え方を変えます（必須）。",
    ]
    assert told({"f.submit_to.label": "提出先", "f.submit_to.hide": "true"}) == [
        "項目「提出先」をなくします。"
    ]
    assert told({"wording": "一つだけ"})[0] == "注意事項を足します：一つだけ"
    assert told({}) == []


def test_strange_boxes_change_nothing() -> None:
    for wish in ("up.s.nowhere", "down.f.nobody", "drop.f.r_name", "show.f.r_name", "x", "up", "..."):
        assert after({"do": wish, "f.nobody.label": "a", "s.nowhere.title": "b"}) == "", wish
