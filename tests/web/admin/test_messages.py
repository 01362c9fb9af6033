"""The pages of messages: words with a preview, ways out whose secrets stay hidden, and what did not arrive."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.operations import channels, sending, subscriptions
from models.queries import setting_changes
from models.queries.channels import is_open, needs_of
from models.queries.letters import letter_of
from models.queries.message_policy import message_policy
from models.queries.offices import office
from models.rules.message_policy import MessagePolicy
from models.rules.notices import KINDS
from models.tables import AuditEntry, Message, Subscription
from tests.conftest import inside
from tests.operations.test_messages import tomorrow
from tests.web.admin.previews import changed, done
from tests.web.people import post
from tests.web.statements import asked
from web.admin.notice_words import KIND_WORDS, PLACE_WORDS, WAY_WORDS

PAGE = "/admin/messages/"
WAYS = "/admin/messages/ways/"
LOST = "/admin/messages/undelivered/"
TEXT = "/admin/messages/texts/reminder/ja"
BODY = "{office}で{date}{time}にお待ちしています。\n{url}"
MAIL = {
    "email.server": "smtp.city.example.jp",
    "email.security": "smtp",
    "email.port": "587",
    "email.user": "yoyaku@city",
    "email.password": "p:w/d@1",
    "email.sender": "yoyaku@city.example.jp",
}
MAILED = {"url": "smtp://127.0.0.1:1", "sender": "a@city.example.jp"}


@pytest.fixture
def engine():
    """What is shown does not depend on the database."""
    return "sqlite"


@pytest.fixture
def lost(settings, clock):
    """A confirmation that a mail server refused for good, naming the address; its row."""
    with inside(settings):
        channels.open_channel("email", MAILED, "test")
        tomorrow()
        (number,) = sending.claim("m", "email")
        sending.never(number, "m", "550 <aiko@example.jp> 前庭 愛子 unknown")
    return number


def said(page):
    return html.unescape(page.text)


def audited(settings):
    with inside(settings):
        return [row[0] for row in session().execute(select(AuditEntry.action).order_by(AuditEntry.id))]


class TestTexts:
    def test_every_kind_place_and_way_has_words(self, aya):
        assert set(KINDS) == set(KIND_WORDS)
        assert set().union(*(kind.known for kind in KINDS.values())) == set(PLACE_WORDS)
        page = said(aya.get(PAGE))
        assert all(f"texts/{kind}/ja" in page for kind in KINDS)
        assert "texts/come/ne" not in page
        for name, when in KIND_WORDS.values():
            assert name in page
            assert when in page
        for word in WAY_WORDS.values():
            assert word in page

    def test_a_preview_shows_example_values_and_keeps_nothing(self, aya, settings):
        shown = said(post(aya, TEXT, TEXT, subject="{date}", body=BODY))
        assert "まだ変えていません" in shown
        assert "12月3日（木）9時30分にお待ちしています。" in shown
        assert "はじめの文面のままです" in said(aya.get(TEXT))

    def test_words_are_kept_with_who_changed_them_and_put_back(self, aya, settings):
        changed(aya, TEXT, subject="お待ちしています", body=BODY)
        page = said(aya.get(TEXT))
        assert "aya が" in page
        assert "お待ちしています" in page
        assert "変えています" in said(aya.get(PAGE))
        changed(aya, TEXT, shipped="true")
        assert "はじめの文面のままです" in said(aya.get(TEXT))
        assert [one for one in audited(settings) if one.startswith("text.")] == ["text.set", "text.reset"]

    def test_a_refusal_names_the_place_and_keeps_what_was_typed(self, aya):
        answer = post(aya, TEXT, TEXT, subject="あす", body="{name}様、{office}へ")
        assert answer.status_code == 422
        page = said(answer)
        assert ">{name}という差し込みは" in page
        assert "{name}様、{office}へ</textarea>" in page
        assert "{office}へ" not in said(aya.get(TEXT))

    def test_no_kind_and_no_language_of_that_name(self, aya):
        for address in ("texts/letter/ja", "texts/reminder/xx", "texts/reminder/ja-hira"):
            assert aya.get(PAGE + address).status_code == 404


class TestWays:
    def test_the_mail_server_is_opened_and_its_password_is_never_shown_again(self, aya, settings):
        preview = post(aya, WAYS, f"{WAYS}email/open", **MAIL)
        assert "p:w/d" not in said(preview)
        assert "p%3Aw" not in said(preview)
        with inside(settings):
            assert not is_open("email")
        assert done(aya, WAYS, f"{WAYS}email/open", **MAIL).status_code == 303
        with inside(settings):
            assert needs_of("email")["url"] == "smtp://yoyaku%40city:p%3Aw%2Fd%401@smtp.city.example.jp:587"
        page = said(aya.get(WAYS))
        assert "smtp.city.example.jp" in page
        assert "yoyaku@city" in page
        assert "p:w/d" not in page
        assert "p%3Aw" not in page

    def test_an_empty_password_stays_for_the_same_server_and_goes_to_no_other(self, aya, settings):
        done(aya, WAYS, f"{WAYS}email/open", **MAIL)
        done(aya, WAYS, f"{WAYS}email/open", **{**MAIL, "email.password": "", "email.port": "2525"})
        with inside(settings):
            assert "p%3Aw%2Fd%401@smtp.city.example.jp:2525" in needs_of("email")["url"]
        done(aya, WAYS, f"{WAYS}email/open", **{**MAIL, "email.password": "", "email.server": "evil.example"})
        with inside(settings):
            assert needs_of("email")["url"] == "smtp://yoyaku%40city@evil.example:587"

    @pytest.mark.parametrize(
        ("box", "value"),
        [
            ("server", ""),
            ("server", "a b"),
            ("port", "70000"),
            ("port", "²"),
            ("security", "plain"),
            ("sender", "x"),
            ("user", ""),
        ],
    )
    def test_a_wrong_box_is_named_and_nothing_is_opened(self, aya, settings, box, value):
        answer = post(aya, WAYS, f"{WAYS}email/open", **{**MAIL, f"email.{box}": value})
        assert answer.status_code == 422
        assert f'href="#f-email-{box}"' in answer.text
        assert "p:w/d" not in said(answer)
        with inside(settings):
            assert not is_open("email")

    def test_the_secret_of_the_webhook_is_shown_once_and_stays_until_it_is_made_anew(self, aya, settings):
        to = {"webhook.url": "https://city.example.jp/in"}
        done(aya, WAYS, f"{WAYS}webhook/open", **to)
        with inside(settings):
            secret = needs_of("webhook")["secret"]
        assert secret in aya.get(WAYS).text
        assert secret not in aya.get(WAYS).text
        done(aya, WAYS, f"{WAYS}webhook/open", **to)
        with inside(settings):
            assert needs_of("webhook")["secret"] == secret
        done(aya, WAYS, f"{WAYS}webhook/open", **to, fresh="true")
        with inside(settings):
            assert needs_of("webhook")["secret"] != secret

    def test_tokens_of_line_and_sms_are_never_shown(self, aya, settings):
        done(aya, WAYS, f"{WAYS}line/open", **{"line.token": "himitsu-line"})
        done(
            aya, WAYS, f"{WAYS}sms/open", **{"sms.url": "https://sms.example.jp/", "sms.token": "himitsu-sms"}
        )
        done(aya, WAYS, f"{WAYS}push/open", **{"push.contact": "it@city.example.jp"})
        with inside(settings):
            assert is_open("line")
            assert is_open("sms")
            assert is_open("push")
            private = needs_of("push")["private_key"]
        page = said(aya.get(WAYS))
        assert "himitsu" not in page
        assert private not in page
        done(aya, WAYS, f"{WAYS}push/close")
        with inside(settings):
            assert not is_open("push")

    def test_the_history_says_what_changed_and_keeps_nothing_that_was_typed(self, aya, settings):
        done(aya, WAYS, f"{WAYS}email/open", **MAIL)
        done(aya, WAYS, f"{WAYS}email/open", **MAIL)
        done(aya, WAYS, f"{WAYS}email/open", **MAIL | {"email.password": "another-one"})
        with inside(settings):
            tomorrow()
        preview = post(aya, WAYS, f"{WAYS}email/close")
        assert "待っているお知らせ1通は、送りません" in preview.text
        with inside(settings):
            assert is_open("email")
        done(aya, WAYS, f"{WAYS}email/close")
        page = said(aya.get(WAYS))
        assert page.count("変えたところ：") == 2, "opened as it was, nothing is kept"
        assert "メール　開いている：はい → いいえ" in page
        with inside(settings):
            kept = str([(one.before, one.after) for one in setting_changes.history("way")])
        assert not any(text in kept for text in MAIL.values() if not text.isdecimal())

    def test_a_test_goes_through_the_outbox_to_the_typed_address(self, aya, settings, clock):
        done(aya, WAYS, f"{WAYS}email/open", **MAIL)
        answer = post(aya, WAYS, f"{WAYS}email/test", **{"email.address": "it@city.example.jp"})
        assert answer.status_code == 303
        with inside(settings):
            (number,) = sending.claim("m", "email")
            letter = letter_of(number)
            assert letter.to == "it@city.example.jp"
            assert "試し" in letter.subject
            assert letter.url == ""
        assert "channel.test" in audited(settings)
        assert post(aya, WAYS, f"{WAYS}email/test", **{"email.address": "x"}).status_code == 422
        assert post(aya, WAYS, f"{WAYS}sms/test", **{"sms.address": "09012345678"}).status_code == 409
        assert post(aya, WAYS, f"{WAYS}push/test").status_code == 409

    def test_ten_tests_an_hour_and_no_more(self, aya, settings):
        done(aya, WAYS, f"{WAYS}email/open", **MAIL)
        given = {"email.address": "it@city.example.jp"}
        answers = [post(aya, WAYS, f"{WAYS}email/test", **given) for _ in range(11)]
        assert [one.status_code for one in answers] == [303] * 10 + [429]
        assert "1時間に10回まで" in said(answers[-1])

    def test_who_signed_in_long_ago_signs_in_again_first(self, aya, settings, clock):
        for _ in range(3):
            clock.tick(14 * 60)
            page = aya.get(WAYS).text
        assert "もう一度サインイン" in page
        token = re.search('name="csrf_token" value="([^"]+)"', aya.get(TEXT).text)
        answer = aya.post(f"{WAYS}email/open", data={**MAIL, "csrf_token": token[1]})
        assert answer.location.startswith("/staff/")
        with inside(settings):
            assert not is_open("email")


class TestUndelivered:
    def test_it_is_counted_and_shown_without_the_address_the_name_or_what_the_server_said(self, aya, lost):
        assert "送れなかったもの 1通" in said(aya.get("/admin/"))
        for page in (said(aya.get(LOST)), said(aya.get(f"{LOST}{lost}"))):
            assert "a…@example.jp" in page
            assert "断りました（550）" in page
            assert "予約の確認" in page
            for hidden in ("aiko@", "愛子", "アイコ", "住民票", "unknown"):
                assert hidden not in page

    def test_it_is_sent_again_under_the_same_name_to_the_same_address(self, aya, settings, lost):
        with inside(settings):
            before = session().scalar(select(Message.message_id))
        assert post(aya, f"{LOST}{lost}", f"{LOST}{lost}/again").status_code == 303
        with inside(settings):
            assert sending.claim("m", "email") == [lost]
            letter = letter_of(lost)
            assert (letter.to, letter.message_id) == ("aiko@example.jp", before)
        assert "message.again" in audited(settings)

    def test_it_is_let_go_and_gone_from_the_list(self, aya, settings, lost):
        post(aya, f"{LOST}{lost}", f"{LOST}{lost}/drop")
        assert "届いていないお知らせはありません" in said(aya.get(LOST))
        assert aya.get(f"{LOST}{lost}").status_code == 404
        with inside(settings):
            row = session().scalars(select(Message)).one()
            assert (row.state, row.address) == ("dropped", None)

    def test_where_nobody_wants_it_any_more_it_can_only_be_let_go(self, aya, settings, lost):
        with inside(settings):
            subscriptions.unreachable(session().scalars(select(Subscription.id)).one())
        page = aya.get(f"{LOST}{lost}").text
        assert "送り直せません" in page
        assert "もう一度送る" not in page
        assert post(aya, f"{LOST}{lost}", f"{LOST}{lost}/again").status_code == 409

    def test_what_waits_for_another_try_is_tried_now_and_what_was_never_tried_is_not_shown(
        self, aya, settings, clock
    ):
        with inside(settings):
            channels.open_channel("email", MAILED, "test")
            tomorrow()
            tomorrow(1)
            number, other = sending.claim("m", "email")
            sending.again(number, "m", "ConnectionRefusedError")
        page = said(aya.get(LOST))
        assert "つながりません" in page
        assert f"{LOST}{other}" not in page
        assert aya.get(f"{LOST}{other}").status_code == 404
        with inside(settings):
            assert sending.claim("n", "email") == []
        post(aya, f"{LOST}{number}", f"{LOST}{number}/again")
        with inside(settings):
            assert session().get(Message, number).next_at == now()
            assert sending.claim("n", "email") == [number]

    def test_a_closed_way_sends_nothing_again(self, aya, settings, lost):
        with inside(settings):
            channels.close_channel("email", "test")
        assert post(aya, f"{LOST}{lost}", f"{LOST}{lost}/again").status_code == 409


REMINDERS = "/admin/messages/reminders/"
TIMES = {"day_before_at": "17:00", "morning_at": ""}


def test_an_office_decides_when_it_reminds_and_who_did_is_shown(aya, settings):
    changed(aya, REMINDERS, office="honcho", **TIMES)
    page = said(aya.get(REMINDERS))
    assert "aya が 11月24日（火） 9:00 に変えました。" in page
    assert "11月24日（火） 17:00" in page
    assert "messages.policy" in audited(settings)
    with inside(settings):
        assert message_policy(office("honcho")) == MessagePolicy("17:00", "")


def test_the_times_can_be_tried_on_tomorrows_visits_without_keeping_them(aya, settings):
    answer = post(aya, REMINDERS, REMINDERS, day_before_at="１９：３０", morning_at="7:00")
    page = said(answer)
    assert "まだ変えていません" in page
    assert "11月24日（火） 19:30、11月25日（水） 7:00" in page
    with inside(settings):
        assert message_policy(office("honcho")) == MessagePolicy()


def test_a_time_that_cannot_be_is_named_and_what_was_typed_stays(aya, settings):
    answer = post(aya, REMINDERS, REMINDERS, day_before_at="25:00", morning_at="7:30")
    assert answer.status_code == 422
    assert "18:00のような時刻にするか、空にしてください。" in said(answer)
    assert 'value="25:00"' in answer.text
    with inside(settings):
        assert message_policy(office("honcho")) == MessagePolicy()


def test_every_text_of_the_overview_is_read_at_once(aya):
    aya.get("/admin/messages/")
    with asked() as statements:
        assert "文面" in aya.get("/admin/messages/").text
    assert sum("message_text" in one for one in statements) == 1
