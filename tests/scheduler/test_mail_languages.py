"""Mail in other languages through a real server: subject, plain text, HTML and calendar say the same, readably."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from models.core.settings import Settings
from models.operations import arrivals, calling, counters, subscriptions
from models.operations.booking import Request, book
from models.queries import line
from models.queries.offices import office
from tests.conftest import START, inside
from tests.operations.test_booking import free
from tests.scheduler.mailbox import Mailbox
from tests.scheduler.test_mailer import AIKO, box, posted, send

__all__ = ["box", "posted"]
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def test_a_number_is_told_in_nepali_that_its_turn_is_near_and_where_to_come(
    posted: Settings, box: Mailbox
) -> None:
    with inside(posted):
        place = office("honcho")
        counters.open_counter(place, "1", "ben")
        made = [arrivals.issue(place, ["JUM-01"], "kiosk") for _ in range(5)]
        subscriptions.subscribe(made[4].token, "email", "maya@example.jp", "ne")
        calling.call_next(place, "1", "ben")
    send(posted)
    with inside(posted):
        for _ in range(4):
            calling.step(place, line.at_counter(place, START.date(), "1").number, "no_show", "ben", "1")
            calling.call_next(place, "1", "ben")
    send(posted)
    soon, come = box.mails
    assert str(soon["Subject"]) == "नम्बर A005: छिट्टै तपाईंको पालो आउँछ"
    assert str(come["Subject"]) == "नम्बर A005: काउन्टरमा आउनुहोस्"
    for mail, words in ((soon, "अगाडि अब 3 जना हुनुहुन्छ।"), (come, "नम्बर A005, कृपया काउन्टर 1 मा आउनुहोस्।")):
        plain, html = mail.iter_parts()
        assert [part.get_content_type() for part in (plain, html)] == ["text/plain", "text/html"]
        assert [part.get_content_charset() for part in (plain, html)] == ["utf-8", "utf-8"]
        assert words in plain.get_content()
        assert words in html.get_content()
        assert '<html lang="ne">' in html.get_content()
        assert mail["Content-Language"] == "ne"
    assert all(raw.isascii() for raw in box.raw)


def test_easy_japanese_has_its_readings_above_the_kanji_or_behind_them(
    posted: Settings, box: Mailbox
) -> None:
    with inside(posted):
        book(Request(office("honcho"), ("JUM-01",), free()[0], AIKO, language="ja-easy"))
    send(posted)
    (mail,) = box.mails
    plain, html, calendar = _parts(mail)
    assert "予約（よやく）が できました" in str(mail["Subject"])
    assert "窓口（まどぐち）で 見（み）せてください" in plain
    assert "<ruby>窓口<rp>（</rp><rt>まどぐち</rt><rp>）</rp></ruby>" in html
    assert '<html lang="ja">' in html
    assert mail["Content-Language"] == "ja"
    assert "予約（よやく）" in calendar.replace("\r\n ", "")
    assert not set("{}") & set(plain + calendar + str(mail["Subject"]))


def _parts(mail: EmailMessage) -> list[str]:
    """What a mail says as plain text, as HTML and to a calendar."""
    found = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    return [found["text/plain"], found["text/html"], found["text/calendar"]]
