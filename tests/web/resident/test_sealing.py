"""Forms of an office that seals: without scripts the server seals and forgets, and nothing of them is left readable."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from models.core.clock import now
from models.operations import scanning, sealing_keys, sealing_policy
from models.queries import applications, bookings
from models.queries import envelopes as kept
from models.queries.offices import office
from tests.conftest import inside
from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone, Sent

MINE: Sent = {
    "F01.r_name.family": "葛󠄀城", "F01.r_name.given": "𠮷彦",
    "F01.r_kana.family": "かつらぎ", "F01.r_kana.given": "よしひこ",
    "F01.r_birth.era": "昭和", "F01.r_birth.year": "60", "F01.r_birth.month": "4", "F01.r_birth.day": "5",
    "F01.r_addr.zip": "410-1118", "F01.r_addr.pref": "静岡県", "F01.r_addr.city": "前庭市", "F01.r_addr.town": "佐野",
    "F01.r_addr.block": "1059番地の2", "F01.r_tel": "055-992-1111", "F01.r_rel": "本人", "F01.t_same": "true",
    "F01.kind": ["住民票の写し（世帯全員）"], "F01.copies.1": "1",
}  # fmt: skip


def turned_on(app: Flask) -> None:
    with inside(app.extensions["maeniwa"].settings):
        sealing_keys.make_ahead(office("honcho").day_of(now()))
        sealing_policy.set_policy(office("honcho"), seals=True, actor="admin")


@pytest.fixture
def mine(app: Flask, phone: Phone) -> str:
    turned_on(app)
    return booked(phone, "JUM-01")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestWithoutScripts:
    def test_the_steps_that_the_server_would_read_lead_to_the_sealed_page(
        self, phone: Phone, mine: str
    ) -> None:
        phone.open(f"{mine}/forms/F01")
        assert phone.heading == "申請書を書いて、封をする"
        phone.open(f"{mine}/forms/F01/check")
        assert phone.heading in ("申請書を書いて、封をする", "まだ書いていないところがあります")

    def test_what_is_missing_is_named_and_nothing_typed_is_lost(self, phone: Phone, mine: str) -> None:
        phone.open(f"{mine}/sealed").press("封をして、QRコードを作る", {"F01.r_name.family": "葛󠄀城"})
        assert phone.status == 422
        assert phone.value("F01.r_name.family") == "葛󠄀城"
        phone.open(f"{mine}/sealed").press("封をして、QRコードを作る")
        assert "まだ何も書かれていません" in phone.text

    def test_what_is_whole_becomes_a_code_that_only_the_counter_opens(
        self, app: Flask, phone: Phone, mine: str
    ) -> None:
        phone.open(f"{mine}/sealed").press("封をして、QRコードを作る", MINE)
        assert phone.status == 200, phone.text
        assert "開けられるのは、窓口だけです" in phone.text
        picture = phone.client.get(f"{mine}/sealed/1.png")
        (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.data)))
        with inside(app.extensions["maeniwa"].settings):
            booking = bookings.by_token(mine.rsplit("/", 1)[1])
            assert applications.of_booking(booking.id) == ()
            seen = scanning.scan(office("honcho"), found.text, "1", "aoki")
            assert seen.booking == booking
            fields = applications.fields_of(seen.applications[0].application)
            assert fields["r_name"] == "葛󠄀城　𠮷彦"
            assert fields["r_kana"] == "カツラギ　ヨシヒコ"
            assert fields["r_birth"] == "1985-04-05"
            assert seen.applications[0].application.state == "ready"

    def test_what_the_booking_says_is_not_asked_again(self, app: Flask, phone: Phone, mine: str) -> None:
        phone.open(f"{mine}/sealed")
        assert "予約のときに書いたものを、はじめから入れてあります" in phone.text
        assert [phone.value(f"F01.{name}") for name in ("r_kana.family", "r_kana.given", "r_tel")] == [
            "マエニワ",
            "ハナコ",
            "090-1234-5678",
        ]
        assert phone.value("F01.t_kana.family") == "", "that is somebody else's"
        typed = {name: text for name, text in MINE.items() if "kana" not in name and "r_tel" not in name}
        phone.press("封をして、QRコードを作る", typed)
        (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(phone.client.get(f"{mine}/sealed/1.png").data)))
        with inside(app.extensions["maeniwa"].settings):
            seen = scanning.scan(office("honcho"), found.text, "1", "aoki")
            fields = applications.fields_of(seen.applications[0].application)
            assert (fields["r_kana"], fields["r_tel"]) == ("マエニワ　ハナコ", "090-1234-5678")

    def test_what_one_form_says_of_a_person_is_put_into_the_others_to_be_looked_at(
        self, app: Flask, phone: Phone, mine: str
    ) -> None:
        page = f"{booked(phone, 'JUM-01', 'INK-02')}/sealed"
        certificate = {"F04.card": "true", "F04.r_same": "true", "F04.copies": "1"}
        assert "ほかの申請書にも入ります" in phone.open(page).text
        phone.press("封をして、QRコードを作る", {**MINE, **certificate})
        assert phone.status == 422
        assert "ほかの申請書に書いたものを入れました" in phone.text
        assert "か所を直してください" not in phone.text
        found = [phone.value(f"F04.t_{name}") for name in ("name.family", "birth.year", "addr.block")]
        assert found == ["葛󠄀城", "60", "1059番地の2"]
        phone.press("封をして、QRコードを作る")
        (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(phone.client.get(f"{page}/1.png").data)))
        with inside(app.extensions["maeniwa"].settings):
            seen = scanning.scan(office("honcho"), code.text, "1", "aoki")
            fields = {
                one.application.form: applications.fields_of(one.application) for one in seen.applications
            }
            assert fields["F04"]["t_name"] == fields["F01"]["r_name"] == "葛󠄀城　𠮷彦"

    def test_what_is_wrong_says_in_which_of_the_forms(self, phone: Phone, mine: str) -> None:
        page = f"{booked(phone, 'JUM-01', 'INK-02')}/sealed"
        typed = {"F01.r_name.family": "葛󠄀城", "F04.card": "true", "F04.copies": "一通"}
        phone.open(page).press("封をして、QRコードを作る", typed)
        where = {one.get("href")[:6]: one.shown for one in phone.page.all("a") if "#f-F" in one.get("href")}
        assert where["#f-F01"].startswith("住民票の写し等交付請求書：")
        assert where["#f-F04"].startswith("印鑑登録証明書交付申請書：")

    def test_who_comes_is_written_once_for_two_certificates(self, phone: Phone, mine: str) -> None:
        page = f"{booked(phone, 'JUM-01', 'KOS-01')}/sealed"
        typed = {name: text for name, text in MINE.items() if "kana" not in name and "r_tel" not in name}
        phone.open(page).press("封をして、QRコードを作る", {**typed, "F05.r_rel": "本人"})
        found = [phone.value(f"F05.r_{name}") for name in ("name.given", "birth.month", "addr.town")]
        assert found == ["𠮷彦", "4", "佐野"]

    def test_what_is_wrong_in_one_form_is_put_into_no_other(self, phone: Phone, mine: str) -> None:
        page = f"{booked(phone, 'JUM-01', 'INK-02')}/sealed"
        number = {"F01.r_addr.block": "123456789018", "F04.card": "true", "F04.r_same": "true"}
        phone.open(page).press("封をして、QRコードを作る", {**MINE, **number})
        assert (phone.value("F04.t_name.family"), phone.value("F04.t_addr.block")) == ("葛󠄀城", "")
        assert "123456789018" not in phone.answer.text

    def test_it_is_deleted_at_once(self, app: Flask, phone: Phone, mine: str) -> None:
        phone.open(f"{mine}/sealed").press("封をして、QRコードを作る", MINE)
        phone.press("封をした申請書を消す")
        assert "開けられるのは" not in phone.text
        assert phone.client.get(f"{mine}/sealed/1.png").status_code == 410
        with inside(app.extensions["maeniwa"].settings):
            assert kept.of_booking(bookings.by_token(mine.rsplit("/", 1)[1]).id) is None

    def test_a_my_number_is_refused_and_not_shown_again(self, phone: Phone, mine: str) -> None:
        phone.open(f"{mine}/sealed").press(
            "封をして、QRコードを作る", {**MINE, "F01.r_addr.block": "123456789018"}
        )
        assert phone.status == 422
        assert "123456789018" not in phone.answer.text

    def test_an_office_that_does_not_seal_has_no_such_page(self, phone: Phone) -> None:
        other = booked(phone, "JUM-01")
        phone.open(f"{other}/sealed")
        assert phone.heading != "申請書を書いて、封をする"
