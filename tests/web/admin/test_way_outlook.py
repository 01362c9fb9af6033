"""Before a way out is opened: what it would send where is seen first, and no secret is on the page that shows it."""

from __future__ import annotations

import html
import json
import re

import pytest

from models.operations import channels, sending
from models.queries.channels import is_open, needs_of
from models.queries.letters import letter_of
from scheduler.senders import sms
from scheduler.senders.sending import SENT
from tests.conftest import inside
from tests.operations.test_messages import tomorrow
from tests.web.admin.previews import done, fields_of, untagged
from tests.web.people import AYA, Person, employ, post, sign_in

WAYS = "/admin/messages/ways/"
SECRET = "himitsu-no-kagi"
SMS = {"sms.url": "https://sms.example.jp/", "sms.token": SECRET}
WEBHOOK = {"webhook.url": "https://city.example.jp/in"}
MAIL = {
    "email.server": "smtp.city.example.jp",
    "email.security": "smtp",
    "email.user": "yoyaku",
    "email.password": SECRET,
    "email.sender": "yoyaku@city.example.jp",
    "email.name": "前庭市",
}


@pytest.fixture
def engine():
    """What is shown does not depend on the database."""
    return "sqlite"


def looked(client, way, fields):
    """What the page that is looked at first says, without its marks."""
    answer = post(client, WAYS, f"{WAYS}{way}/open", **fields)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


@pytest.mark.parametrize(
    ("way", "fields", "says"),
    [
        ("email", MAIL, ("STARTTLS", "前庭市 <yoyaku@city.example.jp>", "12月3日（木）9時30分", "新しく書いたもの")),
        ("sms", SMS, ("https://sms.example.jp/", "https://yoyaku.city.example.jp/…", "宛先の番号と一緒に")),
        ("line", {"line.token": SECRET}, ("LINEのサーバーへ", "受付記号：K7FX29MB")),
        ("push", {"push.contact": "it@city.example.jp"}, ("通知サーバーをとおして", "it@city.example.jp")),
        ("webhook", WEBHOOK, ('"kind": "booked"', "新しく作るもの", "宛先、名前")),
    ],
)  # fmt: skip
def test_what_would_be_sent_where_is_seen_before_anything_is_opened(aya, settings, way, fields, says):
    page = looked(aya, way, fields)
    for words in (*says, "まだ何も送りません"):
        assert words in page
    assert SECRET not in page
    with inside(settings):
        assert not is_open(way)
    assert done(aya, WAYS, f"{WAYS}{way}/open", **fields).status_code == 303
    with inside(settings):
        assert SECRET in str(needs_of(way)) or way in ("push", "webhook")


def test_what_stays_and_what_waits_is_said(aya, settings):
    done(aya, WAYS, f"{WAYS}email/open", **MAIL)
    with inside(settings):
        tomorrow()
    page = looked(aya, "email", MAIL | {"email.password": "", "email.port": "2525"})
    assert "いまのもの" in page
    assert "新しく書いたもの" not in page
    assert "待っているお知らせ1通は、この設定で送ります" in page
    assert "住民の画面に、この送り方が出ます" not in page


def test_what_was_typed_is_good_for_half_an_hour_and_for_nobody_else(app, aya, settings, clock):
    hana = Person("hana", "administrator", None)
    employ(settings, hana)
    preview = fields_of(post(aya, WAYS, f"{WAYS}sms/open", **SMS))
    other = sign_in(app, hana)
    own = fields_of(post(other, WAYS, f"{WAYS}sms/open", **SMS))
    stolen = {**own, "sms.token.held": preview["sms.token.held"], "do": "keep"}
    assert other.post(f"{WAYS}sms/open", data=stolen).status_code == 422
    clock.tick(25 * 60)
    sign_in(app, hana)
    clock.tick(6 * 60)
    again = sign_in(app, AYA)
    late = {**preview, **fields_of(post(again, WAYS, f"{WAYS}sms/open", **SMS)), "do": "keep"}
    late["sms.token.held"] = preview["sms.token.held"]
    answer = again.post(f"{WAYS}sms/open", data=late)
    assert answer.status_code == 422
    assert "もう一度入力してください" in untagged(answer.text)
    with inside(settings):
        assert not is_open("sms")


def test_the_samples_are_what_is_sent(aya, settings, monkeypatch):
    sent = []
    monkeypatch.setattr(sms, "call", lambda *told: sent.append(told) or SENT)
    with inside(settings):
        channels.open_channel("email", {"url": "smtp://127.0.0.1:1", "sender": "a@city.example.jp"}, "test")
        tomorrow()
        (number,) = sending.claim("m", "email")
        letter = letter_of(number)
    sms.Sms({"url": SMS["sms.url"], "token": SECRET}, frozenset()).send(letter)
    text = json.loads(sent[0][1])["text"]
    assert text.splitlines()[0].split("（")[0] in looked(aya, "sms", SMS)
    page = looked(aya, "webhook", WEBHOOK)
    assert set(letter.facts) == set(re.findall(r'"(\w+)": "', page))
