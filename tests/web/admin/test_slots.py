"""Changing slots on a page: look first, then change, or have another administrator confirm it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest

from models.operations.booking import book, cancel
from models.queries import slots
from models.queries.offices import office
from tests.conftest import inside
from tests.operations.test_booking import asked, free
from tests.web.admin.previews import untagged
from tests.web.people import CHIE, Person, employ, post, sign_in

PAGE = "/admin/slots/"
MIKI = Person("miki", "administrator", None)
CLOSING = {"office": "honcho", "kind": "close", "first": "2026-11-27", "last": "", "reason": "設備点検のため"}
WRONG_WEEK = {
    "office": "honcho", "kind": "capacity", "first": "2026-12-06", "last": "2026-12-12", "queue": "A",
    "capacity": "1000",
}  # fmt: skip


@pytest.fixture
def engine():
    """What is shown does not depend on the database."""
    return "sqlite"


@pytest.fixture
def miki(app, settings):
    employ(settings, MIKI)
    return sign_in(app, MIKI)


@pytest.fixture
def made(settings):
    """A booking on Friday."""
    with inside(settings):
        start = next(at for at in free() if f"{office('honcho').day_of(at)}" == "2026-11-27")
        return book(asked(start))


def look(client, change):
    return client.get(f"{PAGE}preview?{urlencode(change)}")


def digest_of(page):
    found = re.search(r'name="digest" value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


def send(client, change, way="change", digest=None):
    page = look(client, change).text
    return post(client, PAGE, PAGE, **change, way=way, digest=digest or digest_of(page))


def test_t7_a_closed_day_is_previewed_with_whom_to_contact_and_nobody_is_named(aya, made, settings):
    page = look(aya, CLOSING).text
    shown = f"{made.reference[:4]}-{made.reference[4:]}"
    for word in ("なくなる枠", "連絡が必要な予約", shown, "2026年11月27日（金）", "設備点検のため", "8:30"):
        assert word in page
    assert "アイコ" not in page
    with inside(settings):
        assert slots.without_place(office("honcho"), office("honcho").day_of(free()[0])) == ()
    answer = send(aya, CLOSING)
    page = aya.get(answer.headers["Location"]).text
    assert "本庁舎の予約枠を変えました。" in page
    assert "本庁舎：連絡が必要な予約 1件" in page
    assert shown in page
    with inside(settings):
        cancel(made.token)
    assert "連絡が必要な予約" not in aya.get(PAGE).text


def test_o9_a_wrong_week_with_1000_places_waits_for_another_administrator(aya, miki, settings):
    page = look(aya, WRONG_WEEK).text
    assert "別の管理者の確認が必要です" in page
    assert "定員がいつもよりとても多い" in page
    assert "このとおり変える" not in page
    forced = send(aya, WRONG_WEEK)
    assert forced.status_code == 303
    assert "/admin/slots/preview?" in forced.headers["Location"]
    assert "別の管理者の確認が必要です。" in aya.get(forced.headers["Location"]).text
    send(aya, WRONG_WEEK, way="propose")
    waiting = "/admin/slots/proposals/1"
    assert waiting in aya.get(PAGE).text
    mine = aya.get(waiting).text
    assert "確かめて、枠を変える" not in mine
    refused = post(aya, waiting, f"{waiting}/confirm", digest=digest_of(look(aya, WRONG_WEEK).text))
    assert "別の管理者の確認が必要です。" in aya.get(refused.headers["Location"]).text
    page = miki.get(waiting).text
    assert "提案した人" in page
    answer = post(miki, waiting, f"{waiting}/confirm", digest=digest_of(page))
    assert "本庁舎の予約枠を変えました。" in miki.get(answer.headers["Location"]).text
    assert miki.get(waiting).status_code == 404


TIMES = {
    "office": "honcho", "kind": "times", "first": "2026-11-25", "last": "2026-12-04", "queue": "A", "lasting": "1",
    "times": "wed0830x1 wed0835x1 fri0830x2 fri1000x1",
}  # fmt: skip


def test_o9_times_of_a_proposal_are_confirmed_by_another_administrator_and_given_up_again(
    aya, miki, settings
):
    page = look(aya, TIMES).text
    for word in ("予約を受ける時刻を変える", "これから公開する日にも続く", "別の管理者に提案する"):
        assert word in page
    send(aya, TIMES, way="propose")
    waiting = "/admin/slots/proposals/1"
    answer = post(miki, waiting, f"{waiting}/confirm", digest=digest_of(miki.get(waiting).text))
    page = miki.get(answer.headers["Location"]).text
    assert "本庁舎の予約枠を変えました。" in page
    assert "時刻を決めている業務" in page
    with inside(settings):
        clocks = {
            f"{at.astimezone(office('honcho').zone):%H:%M}"
            for at in free()
            if f"{at:%m%d}" in ("1203", "1127")
        }
    assert {"08:30", "10:00"} <= clocks
    back = unescape(re.search(r'href="(/admin/slots/preview[^"]+kind=times[^"]+)"', page)[1])
    assert "ふつうの枠に戻す" in miki.get(back).text


FEWER = {"office": "honcho", "kind": "capacity", "first": "2026-11-27", "last": "2026-11-27", "queue": "A"}


def test_a_capacity_is_told_with_what_it_was_and_goes_back_by_the_same_preview(aya):
    assert "まだ何も変えていません" in aya.get(PAGE).text
    send(aya, {**FEWER, "capacity": "2"})
    page = aya.get(PAGE).text
    assert re.search("本庁舎　.+　2026年11月27日（金）　1枠の定員：1 → 2", untagged(page))
    back = unescape(re.search(r'href="(/admin/slots/preview[^"]+)">この前にもどす', page)[1])
    asked = dict(re.findall(r"(\w+)=([^&]+)", back))
    assert asked == {**FEWER, "capacity": "1"}
    send(aya, asked)
    assert "1枠の定員：2 → 1" in aya.get(PAGE).text
    send(aya, {**FEWER, "capacity": "0"})
    assert re.search(r"1枠の定員：1 → 0\s*</td><td[^>]*>—</td>", aya.get(PAGE).text), (
        "what is closed stays closed"
    )
    assert "予約枠　本庁舎" in aya.get("/admin/changes/").text


def test_times_that_cannot_be_read_are_told(aya):
    answer = look(aya, {**TIMES, "times": "wed0830"})
    assert answer.status_code == 422
    assert "予約の時刻を読めません。" in answer.text


def test_o9_a_proposal_that_no_longer_fits_can_only_be_put_away(aya, miki):
    send(aya, WRONG_WEEK, way="propose")
    send(aya, {**CLOSING, "first": "2026-12-08"})
    waiting = "/admin/slots/proposals/1"
    page = miki.get(waiting).text
    assert "提案のあとに枠が変わりました" in page
    assert "確かめて、枠を変える" not in page
    answer = post(miki, waiting, f"{waiting}/drop")
    assert "提案を下げました。" in miki.get(answer.headers["Location"]).text


def test_a_change_that_was_previewed_in_another_world_is_shown_again(aya):
    old = digest_of(look(aya, CLOSING).text)
    send(aya, {**CLOSING, "kind": "hours", "opens": "09:00", "closes": "12:00"})
    answer = send(aya, CLOSING, digest=old)
    assert "見たあとに枠が変わりました。" in aya.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"first": "2026-02-30"}, "日を選んでください。"),
        ({"last": "2026-11-20"}, "終わりの日を始まりの日より後に"),
        ({"office": "nowhere"}, "庁舎を選んでください。"),
        ({"kind": "tea"}, "変更の種類を選んでください。"),
        ({"reason": ""}, "理由を100文字までで"),
        ({"kind": "hours", "opens": "12:00", "closes": "9"}, "時刻を選んでください。"),
        ({"kind": "hours", "opens": "12:00", "closes": "09:00"}, "開く時刻を、閉じる時刻より前に"),
        ({"kind": "capacity", "queue": "A", "capacity": "多"}, "定員は0から1000までの数に"),
    ],
)
def test_what_cannot_be_is_named_and_what_was_typed_is_kept(aya, other, said):
    answer = look(aya, {**CLOSING, **other})
    assert answer.status_code == 422
    assert said in answer.text
    if "reason" not in other:
        assert "設備点検のため" in answer.text


def test_a_manager_does_not_come_in(app, settings):
    employ(settings, CHIE)
    client = sign_in(app, CHIE)
    for path in (PAGE, f"{PAGE}preview", f"{PAGE}proposals/1"):
        assert client.get(path).status_code == 403


def test_what_changes_nothing_is_said_and_cannot_be_done(miki):
    sunday = {"office": "honcho", "kind": "capacity", "first": "2026-12-06", "queue": "A", "capacity": "1"}
    nothing = look(miki, sunday)
    assert "変わるところはありません" in untagged(nothing.text)
    assert "このとおり変える" not in nothing.text
    told_to_residents = look(miki, CLOSING | {"first": "2026-11-29"})
    assert "変わるところはありません" not in untagged(told_to_residents.text)
    assert "このとおり変える" in told_to_residents.text
