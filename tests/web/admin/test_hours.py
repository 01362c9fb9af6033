"""An office's hours on a page: what residents will see first, then the change, then the way back."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models.operations.booking import book
from models.queries.offices import office
from tests.conftest import inside
from tests.operations.test_booking import asked, free
from tests.web.admin.previews import untagged
from tests.web.people import AYA, Person, employ, post, sign_in

PAGE = "/admin/hours/"
MIKI = Person("miki", "administrator", None)
WEEK = {
    "office": "honcho", "first": "2026-11-30",
    **{f"hours.{day}": "8:30-17:15" for day in range(5)}, "hours.5": "9:00-12:00",
}  # fmt: skip


@pytest.fixture
def engine():
    """What is shown does not depend on the database."""
    return "sqlite"


@pytest.fixture
def aya(app, settings):
    employ(settings, AYA, MIKI)
    return sign_in(app, AYA)


def fields_of(page):
    """The hidden fields of the form that does what was previewed."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def do(client, preview, way="change"):
    """Press the button of a preview; the page that follows."""
    answer = post(client, preview, "/admin/slots/", **fields_of(client.get(preview).text), way=way)
    assert answer.status_code == 303
    return client.get(answer.headers["Location"]).text


def test_weekly_hours_are_previewed_proposed_confirmed_seen_by_residents_and_taken_back(app, aya, client):
    page = aya.get(PAGE).text
    for word in (
        "開庁時間と閉庁日",
        "8:30〜19:00",
        "まだ何も変えていません。",
        "これからの特別な日はありません。",
    ):
        assert word in page
    preview = aya.get(f"{PAGE}week", query_string=WEEK).headers["Location"]
    page = aya.get(preview).text
    for word in (
        "住民の画面に出る時間",
        "8:30〜19:00",
        "9:00〜12:00",
        "2026年11月30日（月）から",
        "別の管理者に提案する",
    ):
        assert word in untagged(page)
    do(aya, preview, way="propose")
    miki, waiting = sign_in(app, MIKI), "/admin/slots/proposals/1"
    page = miki.get(waiting).text
    digest = re.search(r'name="digest" value="([0-9a-f]{32})"', page)[1]
    post(miki, waiting, f"{waiting}/confirm", digest=digest)
    assert "11月30日（月） から、開いている時間が変わります" in untagged(client.get("/offices").text)
    page = aya.get(PAGE).text
    assert "miki" in page
    assert "土：休み → 9:00〜12:00" in page
    back = unescape(re.search(r'href="(/admin/slots/preview[^"]+back=\d+)"', page)[1])
    do(aya, back, way="propose")
    assert "/admin/slots/proposals/2" in aya.get("/admin/slots/").text


def test_a_closed_day_is_listed_and_given_up_again_on_the_page(aya, settings):
    with inside(settings):
        start = next(at for at in free() if f"{office('honcho').day_of(at)}" == "2026-11-27")
        book(asked(start))
    closing = "/admin/slots/preview?office=honcho&kind=close&first=2026-11-27&reason=設備点検のため"
    assert "休み（設備点検のため）" in aya.get(closing).text
    do(aya, closing)
    page = aya.get(PAGE).text
    for word in ("休み（設備点検のため）", "連絡が必要な予約が1件あります", "曜日ごとの時間 → 休み", "aya"):
        assert word in page
    usual = unescape(re.search(r'href="(/admin/slots/preview[^"]+kind=usual[^"]+)"', page)[1])
    page = do(aya, usual)
    assert "本庁舎の予約枠を変えました。" in page
    assert "これからの特別な日はありません。" in page
    assert "連絡が必要な予約が" not in page
    again = unescape(re.findall(r'href="(/admin/slots/preview[^"]+back=\d+)"', page)[0])
    assert "設備点検のため" in do(aya, again)


def test_what_cannot_be_is_said_in_words_and_what_was_typed_is_kept(aya):
    wrong = aya.get(f"{PAGE}week", query_string={**WEEK, "hours.1": "17:15-8:30", "hours.2": "朝から"})
    assert wrong.status_code == 422
    for word in ("2か所を直してください", "閉じる時刻より前", "「8:30-17:15」のように", 'value="朝から"'):
        assert word in wrong.text
    late = aya.get(f"{PAGE}week", query_string={**WEEK, "first": "2026-11-24"})
    assert "あしたから後の日を選んでください。" in late.text
    same = {**WEEK, "hours.3": "8:30-19:00", "hours.5": ""}
    assert "いまの時間と同じです。" in aya.get(f"{PAGE}week", query_string=same).text
    for kind, status in (("week", 422), ("back&back=99", 404), ("back&back=x", 404), ("usual&last=x", 422)):
        sent = f"/admin/slots/preview?office=honcho&first=2026-11-30&kind={kind}"
        assert aya.get(sent).status_code == status
