"""Sealed in a real browser: what leaves the page says nothing, and the counter reads what was typed.

The browser's own code and Python's are held against each other: packing, conditions, dates, and seals.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Dialog, Page, expect

from models.catalogue.conditions import Condition
from models.core import sealing, unsealing
from models.operations import scanning
from models.papers import sealed
from models.queries import applications
from models.queries.offices import office
from models.rules import mynumber
from models.rules.forms import packing, values
from models.rules.forms.conditions import holds
from models.rules.forms.json_schema import condition_schema, example
from models.rules.forms.posted import read_value
from tests.chromium import emptied, launched, served
from tests.conftest import inside
from tests.papers.sheets import HARD, PLAIN, answers, catalogue
from tests.web.pages import looks
from tests.web.pages.sound import axe, with_axe
from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone
from tests.web.resident.test_browser import opened
from tests.web.resident.test_sealing import MINE, turned_on

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
FORMS = [form for form in catalogue().forms.values() if not form.paper_only]
SECRET = b"\x07" * 32
ASK = "async ([file, name, ...given]) => (await import(file))[name](...given)"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as found_at:
        yield found_at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as running:
        yield running


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Page]:
    with emptied(chromium) as browser:
        made = opened(browser, 390)
        made.goto(f"{address}/privacy")
        yield made


def asked(page: Page, file: str, name: str, *given: Any) -> Any:
    return page.evaluate(ASK, [f"/static/{file}", name, *given])


def written(page: Page) -> None:
    for name, value in MINE.items():
        for one in value if isinstance(value, list) else [str(value)]:
            box = page.locator(f'[name="{name}"]')
            if box.first.get_attribute("type") in ("radio", "checkbox"):
                page.locator(f'[name="{name}"][value="{one}"]').check()
            elif box.evaluate("box => box.tagName") == "SELECT":
                box.select_option(one)
            else:
                box.fill(one)


def test_nothing_typed_leaves_the_page_and_the_counter_reads_it(app: Flask, address: str, page: Page) -> None:
    turned_on(app)
    mine = booked(Phone(app.test_client()), "JUM-01")
    sent: list[bytes] = []
    asked_to_stay: list[str] = []

    def noted(dialog: Dialog) -> None:
        asked_to_stay.append(dialog.type)
        dialog.accept()

    page.on("dialog", noted)
    page.on("request", lambda request: sent.append((request.url + (request.post_data or "")).encode()))
    page.goto(f"{address}{mine}/sealed")
    page.wait_for_selector("#by-phone:not([hidden])")
    assert axe(page) == []
    page.get_by_role("button", name="封をして、QRコードを作る").click()
    assert page.locator("#told").inner_text().startswith("まだ何も")
    written(page)
    page.get_by_role("button", name="封をして、QRコードを作る").click()
    page.wait_for_url(f"**{mine}")
    assert asked_to_stay == []
    picture = page.request.get(f"{address}{mine}/sealed/1.png")
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.body())))
    assert not [one for one in sent for typed in ("葛", "佐野", "1059", "055-992") if typed.encode() in one]
    with inside(app.extensions["maeniwa"].settings):
        seen = scanning.scan(office("honcho"), code.text, "1", "aoki")
        fields = applications.fields_of(seen.applications[0].application)
        assert (fields["r_name"], fields["r_kana"]) == ("葛󠄀城　𠮷彦", "カツラギ　ヨシヒコ")
        assert (fields["r_birth"], fields["kind"]) == ("1985-04-05", ["住民票の写し（世帯全員）"])
        assert seen.applications[0].application.state == "ready"


def test_what_the_booking_says_is_there_and_begins_no_form_that_nobody_wrote(
    app: Flask, address: str, page: Page
) -> None:
    turned_on(app)
    mine = booked(Phone(app.test_client()), "JUM-01", "KOS-01")
    page.goto(f"{address}{mine}/sealed")
    page.wait_for_selector("#by-phone:not([hidden])")
    page.get_by_role("button", name="封をして、QRコードを作る").click()
    assert page.locator("#told").inner_text().startswith("まだ何も")
    page.locator('[name="F01.r_name.family"]').fill("葛󠄀城")
    page.get_by_role("button", name="封をして、QRコードを作る").click()
    assert page.locator("#told .error-list > li > b").all_inner_texts() == ["住民票の写し等交付請求書"]
    first = page.locator("#told .error-list .error-list a").first
    expect(first).to_have_text("「氏名」は、氏と名の両方を書いてください。")
    kana = {form: page.locator(f'[name="{form}.r_kana.given"]') for form in ("F01", "F05")}
    assert [box.input_value() for box in kana.values()] == ["ハナコ", "ハナコ"]
    written(page)
    assert [box.input_value() for box in kana.values()] == ["ヨシヒコ", "ヨシヒコ"], (
        "corrected in one, corrected in all"
    )
    assert page.locator('[name="F05.r_birth.era"][value="昭和"]').is_checked()
    assert page.locator('[name="F05.copies.1"]').input_value() == "", "another certificate has its own number"
    page.get_by_role("button", name="封をして、QRコードを作る").click()
    page.wait_for_url(f"**{mine}")
    picture = page.request.get(f"{address}{mine}/sealed/1.png")
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.body())))
    with inside(app.extensions["maeniwa"].settings):
        seen = scanning.scan(office("honcho"), code.text, "1", "aoki")
        assert [one.application.form for one in seen.applications] == ["F01"]


def test_a_person_is_written_once_however_the_forms_call_their_boxes(
    app: Flask, address: str, page: Page
) -> None:
    turned_on(app)
    page.goto(f"{address}{booked(Phone(app.test_client()), 'IDO-01', 'JUM-01', 'INK-01', 'KOD-01')}/sealed")
    page.wait_for_selector("#by-phone:not([hidden])")
    name = {
        box: page.locator(f'[name="{box}.family"]')
        for box in ("F02.d_name", "F01.r_name", "F03.name", "F08.name")
    }
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator('[name="F03.agent"][value="true"]').check()
    name["F02.d_name"].fill("葛󠄀城")
    name["F02.d_name"].blur()
    assert {box: field.input_value() for box, field in name.items()} == {
        "F02.d_name": "葛󠄀城", "F01.r_name": "葛󠄀城", "F03.name": "", "F08.name": "葛󠄀城",
    }  # fmt: skip
    name["F03.name"].fill("裾野")
    name["F03.name"].blur()
    assert name["F01.r_name"].input_value() == "葛󠄀城", "who sends somebody is not who comes"
    page.locator('[name="F03.agent"][value="false"]').check()
    name["F03.name"].fill("佐野")
    name["F03.name"].blur()
    assert name["F01.r_name"].input_value() == "佐野"


def test_who_comes_for_somebody_else_is_not_taken_for_them(app: Flask, address: str, page: Page) -> None:
    turned_on(app)
    page.goto(f"{address}{booked(Phone(app.test_client()), 'INK-01')}/sealed")
    page.wait_for_selector("#by-phone:not([hidden])")
    kana, telephone = (page.locator(f'[name="F03.{name}"]') for name in ("kana.family", "tel"))
    assert (kana.input_value(), telephone.input_value()) == ("マエニワ", "090-1234-5678")
    telephone.fill("055-992-1111")
    page.locator('[name="F03.agent"][value="true"]').check()
    assert (kana.input_value(), telephone.input_value()) == ("", "055-992-1111")
    page.locator('[name="F03.agent"][value="false"]').check()
    assert (kana.input_value(), telephone.input_value()) == ("マエニワ", "055-992-1111")


def test_it_says_what_is_missing_beside_each_field(app: Flask, address: str, page: Page) -> None:
    turned_on(app)
    mine = booked(Phone(app.test_client()), "JUM-01")
    page.goto(f"{address}{mine}/sealed")
    page.wait_for_selector("#by-phone:not([hidden])")
    page.locator('[name="F01.r_name.family"]').fill("前庭")
    page.get_by_role("button", name="封をして、QRコードを作る").click()
    assert "氏と名の両方" in page.locator("#told").inner_text()
    assert page.locator(".field-error").count() > 3
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_it_can_be_read_in_every_language_and_theme(app: Flask, address: str, page: Page) -> None:
    turned_on(app)
    sealed = f"{address}{booked(Phone(app.test_client()), 'JUM-01')}/sealed"
    with_axe(page.context)
    assert [*looks.seen(page, sealed, 390, looks.further(20, looks.RESIDENTS))] == []
    expect(page.locator("#by-phone")).to_be_visible()


def test_the_browser_packs_every_form_as_python_does(page: Page) -> None:
    for form in FORMS:
        for fields in (example(form), answers(form.id, PLAIN), answers(form.id, HARD, rows=5)):
            order = packing.plan(form)
            assert asked(page, "sealing.js", "packed", order, fields) == packing.packed(order, fields), (
                form.id
            )


def test_python_opens_what_the_browser_sealed(page: Page) -> None:
    private = unsealing.private_key(SECRET, "honcho")
    public = unsealing.public_key(private)
    about = sealed.about("maeniwa", "honcho")
    to = {"key": base64.b64encode(public).decode(), "mark": sealing.mark_of(public).hex(), "about": about.decode(),
          "booking": "K7FX29MB", "most": sealed.LONGEST}  # fmt: skip
    for form in FORMS:
        packed = packing.packed(packing.plan(form), answers(form.id, HARD, rows=5))
        whole = base64.b64decode(
            asked(page, "sealing.js", "sealed", to, [[form.id, packing.mark(form), packed]])
        )
        assert sealed.joined(sealed.pieces("".join(sealed.texts(whole)))) == whole
        found = sealed.contents(unsealing.unsealed(private, sealed.inside(whole), about))
        assert found == sealed.Contents("K7FX29MB", (sealed.PackedForm(form.id, packing.mark(form), packed),))
    letters = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(2500))
    assert asked(page, "sealing.js", "sealed", to, [["F01", "0" * 8, [letters]]]) is None


def test_the_browser_asks_what_python_asks(page: Page) -> None:
    conditions: list[tuple[Condition, list[dict[str, Any]]]] = []
    for form in FORMS:
        known = [{}, example(form), *(answers(form.id, people, rows=1) for people in (PLAIN, HARD))]
        for section in form.asked_sections:
            conditions += [(item.asked_when, known) for item in section.fields if item.asked_when is not None]
    assert len(conditions) > 20
    for condition, known in conditions:
        schema = condition_schema(condition)
        for fields in known:
            assert asked(page, "answers.js", "fulfils", schema, fields) == holds(condition, fields.get), (
                schema
            )


BOXES: list[tuple[str, dict[str, str]]] = [
    ("r_birth", {"era": "令和", "year": "元", "month": "5", "day": "1"}),
    ("r_birth", {"era": "平成", "year": "31", "month": "4", "day": "30"}),
    ("r_birth", {"era": "平成", "year": "31", "month": "5", "day": "1"}),
    ("r_birth", {"era": "昭和", "year": "64", "month": "1", "day": "7"}),
    ("r_birth", {"era": "昭和", "year": "64", "month": "1", "day": "8"}),
    ("r_birth", {"era": "大正", "year": "15", "month": "12", "day": "24"}),
    ("r_birth", {"era": "西暦", "year": "１９８５", "month": "４", "day": "５"}),
    ("r_birth", {"era": "西暦", "year": "2023", "month": "2", "day": "29"}),
    ("r_birth", {"era": "", "year": "", "month": "", "day": ""}),
    ("r_tel", {"": "０５５ー９９２ー１１１１"}),
    ("r_tel", {"": "+81 90 1234 5678"}),
    ("r_tel", {"": "abc"}),
    ("r_kana", {"family": "ﾔﾏﾀﾞ", "given": "はなこ"}),
    ("r_kana", {"family": "山田", "given": "ハナコ"}),
    ("r_addr", {"zip": "４１０−１１１８", "pref": "静岡県", "city": "前庭市", "town": "佐野"}),
    ("r_addr", {"zip": "41", "pref": "静岡県", "city": "前庭市", "town": "佐野"}),
    ("r_addr", {"pref": "静岡県", "city": "前庭市"}),
]


def test_the_browser_reads_a_box_as_python_does(page: Page) -> None:
    form = catalogue().forms["F01"]
    read = """async ([name, kind, boxes, most, partial]) => {
      const { answerOf } = await import("/static/answers.js");
      const field = document.createElement("div");
      Object.assign(field.dataset, { name, kind, most }, partial ? { partial: "" } : {});
      const data = new FormData();
      for (const [part, text] of Object.entries(boxes)) data.append(part ? `${name}.${part}` : name, text);
      try { return answerOf(field, data); } catch (problem) { return "refused"; }
    }"""
    widgets = {"r_birth": "date", "r_tel": "tel", "r_kana": "name_kana", "r_addr": "address"}
    for name, boxes in BOXES:
        item = form.field(name)
        posted = {f"{name}.{part}" if part else name: [text] for part, text in boxes.items()}
        value: Any = read_value(item, name, posted)
        try:
            expected = None if value is None else values.cleaned(item, value)
        except values.Refused:
            expected = "refused"
        found = page.evaluate(read, [name, widgets[name], boxes, item.max_length, item.partial])
        assert json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True), boxes


def test_the_browser_knows_a_my_number_as_python_does(page: Page) -> None:
    for text in ("123456789018", "1234 5678 9018", "１２３４-５６７８-９０１８", "一二三四五六七八九〇一八",
                 "123456789012", "a123456789018b", "1234567890", "前庭市1-2-3"):  # fmt: skip
        found = asked(page, "answers.js", "holdsMyNumber", text)
        assert found == mynumber.contains_my_number(text), text
