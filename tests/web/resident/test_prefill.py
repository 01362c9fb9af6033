"""家で申請書を書いておく: every form page by page, everything typed kept, nothing forbidden taken."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.queries import catalogue
from models.rules.forms.json_schema import example
from models.rules.forms.validation import validate
from tests.conftest import inside
from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone
from tests.web.resident.writing import DAY, fill_page, form_of, kept, typed, write

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

PROCEDURES = {
    "F01": "JUM-01", "F02": "IDO-01", "F03": "INK-01", "F04": "INK-02", "F05": "KOS-01", "F06": "ZEI-01",
    "F07": "KOK-01", "F08": "KOD-01", "F09": "MNC-05", "F11": "KOD-03",
}  # fmt: skip
YOSHIO = "葛\U000e0101城　𠮷彦"
MOVE = {
    "kind": "転入",
    "ido_date.era": "令和",
    "ido_date.year": "8",
    "ido_date.month": "11",
    "ido_date.day": "20",
}
COMER = {
    "d_name.family": "葛\U000e0101城", "d_name.given": "𠮷彦", "d_kana.family": "かつらぎ", "d_kana.given": "ﾖｼﾋｺ",
    "d_rel": "世帯主", "d_tel": "090-1234-5678",
}  # fmt: skip


def at_the_comer(phone: Phone) -> str:
    """Book a move and go to the page about who comes; the booking's address."""
    mine = booked(phone, "IDO-01")
    phone.link("家で申請書を書いておく")
    fill_page(phone, MOVE)
    fill_page(phone, {"tokurei": "転出証明書あり"})
    assert phone.heading == "届出に来られた方"
    return mine


@pytest.mark.parametrize("form", PROCEDURES)
def test_every_form_can_be_written_from_first_page_to_ready(
    settings: Settings, phone: Phone, form: str
) -> None:
    definition = form_of(settings, form)
    fields = example(definition)
    mine = booked(phone, PROCEDURES[form])
    write(phone, mine, definition, fields)
    assert "ができました" in phone.text
    assert kept(settings, mine, form) == validate(definition, fields, DAY).fields


def test_forms_written_by_hand_are_not_offered(settings: Settings, phone: Phone) -> None:
    with inside(settings):
        chosen = catalogue.current()
        used = [code for code, one in chosen.procedures.items() if "F10" in one.forms]
    assert used == []


def test_hard_names_come_back_letter_by_letter(settings: Settings, phone: Phone) -> None:
    mine = at_the_comer(phone)
    fill_page(phone, COMER)
    assert phone.value("a_new_head.family") == "葛\U000e0101城"
    assert kept(settings, mine, "F02")["d_name"] == YOSHIO
    phone.link("前のページへ")
    assert (phone.value("d_name.family"), phone.value("d_name.given")) == ("葛\U000e0101城", "𠮷彦")
    fill_page(phone, {**COMER, "d_name.family": "髙\ufa19", "d_name.given": "𠮷"})
    assert kept(settings, mine, "F02")["d_name"] == "髙\ufa19　𠮷"


def test_kana_are_converted_and_names_that_do_not_divide_stay_whole(settings: Settings, phone: Phone) -> None:
    mine = at_the_comer(phone)
    whole = {"d_name.family": "", "d_name.given": "", "d_name.whole": "NGUYEN VAN AN", "d_name.one": "true"}
    fill_page(phone, {**COMER, **whole})
    stored = kept(settings, mine, "F02")
    assert (stored["d_name"], stored["d_kana"]) == ("NGUYEN VAN AN", "カツラギ　ヨシヒコ")
    phone.link("前のページへ")
    assert (phone.value("d_name.whole"), phone.value("d_name.one")) == ("NGUYEN VAN AN", "true")


def test_half_a_name_is_asked_for_the_other_half(phone: Phone) -> None:
    at_the_comer(phone)
    fill_page(phone, {**COMER, "d_name.given": ""})
    assert phone.status == 422
    assert "氏と名の両方を書いてください" in phone.text


def test_errors_stand_by_their_boxes_and_keep_what_was_typed(settings: Settings, phone: Phone) -> None:
    mine = booked(phone, "IDO-01")
    phone.link("家で申請書を書いておく")
    fill_page(phone, {**MOVE, "ido_date.month": "13", "ido_date.day": "4１"})
    assert phone.status == 422
    assert "13月という月はありません" in phone.text
    assert (phone.value("kind"), phone.value("ido_date.day")) == ("転入", "4１")
    assert phone.page.all("title")[0].shown.startswith("入力を直してください")
    linked = next(one.get("href") for one in phone.page.all("a") if one.get("href").startswith("#f-"))
    assert linked[1:] in [one.get("id") for one in phone.page.elements]
    assert phone.open(f"{mine}").text.count("まだ書いていません") == 1


def test_a_my_number_is_refused_not_kept_and_not_shown_again(
    settings: Settings, phone: Phone, capsys: pytest.CaptureFixture[str]
) -> None:
    at_the_comer(phone)
    for box, text in (("d_tel", "123456789018"), ("d_name.given", "１２３４ ５６７８ ９０１８")):
        fill_page(phone, {**COMER, box: text})
        assert phone.status == 422
        assert "マイナンバー（個人番号）と思われる" in phone.text
        assert phone.value(box) == ""
        assert phone.value("d_kana.family") == "かつらぎ"
        assert "9018" not in phone.answer.get_data(as_text=True)
    fill_page(phone, {**COMER, "d_tel": "123456789018"}, "ここまで保存して")
    assert phone.status == 422
    assert "9018" not in "".join(capsys.readouterr())


def test_writing_can_stop_anywhere_and_go_on_later(settings: Settings, phone: Phone) -> None:
    mine = at_the_comer(phone)
    fill_page(phone, {"d_name.family": "前庭", "d_name.given": "花子"}, "ここまで保存して")
    assert "ここまで保存しました" in phone.text
    assert "途中です" in phone.text
    phone.open(mine).link("続きを書く")
    assert phone.heading == "届出に来られた方"
    assert phone.value("d_name.given") == "花子"


def test_a_page_is_asked_only_where_the_answers_lead_to_it(settings: Settings, phone: Phone) -> None:
    mine = booked(phone, "JUM-01")
    form = form_of(settings, "F01")
    boxes = typed(form, example(form))
    phone.open(f"{mine}/forms/F01")
    fill_page(phone, boxes)
    fill_page(phone, {**boxes, "t_same": "false"})
    assert phone.value("t_name.family") == ""
    assert "氏名" in phone.text
    phone.link("前のページへ")
    fill_page(phone, {**boxes, "t_same": "true"})
    assert phone.heading == "必要な証明と通数"


class TestAddress:
    def at_the_address(self, phone: Phone) -> None:
        at_the_comer(phone)
        fill_page(phone, COMER)
        assert phone.heading == "新しい住所・今までの住所"

    def test_a_postal_code_fills_in_the_town_and_keeps_the_rest(self, phone: Phone) -> None:
        self.at_the_address(phone)
        fill_page(phone, {"a_new.zip": "４１０－１１１８", "a_new.katagaki": "前庭ハイツ"}, "住所を出す")
        assert [phone.value(f"a_new.{part}") for part in ("pref", "city", "town")] == [
            "静岡県",
            "裾野市",
            "佐野",
        ]
        assert (phone.value("a_new.zip"), phone.value("a_new.katagaki")) == ("４１０－１１１８", "前庭ハイツ")
        assert "続きを書いてください" in phone.text

    def test_several_towns_become_a_list(self, phone: Phone) -> None:
        self.at_the_address(phone)
        fill_page(phone, {"a_new.zip": "921-8046"}, "住所を出す")
        assert "町名を選んでください" in phone.text
        assert [one.shown for one in phone.page.all("option")][-2:] == ["大桑町", "三小牛町"]

    def test_a_code_of_several_cities_names_them(self, phone: Phone) -> None:
        self.at_the_address(phone)
        fill_page(phone, {"a_new.zip": "498-0000"}, "住所を出す")
        assert "愛知県弥富市、三重県桑名郡木曽岬町" in phone.text
        assert phone.value("a_new.city") == ""

    def test_an_unknown_code_says_what_to_do(self, phone: Phone) -> None:
        self.at_the_address(phone)
        fill_page(phone, {"a_new.zip": "0000000", "a_new.city": "前庭市"}, "住所を出す")
        assert "見つかりませんでした" in phone.text
        assert phone.value("a_new.city") == "前庭市"

    def test_the_page_s_script_asks_the_same(self, phone: Phone) -> None:
        self.at_the_address(phone)
        mine = phone.address.split("/forms/")[0]
        found = phone.client.get(f"{mine}/postal?zip=410-1118").get_json()
        assert found["addresses"][0]["town"] == "佐野"
        assert phone.client.get(f"{mine}/postal?zip=' OR 1=1").get_json() == {"addresses": []}

    def test_an_address_abroad_is_taken(self, phone: Phone) -> None:
        self.at_the_address(phone)
        here = {"a_new.pref": "静岡県", "a_new.city": "前庭市", "a_new.town": "本町", "a_join": "false"}
        fill_page(phone, here)
        fill_page(phone, {"a_prev.pref": "国外", "a_prev.city": "ベトナム"})
        assert phone.status == 200, phone.text


def test_an_expired_page_keeps_what_was_typed(client: FlaskClient, phone: Phone) -> None:
    at_the_comer(phone)
    client.delete_cookie("session")
    fill_page(phone, COMER)
    assert phone.status == 400
    assert phone.value("d_name.family") == "葛\U000e0101城"
    assert fill_page(phone, {}).status == 200


def test_what_was_written_can_be_deleted_at_once(settings: Settings, phone: Phone) -> None:
    mine = at_the_comer(phone)
    fill_page(phone, COMER)
    phone.open(mine).link("書いた申請書の内容を消す").press("申請書の内容を消す")
    assert phone.address == mine
    assert "まだ書いていません" in phone.text
    assert phone.open(f"{mine}/forms/F02").value("kind") == ""


def test_after_cancelling_nothing_can_be_written(phone: Phone) -> None:
    mine = at_the_comer(phone)
    phone.open(mine).link("予約を取り消す").press("予約を取り消す")
    assert phone.open(f"{mine}/forms/F02").heading == "予約を取り消しました"
    assert phone.open(f"{mine}/forms/F02/check").heading == "予約を取り消しました"


def test_who_booked_need_not_write_kana_and_telephone_again(phone: Phone) -> None:
    """WCAG 2.2, 3.3.7: what the same visit knows already stands there, to be put right."""
    phone.open(f"{booked(phone, 'IDO-01')}/forms/F02/todoke")
    assert phone.value("d_tel") == "090-1234-5678"
    assert (phone.value("d_kana.family"), phone.value("d_kana.given")) == ("マエニワ", "ハナコ")
    assert "ちがうときは直してください" in phone.text
