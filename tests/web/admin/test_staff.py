"""Accounts and tokens: every secret is shown once, to an administrator who signed in lately."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from models.core.clock import now
from models.core.errors import Unavailable
from models.operations import accounts
from models.queries import setting_changes, staff
from models.queries.setting_changes import STAFF, TOKEN
from tests.conftest import inside
from tests.web.admin.previews import done, untagged
from tests.web.people import AYA, BEN, PASSWORD, employ, post, sign_in
from tests.web.resident.phone import Page
from web.access import policy_of
from web.admin.account_outlook import ABILITIES
from web.admin.role_names import ROLES

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PAGE = "/admin/staff/"


@pytest.fixture
def aya(app, settings):
    employ(settings, AYA, BEN)
    return sign_in(app, AYA)


def secret(page: str) -> str:
    found = re.search(r'<p class="big number" lang="en">([^<]+)</p>', page)
    return html.unescape(found[1]) if found else ""


def test_somebody_is_invited_and_the_code_is_shown_once(aya, app):
    answer = done(
        aya, PAGE, f"{PAGE}invite", username="Emi", name="市民課 恵美", role="counter", office="honcho"
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    page = aya.get(PAGE).text
    code = secret(page)
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    assert "合言葉を待っています" in page
    assert secret(aya.get(PAGE).text) == ""
    emi = app.test_client()
    assert post(emi, "/staff/code", "/staff/code", code=code).status_code == 303
    assert (
        post(emi, "/staff/password", "/staff/password", password=PASSWORD, again=PASSWORD).status_code == 303
    )


def test_an_invitation_says_first_what_the_person_can_do_and_is_handed(aya, settings):
    fields = {"username": "emi", "name": "恵美", "role": "counter", "office": "honcho"}
    page = post(aya, PAGE, f"{PAGE}invite", **fields).text
    able, unable = page.split("できないこと")
    assert "申請書の中身を見て、印刷する" in able
    assert "すべての設定を変える" not in able
    assert "すべての設定を変える" in unable
    assert "http://localhost/staff/code を開き" in page
    assert "72時間のうちに1回だけ" in page
    with inside(settings):
        assert staff.by_username("emi") is None


def test_what_an_account_can_do_is_what_the_doors_say(app):
    with app.test_request_context():
        said = {role: {name for name in ABILITIES if role in policy_of(app, name).names} for role in ROLES}
    assert said["concierge"] < said["counter"]
    assert said["administrator"] == {"reports.overview", "staff.page"}
    assert set().union(*said.values()) == set(ABILITIES)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"username": "ben", "role": "counter"}, "この利用者名はもう使われています"),
        ({"username": "あ", "role": "counter"}, "利用者名は半角の英小文字"),
        ({"username": "emi", "role": "mayor"}, "役割を選んでください。"),
        ({"username": "emi", "role": "counter", "office": "nowhere"}, "見つかりませんでした"),
    ],
)
def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(aya, fields, says):
    answer = post(aya, PAGE, f"{PAGE}invite", name="恵美", **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="恵美"' in answer.text
    assert secret(answer.text) == ""


def test_a_new_code_ends_sessions_and_the_old_password(aya, app):
    ben = sign_in(app, BEN)
    assert "合言葉を使うまで、ありません" in post(aya, PAGE, f"{PAGE}ben/code").text
    assert ben.get("/staff/password").status_code == 200
    done(aya, PAGE, f"{PAGE}ben/code")
    assert secret(aya.get(PAGE).text)
    assert ben.get("/staff/password").status_code == 302


def test_an_account_is_closed_and_opened_again(aya, app):
    ben = sign_in(app, BEN)
    assert "サインイン中でも、次の操作で終わります" in post(aya, PAGE, f"{PAGE}ben/close").text
    assert ben.get("/staff/password").status_code == 200
    done(aya, PAGE, f"{PAGE}ben/close")
    page = aya.get(PAGE).text
    assert "ben を閉じました" in page
    assert "閉じています" in page
    assert ben.get("/staff/password").status_code == 302
    assert "前のパスワードで、すぐにサインインできます" in post(aya, PAGE, f"{PAGE}ben/open").text
    assert "閉じています" in aya.get(PAGE).text
    done(aya, PAGE, f"{PAGE}ben/open")
    assert sign_in(app, BEN).get("/staff/password").status_code == 200
    page = aya.get(PAGE).text
    assert "ben　使える：はい → いいえ" in page
    assert "ben　使える：いいえ → はい" in page
    assert "back=" not in page
    assert "職員　ben" in aya.get("/admin/changes/").text


def test_everything_that_is_missing_is_said_at_once_and_who_is_new_has_nothing_now(aya):
    refused = untagged(post(aya, PAGE, f"{PAGE}invite", username="", name="", role="").text)
    assert "2か所を直してください" in refused
    assert "利用者名は半角の英小文字" in refused
    assert "役割を選んでください。" in refused
    preview = post(aya, PAGE, f"{PAGE}invite", username="emi", name="恵美", role="counter", office="")
    assert re.findall(r'<th scope="col">([^<]+)', preview.text) == ["項目", "これから"]


def test_of_people_and_keys_is_kept_what_happened_and_neither_names_nor_secrets(aya, settings):
    done(aya, PAGE, f"{PAGE}invite", username="emi", name="恵美", role="counter", office="honcho")
    first = secret(aya.get(PAGE).text)
    assert "emi　役割：窓口" in aya.get(PAGE).text
    done(aya, PAGE, f"{PAGE}emi/code")
    second = secret(aya.get(PAGE).text)
    done(aya, PAGE, f"{PAGE}tokens", label="住民記録", token_role="counter", token_office="honcho")
    token = secret(aya.get(PAGE).text)
    assert "1番　つなぐシステム：住民記録" in aya.get(f"{TOKENS}").text
    with inside(settings):
        kept = [(one.topic, one.of, one.before, one.after) for one in setting_changes.history(STAFF, TOKEN)]
    assert len(kept) >= 3
    for hidden in ("恵美", first, second, first.replace("-", ""), token, PASSWORD):
        assert hidden not in str(kept)


def test_one_cannot_close_oneself_nor_somebody_who_does_not_exist(aya):
    post(aya, PAGE, f"{PAGE}aya/close")
    assert "自分の利用者は閉じられません" in aya.get(PAGE).text
    assert post(aya, PAGE, f"{PAGE}nobody/close").status_code == 404


def test_a_token_is_shown_once_and_works(aya, settings):
    fields = {"label": "住民記録", "token_role": "counter", "token_office": "honcho"}
    assert "鍵を持つ人は、だれでもこのとおりにできます" in post(aya, PAGE, f"{PAGE}tokens", **fields).text
    with inside(settings):
        assert staff.access_tokens() == ()
    assert done(aya, PAGE, f"{PAGE}tokens", **fields).status_code == 303
    token = secret(aya.get(PAGE).text)
    assert secret(aya.get(PAGE).text) == ""
    with inside(settings):
        holder = staff.by_bearer(token)
    assert holder is not None
    assert holder.office_id is not None


@pytest.mark.parametrize(
    "fields", [{"token_role": "mayor"}, {"token_role": "counter", "token_office": "nowhere"}]
)
def test_a_token_for_nothing_is_refused(aya, fields):
    answer = post(aya, PAGE, f"{PAGE}tokens", **fields)
    assert answer.status_code == 422
    assert secret(answer.text) == ""


TOKENS = "/admin/tokens/"


def given(aya, days="365"):
    """A token that works, and what it opens with."""
    done(aya, PAGE, f"{PAGE}tokens", label="基幹系", token_role="manager", token_days=days)
    return {"Authorization": f"Bearer {secret(aya.get(PAGE).text)}"}


MEASURES = "/api/v1/offices/honcho/stats?from=2026-11-01&to=2026-11-02"


def test_tokens_are_listed_with_their_use_and_one_is_stopped_after_it_was_asked_for(aya, app, settings):
    bearer = given(aya)
    page = aya.get(TOKENS).text
    assert "まだ使われていません" in page
    assert bearer["Authorization"].split()[1] not in page
    assert app.test_client().get(MEASURES, headers=bearer).status_code == 200
    page = aya.get(TOKENS).text
    for word in ("1番 基幹系", "管理職", "すべての庁舎", "11月24日（火） 9:00", "11月24日（水） 9:00"):
        assert word in page
    assert "まだ使われていません" not in page
    assert "次の要求から使えません" in aya.get(f"{TOKENS}1").text
    assert post(aya, f"{TOKENS}1", f"{TOKENS}1/revoke").status_code == 303
    assert "1番の鍵を止めました" in aya.get(TOKENS).text
    assert app.test_client().get(MEASURES, headers=bearer).status_code == 401
    assert "もう止めてあります" in aya.get(f"{TOKENS}1").text
    assert post(aya, PAGE, f"{TOKENS}99/revoke").status_code == 404


def test_a_token_opens_nothing_after_its_days_and_its_use_is_noted_once_an_hour(aya, app, settings, clock):
    bearer = given(aya, "90")
    used = []
    for minutes in (1, 30, 31):
        clock.tick(timedelta(minutes=minutes))
        assert app.test_client().get(MEASURES, headers=bearer).status_code == 200
        with inside(settings):
            used.append(staff.access_token(1).used_at)
    assert used[0] == used[1] < used[2]
    clock.tick(timedelta(days=90))
    assert app.test_client().get(MEASURES, headers=bearer).status_code == 401
    with inside(settings):
        assert staff.access_token(1).state_at(now()) == "expired"


def test_half_an_hour_after_signing_in_the_password_is_asked_again(aya, clock, settings):
    for _ in range(3):
        clock.tick(timedelta(minutes=11))
        page = aya.get(PAGE)
    assert "変更するには、もう一度サインインしてください" in Page(page.text).all("main")[0].shown
    assert "職員を加える" not in page.text
    answer = post(aya, PAGE, f"{PAGE}ben/code")
    assert answer.headers["Location"] == "/staff/sign-in?next=/admin/staff/"
    with inside(settings):
        ben = staff.by_username("ben")
    assert ben is not None
    assert ben.password is not None
    back = post(aya, "/staff/sign-in", "/staff/sign-in", username="aya", password=PASSWORD, next=PAGE)
    assert back.headers["Location"] == PAGE
    assert "職員を加える" in aya.get(PAGE).text


def test_a_use_that_cannot_be_noted_refuses_no_answer(aya, app, monkeypatch):
    bearer, asked = given(aya, "90"), []

    def busy(number):
        asked.append(number)
        raise Unavailable

    monkeypatch.setattr(accounts, "token_used", busy)
    assert app.test_client().get(MEASURES, headers=bearer).status_code == 200
    assert asked == [1]
