"""Signing in and out: who gets in, for how long, and what an attacker's old cookie is worth."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun.api import FrozenDateTimeFactory

from models.core import directory
from models.core.db import standing
from models.core.settings import Settings
from models.core.space import Space
from models.operations import accounts
from models.queries import staff
from tests.conftest import CITY, inside
from tests.web.people import AYA, BEN, CHIE, EVERYBODY, KEIKO, PASSWORD, employ, post, sign_in, token_of

PAGE = "/staff/sign-in"
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def people(settings: Settings, clock: FrozenDateTimeFactory) -> None:
    employ(settings, *EVERYBODY)


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    assert found is not None
    return found.value


def with_cookie(app: Flask, value: str) -> FlaskClient:
    thief = app.test_client()
    thief.set_cookie("session", value)
    return thief


def opens(client: FlaskClient, page: str = "/staff/password") -> bool:
    return client.get(page).status_code == 200


@pytest.mark.usefixtures("people")
class TestSigningIn:
    @pytest.mark.parametrize(
        ("person", "first"),
        [(BEN, "/counter/"), (KEIKO, "/counter/"), (CHIE, "/manager/"), (AYA, "/admin/")],
    )
    def test_each_role_lands_on_its_first_page(self, client, person, first):
        answer = post(client, PAGE, PAGE, username=person.username, password=PASSWORD)
        assert (answer.status_code, answer.headers["Location"]) == (303, first)

    @pytest.mark.parametrize("typed", ["BEN", " ben ", "ｂｅｎ"])
    def test_the_name_may_be_typed_in_any_width_and_case(self, client, typed):
        assert post(client, PAGE, PAGE, username=typed, password=PASSWORD).status_code == 303

    def test_a_wrong_name_and_a_wrong_password_get_the_same_page(self, client):
        pages = []
        for name, password in (("ben", "wrong"), ("nobody", PASSWORD), ("", "")):
            answer = post(client, PAGE, PAGE, username=name, password=password)
            assert answer.status_code == 401
            pages.append(answer.text.replace(token_of(answer), "").replace(f'value="{name}"', 'value=""'))
        assert len(set(pages)) == 1
        assert "利用者名かパスワードが違います" in pages[0]

    def test_a_password_never_comes_back_in_the_page(self, client):
        assert "my-secret" not in post(client, PAGE, PAGE, username="ben", password="my-secret").text

    def test_without_the_hidden_token_nothing_happens(self, client):
        assert client.post(PAGE, data={"username": "ben", "password": PASSWORD}).status_code == 400

    def test_a_closed_page_asks_to_sign_in_and_then_opens(self, client):
        sent = client.get("/counter/?x=1")
        assert sent.status_code == 302
        page = sent.headers["Location"]
        answer = post(client, page, PAGE, username="ben", password=PASSWORD, next="/counter/?x=1")
        assert answer.headers["Location"] == "/counter/?x=1"
        assert 'name="next" value="/counter/?x=1"' in client.get(page).text

    @pytest.mark.parametrize("way", ["GET", "HEAD"])
    def test_signing_out_needs_a_form(self, app, way):
        client = sign_in(app, BEN)
        assert client.open("/staff/sign-out", method=way).status_code == 405
        assert opens(client)


EVIL = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "https:evil.example", "https://evil.example", "HTTPS://evil.example", "http:/evil.example", "http:///evil.example",
    "javascript:alert(1)", "data:text/html,x", "ftp://evil.example", "evil.example", "evil.example/counter/",
    "%0d%0aLocation:%20https://evil.example", "/%0d%0aSet-Cookie:x=1", "/counter/\r\nX: 1", "/counter/\nX", "/\tevil",
    "/%09/evil.example", "/%2f/evil.example", "/%2fevil.example", "/%5cevil.example", "/%5c%5cevil.example",
    "/.//evil.example", "/../evil.example", "/..//evil.example", "/counter/..//evil.example", " //evil.example",
    " /counter/", "/counter/ ", "\u3000//evil.example", "/\u2044evil.example", "／／evil.example", "@evil.example",
    "//evil.example@localhost", "//localhost@evil.example", "/@evil.example", "?next=//evil", "#//evil", "", "/", ".",
    "counter/", "/nowhere", "/staff/sign-out", "/api/v1/offices", "/static/theme.css", "/manager/", "/admin/staff/",
    "/m/other/counter/", "//counter/", "/counter//", "\x00/counter/", "/counter/\x00", "/counter/%00", "http:counter",
    "/%E3%81%82evil", "////", "/\\/\\evil.example", "https:/\\evil.example", "//%65vil.example", "/;//evil.example",
]  # fmt: skip


@pytest.mark.usefixtures("people")
class TestWhereItLeads:
    def test_the_list_is_long_enough(self):
        assert len(set(EVIL)) >= 60

    def test_only_ones_own_page_is_opened_after_signing_in(self, app):
        for asked in EVIL:
            client = app.test_client()
            fields = {
                "username": "ben",
                "password": PASSWORD,
                "csrf_token": token_of(client.get(PAGE)),
                "next": asked,
            }
            answer = client.post(PAGE, data=fields)
            if "\x00" in asked:
                assert answer.status_code == 400
                continue
            assert (asked, answer.status_code, answer.headers["Location"]) == (asked, 303, "/counter/")

    def test_a_page_of_another_role_is_not_opened(self, client):
        answer = post(client, PAGE, PAGE, username="chie", password=PASSWORD, next="/counter/")
        assert answer.headers["Location"] == "/manager/"

    def test_the_municipality_stays_in_the_address(self, app):
        client = app.test_client()
        page = f"/m/{CITY}{PAGE}"
        answer = post(client, page, page, username="ben", password=PASSWORD, next="/counter/")
        assert answer.headers["Location"] == f"/m/{CITY}/counter/"


@pytest.mark.usefixtures("people")
class TestSessions:
    def test_signing_in_makes_a_new_session_and_the_cookie_from_before_opens_nothing(self, app):
        client = app.test_client()
        page = client.get(PAGE)
        planted = cookie(client)
        client.post(PAGE, data={"csrf_token": token_of(page), "username": "ben", "password": PASSWORD})
        assert opens(client)
        assert not opens(with_cookie(app, planted))

    def test_the_cookie_from_before_signing_in_again_is_dead(self, app):
        first = sign_in(app, BEN)
        second = sign_in(app, BEN)
        assert opens(second)
        assert not opens(first)
        assert "サインインし直してください" in first.get(PAGE).text

    def test_a_cookie_that_was_copied_is_dead_after_signing_out(self, app):
        client = sign_in(app, BEN)
        copied = cookie(client)
        assert opens(with_cookie(app, copied))
        answer = post(client, "/staff/password", "/staff/sign-out")
        assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
        assert "サインアウトしました" in client.get(PAGE).text
        assert not opens(client)
        assert not opens(with_cookie(app, copied))

    def test_a_cookie_on_another_machine_with_another_browser_is_dead(self, app):
        thief = with_cookie(app, cookie(sign_in(app, BEN)))
        assert thief.get("/staff/password", headers={"User-Agent": "other"}).status_code == 302

    def test_fifteen_idle_minutes_end_a_session(self, app, clock):
        client = sign_in(app, BEN)
        clock.tick(timedelta(minutes=14, seconds=59))
        assert opens(client)
        clock.tick(timedelta(minutes=15))
        assert not opens(client)
        assert "15分使わなかった" in client.get(PAGE).text
        assert "15分使わなかった" not in client.get(PAGE).text

    def test_what_a_page_asks_by_itself_does_not_keep_a_session_alive(self, app, clock):
        client = sign_in(app, BEN)
        for _ in range(2):
            clock.tick(timedelta(minutes=7))
            assert client.get("/staff/password", headers={"X-Quiet": "1"}).status_code == 200
        clock.tick(timedelta(minutes=2))
        assert not opens(client)

    def test_twelve_hours_end_a_session_that_was_always_used(self, app, clock):
        client = sign_in(app, BEN)
        for _ in range(12 * 6 - 1):
            clock.tick(timedelta(minutes=10))
            assert opens(client)
        clock.tick(timedelta(minutes=10))
        assert not opens(client)

    def test_the_end_of_the_twelve_hours_is_said_before_and_the_password_puts_it_off(self, app, clock):
        client = sign_in(app, BEN)
        for _ in range(12 * 6 - 1):
            clock.tick(timedelta(minutes=10))
            page = client.get("/staff/time")
        assert "使っていても、21:00にサインアウトします" in page.text
        assert client.get("/staff/here").headers["X-Ends-In"] == "600"
        assert "このままだと、21:00にサインアウトします" in client.get("/counter/place").text
        begun = cookie(client)
        refused = post(client, "/staff/time", "/staff/time", password="wrong")
        assert (refused.status_code, "パスワードが違います" in refused.text) == (422, True)
        assert post(client, "/staff/time", "/staff/time", password=PASSWORD).status_code == 303
        assert "使っていても、8:50にサインアウトします" in client.get("/staff/time").text
        clock.tick(timedelta(minutes=14))
        assert opens(client)
        assert not opens(with_cookie(app, begun)), "a cookie from before lasts no longer"

    def test_a_form_that_is_sent_after_the_end_is_there_when_its_person_has_signed_in_again(self, app, clock):
        client, ours = sign_in(app, AYA), {"Sec-Fetch-Site": "same-origin"}
        typed = {"csrf_token": token_of(client.get("/admin/words/home")), "ja": "工事をしています。"}
        clock.tick(timedelta(minutes=16))
        late = client.post("/admin/words/home", data=typed, headers=ours)
        assert (late.status_code, "別の画面でサインインしてから" in late.text) == (401, True)
        post(client, PAGE, PAGE, username="aya", password=PASSWORD)
        again = client.post("/admin/words/home", data={**typed, "csrf_token": token_of(late)}, headers=ours)
        assert again.status_code == 400, "the token of before signing in is worth nothing"
        assert 'name="ja" value="工事をしています。"' in again.text
        taken = client.post("/admin/words/home", data={**typed, "csrf_token": token_of(again)}, headers=ours)
        assert (taken.status_code, "すぐに住民の画面に出ます。" in taken.text) == (200, True)

    def test_a_password_that_is_sent_after_the_end_is_not_kept(self, app, clock):
        client = sign_in(app, BEN)
        typed = {"csrf_token": token_of(client.get("/staff/password")), "old": PASSWORD, "password": PASSWORD}
        clock.tick(timedelta(minutes=16))
        late = client.post("/staff/password", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
        assert (late.status_code, PASSWORD in late.text) == (401, False)

    def test_guessing_the_password_in_an_open_session_closes_the_account(self, app, clock):
        client = sign_in(app, BEN)
        tried = [post(client, "/staff/time", "/staff/time", password="wrong").status_code for _ in range(10)]
        assert tried == [422] * 9 + [429]

    def test_a_closed_account_is_out_with_its_next_request(self, app, settings):
        client = sign_in(app, BEN)
        with inside(settings):
            accounts.set_active("ben", False, "aya")
        assert not opens(client)
        refused = app.test_client()
        assert post(refused, PAGE, PAGE, username="ben", password=PASSWORD).status_code == 401

    def test_a_new_code_ends_the_sessions_and_forgets_the_password(self, app, settings):
        client = sign_in(app, BEN)
        with inside(settings):
            accounts.new_code("ben", "aya")
        assert not opens(client)
        assert post(app.test_client(), PAGE, PAGE, username="ben", password=PASSWORD).status_code == 401

    def test_the_cookie_is_closed_to_scripts_and_other_sites(self, app, client):
        answer = post(client, PAGE, PAGE, username="ben", password=PASSWORD)
        assert "HttpOnly" in answer.headers["Set-Cookie"]
        assert "SameSite=Lax" in answer.headers["Set-Cookie"]
        assert "Expires" not in answer.headers["Set-Cookie"]

    def test_a_page_for_residents_neither_reads_nor_writes_a_session(self, app):
        client = app.test_client()
        client.get(PAGE)
        assert "Set-Cookie" not in client.get("/styleguide/").headers


@pytest.mark.usefixtures("people")
class TestTwoCities:
    @pytest.fixture
    def twin(self, settings: Settings) -> str:
        """A second city that is an exact copy of the first: the same accounts, the same session ids."""
        with standing(settings) as ground:
            space = Space("twin")
            shutil.copy(ground.file(Space(CITY)), ground.file(space))
            directory.enter_in_directory(space, "ふたご市")
        return "twin"

    def test_a_session_of_one_city_opens_nothing_in_another(self, twin, app, settings):
        client = sign_in(app, BEN, f"/m/{CITY}")
        with inside(settings):
            mine = staff.by_username("ben")
        spaces = settings.instance / "spaces"
        first, second = (sqlite3.connect(spaces / f"{code}.db") for code in (CITY, twin))
        with closing(first), closing(second):
            first.backup(second)
        with inside(settings, twin):
            theirs = staff.by_username("ben")
        assert mine == theirs
        assert mine is not None
        assert opens(client, f"/m/{CITY}/staff/password")
        assert not opens(client, f"/m/{twin}/staff/password")
        assert opens(client, f"/m/{CITY}/staff/password")
        assert client.get(f"/m/{twin}/api/v1/offices/honcho/tickets").status_code in (401, 404)

    def test_an_account_of_one_city_cannot_sign_in_to_another(self, twin, app, settings):
        employ(settings, replace(BEN, username="only-here"))
        page = f"/m/{twin}{PAGE}"
        assert post(app.test_client(), page, page, username="only-here", password=PASSWORD).status_code == 401


class TestFirstTime:
    @pytest.fixture
    def code(self, settings: Settings, clock: FrozenDateTimeFactory) -> str:
        with inside(settings):
            return accounts.invite("dai", "Dai", "manager", None, "test").code

    def test_a_code_opens_once_and_asks_for_a_password_before_anything_else(self, client, code):
        answer = post(client, "/staff/code", "/staff/code", code=code.lower())
        assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/password")
        elsewhere = client.get("/manager/")
        assert (elsewhere.status_code, elsewhere.headers["Location"]) == (303, "/staff/password")
        again = post(client, "/staff/password", "/staff/code", code=code)
        assert (again.status_code, again.headers["Location"]) == (303, "/staff/password")
        done = post(client, "/staff/password", "/staff/password", password=PASSWORD, again=PASSWORD)
        assert (done.status_code, done.headers["Location"]) == (303, "/manager/")
        assert opens(client)

    def test_a_used_a_wrong_and_an_old_code_are_refused(self, app, client, code, clock, settings):
        assert post(client, "/staff/code", "/staff/code", code=code).status_code == 303
        assert post(app.test_client(), "/staff/code", "/staff/code", code=code).status_code == 401
        assert post(app.test_client(), "/staff/code", "/staff/code", code="AAAA-AAAA").status_code == 401
        with inside(settings):
            late = accounts.new_code("dai", "test").code
        clock.tick(timedelta(hours=72, seconds=1))
        assert post(app.test_client(), "/staff/code", "/staff/code", code=late).status_code == 401

    @pytest.mark.parametrize(
        ("password", "again", "says"),
        [
            ("short", "short", "15文字以上"),
            ("passwordpassword", "passwordpassword", "よく使われる"),
            (PASSWORD, PASSWORD + "x", "2回の入力が同じではありません"),
        ],
    )
    def test_a_weak_or_mistyped_password_is_refused(self, client, code, password, again, says):
        post(client, "/staff/code", "/staff/code", code=code)
        answer = post(client, "/staff/password", "/staff/password", password=password, again=again)
        assert answer.status_code == 422
        assert says in answer.text
        assert client.get("/manager/").headers["Location"] == "/staff/password"

    def test_too_many_codes_are_refused_for_a_while(self, client, clock):
        for _ in range(20):
            assert post(client, "/staff/code", "/staff/code", code="AAAA-AAAA").status_code == 401
        refused = post(client, "/staff/code", "/staff/code", code="AAAA-AAAA")
        assert refused.status_code == 429
        assert refused.headers["Retry-After"]


@pytest.mark.usefixtures("people")
class TestOwnPassword:
    def test_it_needs_the_old_one_and_ends_other_sessions(self, app):
        client = sign_in(app, BEN)
        copied = cookie(client)
        new = "yuki no furu asa ni"
        page = "/staff/password"
        wrong = post(client, page, page, old="wrong", password=new, again=new)
        assert wrong.status_code == 422
        assert "いまのパスワードが違います" in wrong.text
        assert post(client, page, page, old=PASSWORD, password=new, again=new).status_code == 303
        assert opens(client)
        assert not opens(with_cookie(app, copied))
        assert post(app.test_client(), PAGE, PAGE, username="ben", password=PASSWORD).status_code == 401
        assert post(app.test_client(), PAGE, PAGE, username="ben", password=new).status_code == 303

    def test_a_systems_token_has_no_password(self, app, settings):
        with inside(settings):
            token = accounts.issue_token("counter", "honcho", "test")
        answer = app.test_client().get("/staff/password", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403


@pytest.mark.usefixtures("clock")
def test_a_first_visit_that_ended_elsewhere_comes_to_the_sign_in_page_and_does_not_go_round(
    app: Flask, settings: Settings
) -> None:
    with inside(settings):
        code = accounts.invite("emi", "Emi", "counter", "honcho", "test").code
    browser = app.test_client()
    post(browser, "/staff/code", "/staff/code", code=code)
    with inside(settings):
        accounts.set_password("emi", PASSWORD)
    assert browser.get("/counter/", follow_redirects=True).status_code == 200
    assert not opens(browser)
