"""What a city sets: looked at first, done once, kept with what it was before, and taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.core.errors import Invalid
from models.operations import counters, slots
from models.operations.booking import book
from models.queries import bookings, catalogue, offices
from models.queries import slots as places
from tests.conftest import inside
from tests.operations.test_booking import asked, free, honcho
from tests.web.admin.previews import back_of, boxes, changed, done, keep, look
from tests.web.people import AYA, post, sign_in

OFFICE, COUNTERS, OFFERED = (f"/admin/offices/honcho{path}" for path in ("", "/counters", "/procedures"))
PROCEDURE, WORDS = "/admin/procedures/JUM-01", "/admin/words/home"


@pytest.fixture
def engine():
    """What is shown does not depend on the database."""
    return "sqlite"


def test_an_office_is_renamed_as_previewed_seen_by_residents_and_renamed_back(aya, client):
    preview = look(aya, OFFICE, name="前庭市役所", telephone="0000-20-9999")
    for word in ("庁舎の名前", "本庁舎", "前庭市役所", "0000-20-9999", "まだ変えていません"):
        assert word in preview.text
    assert "本庁舎" in client.get("/offices").text
    page = keep(aya, OFFICE, preview)
    assert "庁舎の名前：本庁舎 → 前庭市役所" in page
    assert "前庭市役所" in client.get("/offices").text
    page = keep(aya, OFFICE, aya.get(back_of(page)))
    assert page.count("庁舎の名前：") == 2
    assert "本庁舎" in client.get("/offices").text
    assert "前庭市役所 → 本庁舎" in page
    assert "庁舎の名前と場所　本庁舎" in aya.get("/admin/changes/").text
    # what somebody else changed meanwhile is not overwritten
    mine = look(aya, OFFICE, telephone="0000-20-1000")
    keep(aya, OFFICE, look(aya, OFFICE, address="前庭市本町2番"))
    assert "見たあとに、ほかの人が変えました。" in keep(aya, OFFICE, mine)
    assert "0000-20-1000" not in aya.get(OFFICE).text


def test_an_office_that_is_added_is_seen_once_it_offers_something(aya, client, settings):
    new = {**boxes(aya.get(OFFICE)), "code": "kita", "name": "北支所", "name_en": "", "name_easy": ""}
    wrong = post(
        aya,
        "/admin/offices/new",
        "/admin/offices/new",
        **{**new, "code": "北", "address": "", "telephone": "夜"},
    )
    assert wrong.status_code == 422
    for word in ("3か所を直してください", "英字の小文字", "数字とハイフン"):
        assert word in wrong.text
    preview = post(aya, "/admin/offices/new", "/admin/offices/new", **new).text
    assert "足した庁舎は消せません" in preview
    assert "北支所" not in aya.get("/admin/offices/").text
    page = aya.get(done(aya, "/admin/offices/new", "/admin/offices/new", **new).headers["Location"]).text
    assert "「北支所」を足しました。" in page
    assert "北支所" not in client.get("/").text
    again = post(aya, "/admin/offices/new", "/admin/offices/new", **new)
    assert "この略号の庁舎は、もうあります。" in again.text
    kita = "/admin/offices/kita"
    refused = post(aya, f"{kita}/procedures", f"{kita}/procedures", procedure="JUM-01", do="look")
    assert "受け持つ窓口がありません。" in refused.text
    keep(aya, f"{kita}/counters", look(aya, f"{kita}/counters", **{"number.0": "１", "queues.0": "ａ、ｂ"}))
    keep(aya, f"{kita}/procedures", look(aya, f"{kita}/procedures", procedure="JUM-01"))
    assert "北支所" in client.get("/").text
    with inside(settings):
        assert [one.queues for one in offices.counters_of(offices.office("kita"))] == [("A", "B")]


def test_counters_change_as_previewed_for_the_next_nights_slots_and_back(aya, settings):
    with inside(settings):
        last = places.last_published(honcho())
        assert last is not None
        counters.open_counter(honcho(), "2", "ben")
    preview = look(
        aya,
        COUNTERS,
        **{"name.0": "証明書・税", "queues.0": "A K", "number.6": ""},
        **{f"number.{8 + at}": str(11 + at) for at in range(3)},
        **{f"queues.{8 + at}": "A" for at in range(3)},
    )
    for word in ("証明書・税　A → K", "11番", "業務Aの予約枠を作る窓口の数が 1 から 4 に変わります"):
        assert word in preview.text
    page = keep(aya, COUNTERS, preview)
    assert "7番：税　K → A → なし" in page
    with inside(settings):
        found = {one.number: one.queues for one in offices.counters_of(honcho())}
        slots.publish(last + timedelta(days=1), last + timedelta(days=7))
        made = [one for one in places.published(honcho(), last, last + timedelta(days=7)) if one.queue == "A"]
    assert (found["1"], found["11"], "7" in found) == (("A", "K"), ("A",), False)
    assert {one.capacity for one in made} == {1, 2}, "more from the next published day on"
    keep(aya, COUNTERS, aya.get(back_of(page)))
    with inside(settings):
        assert offices.counter(honcho(), "7").queues == ("K", "A")
        assert "11" not in {one.number for one in offices.counters_of(honcho())}
    for other, said in (
        ({"queues.0": "A X"}, "「X」という業務はありません。"),
        ({"number.1": "1"}, "1番の窓口が2つあります。"),
        ({"queues.0": ""}, "1つ以上書いてください"),
        ({"number.1": ""}, "2番の窓口は、いま職員が使っています。"),
        ({"queues.5": "A"}, "業務H（"),
        ({}, "いまと同じです。"),
    ):
        answer = look(aya, COUNTERS, **other)
        assert answer.status_code == 422, other
        assert said in answer.text, other


def test_a_procedure_that_is_offered_no_more_keeps_its_bookings(aya, settings, client):
    with inside(settings):
        made = book(asked(free()[0]))
    ticked = boxes(aya.get(OFFERED))["procedure"]
    preview = look(aya, OFFERED, procedure=[code for code in ticked if code != "JUM-01"])
    for word in ("やめる手続きの予約が1件あります", "予約は取り消されません。", "受け付けない"):
        assert word in preview.text
    page = keep(aya, OFFERED, preview)
    with inside(settings):
        assert bookings.by_token(made.token).state == "booked"
        with pytest.raises(Invalid):
            free()
    assert client.get(f"/bookings/{made.token}").status_code == 200
    keep(aya, OFFERED, aya.get(back_of(page)))
    with inside(settings):
        assert free()


def test_a_procedure_is_worded_and_set_in_a_new_edition_and_again_as_the_catalogue_has_it(
    aya, client, settings
):
    with inside(settings):
        made, edition = book(asked(free()[0])), catalogue.current_edition()
    preview = look(
        aya,
        PROCEDURE,
        ja="住民票",
        fee_yen="400",
        desk="12",
        **{"item.2": "seal", "when.2": "印を登録する人"},
    )
    for word in (
        "手続きの名前",
        "住民票の写しの交付",
        "400",
        "8分",
        "12分",
        "（印を登録する人）",
        "ほかの言葉の名前も",
    ):
        assert word in preview.text
    page = keep(aya, PROCEDURE, preview)
    public = re.search(r'href="([^"]+)">住民の画面で見る', page)[1]
    with inside(settings):
        now_set = catalogue.current().procedures["JUM-01"]
        assert (now_set.words.ja, now_set.fee_yen, now_set.minutes.desk) == ("住民票", 400, 12)
        assert [one.item for one in now_set.bring] == ["id12", "poa", "seal"]
        assert bookings.by_token(made.token).edition == edition
        assert catalogue.edition(edition).procedures["JUM-01"].minutes.desk == 8
    assert "400" in client.get(public).text
    assert "目録では：300" in page
    page = keep(aya, PROCEDURE, aya.get(back_of(page)))
    with inside(settings):
        assert catalogue.current().procedures["JUM-01"].words.ja == "住民票の写しの交付"
        assert catalogue.current().digest == catalogue.edition(edition).digest
    for other, said in (
        ({"ja": ""}, "書いてください。"),
        ({"desk": "30"}, "「窓口の時間」は、「全体の時間」より長くできません。"),
        ({"fee_yen": "無料"}, "0から1000000までの数"),
        ({"easy": "住民票{ju}"}, "読みがなは"),
        ({"item.2": "id12"}, "同じ持ち物が2回あります。"),
        ({"booking": "x"}, "予約のしかたを選んでください。"),
    ):
        answer = look(aya, PROCEDURE, **other)
        assert answer.status_code == 422, other
        assert said in answer.text, other
    assert aya.get("/admin/procedures/NO-99").status_code == 404


def test_the_citys_own_words_are_shown_until_their_last_day(aya, client, clock):
    preview = look(
        aya,
        WORDS,
        ja="工事をしています。\n<b>バスで</b>",
        easy="工事{こうじ}をしています。",
        until="2026-11-30",
    )
    assert "すぐに住民の画面に出ます。" in preview.text
    assert "工事を" not in client.get("/").text
    page = keep(aya, WORDS, preview)
    assert "工事をしています。<br>&lt;b&gt;バスで" in client.get("/").text
    assert "<rt>こうじ</rt>" in client.get("/?lang=ja-easy").text
    other = client.get("/?lang=vi").text
    assert "viết bằng tiếng Nhật" in other
    assert '<span lang="ja">工事をしています。<br>&lt;b&gt;バスで' in other
    assert "工事を" not in client.get("/offices?lang=ja").text
    typed = {
        **boxes(aya.get(WORDS)),
        "vi": "Đang sửa <đường>.",
        "ne": "काम गर्\u200dयो",
        "en": "We are building.",
    }
    assert "Tiếng Việt：Đang sửa &lt;đường&gt;." in changed(aya, WORDS, **typed)
    own = client.get("/?lang=vi").text
    assert "Đang sửa &lt;đường&gt;." in own
    assert "viết bằng" not in own
    assert "काम गर्\u200dयो" in client.get("/?lang=ne").text
    assert '<span lang="en">We are building.' in client.get("/?lang=ko").text
    client.get("/?lang=ja")
    clock.tick(timedelta(days=5))
    assert "工事を" in client.get("/").text
    clock.tick(timedelta(days=2))
    assert "工事を" not in client.get("/").text
    aya = post_again(aya)
    for alone in ("en", "vi", "easy"):
        assert "日本語でも書いてください。" in look(aya, WORDS, **{alone: "x"}, ja="").text
    wrong = look(aya, WORDS, ja="工事", ko="\u202ex").text
    assert re.search(r'<details class="group" open>.*使えない文字.*</details>', wrong, re.S)
    keep(aya, WORDS, aya.get(back_of(page)))
    assert "何も出していません。" in aya.get("/admin/words/").text
    assert aya.get("/admin/words/nowhere").status_code == 404


def post_again(client):
    """The same administrator after a week: signed in anew."""
    return sign_in(client.application, AYA)


def test_numbers_and_texts_are_looked_at_kept_and_taken_back(aya):
    hall = "/admin/hall/?office=honcho"
    page = keep(aya, hall, look(aya, hall, office="honcho", grace_minutes="25", several="walk"))
    assert "何分までの遅れを待つか：10分 → 25分" in page
    back = aya.get(back_of(page))
    assert "まだ変えていません" in back.text
    assert "1つの番号で、窓口を順に回る" in back.text
    assert boxes(aya.get(hall))["grace_minutes"] == "25"
    page = keep(aya, hall, back)
    assert "何分までの遅れを待つか：25分 → 10分" in page
    assert "手続きがあるとき：1つの番号で、窓口を順に回る → 1つの番号で、1つの窓口" in page
    places = "/admin/places/?office=honcho"
    page = changed(
        aya, places, **{**boxes(aya.get(places)), "office": "honcho", "offer_minutes": "90"}, waiting_list=""
    )
    assert "ご案内を取っておく時間：60分 → 90分" in page
    assert "キャンセル待ちを受け付ける：はい → いいえ" in page
    page = keep(aya, places, aya.get(back_of(page)))
    assert boxes(aya.get(places))["offer_minutes"] == "60"
    text = "/admin/messages/texts/reminder/ja"
    first = boxes(aya.get(text))["subject"]
    page = keep(aya, text, look(aya, text, subject="あしたお待ちしています"))
    assert f"件名：{first} → あしたお待ちしています" in page
    keep(aya, text, aya.get(back_of(page)))
    assert "はじめの文面のままです" in aya.get(text).text
    for what in ("庁舎の決まり　本庁舎", "空いた枠　本庁舎", "お知らせの文面"):
        assert what in aya.get("/admin/changes/").text
