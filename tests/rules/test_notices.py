"""Words of messages: every shipped one fits its kind, and what does not fit is refused with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.catalogue.notices import shipped
from models.core.errors import Invalid
from models.rules.channels import outside
from models.rules.message_policy import MessagePolicy, reminders
from models.rules.notices import KINDS, Words, checked, day_words, filled, problems, said
from models.rules.sending import WAITS, wait_after

JAPAN = ZoneInfo("Asia/Tokyo")
SHIPPED = [(kind, language, words) for kind, texts in shipped().items() for language, words in texts.items()]


def test_every_kind_has_words_in_japanese_and_english():
    assert {kind: set(texts) for kind, texts in shipped().items()} == {kind: {"ja", "en"} for kind in KINDS}


@pytest.mark.parametrize(("kind", "language", "words"), SHIPPED)
def test_the_shipped_words_fit_their_kind(kind, language, words):
    assert problems(kind, Words(*words)) == []


@pytest.mark.parametrize(
    ("body", "said_of_it"),
    [
        ("{office} {date} {time} {name}", "{name}"),
        ("{office} {date}", "{time}"),
        ("{office} {date} {time} {", "組になっているか"),
        ("", "本文を入力"),
        ("{office} {date} {time}" + "あ" * 2000, "2000"),
    ],
)
def test_words_that_do_not_fit_are_refused_with_a_reason(body, said_of_it):
    with pytest.raises(Invalid) as refused:
        checked("booked", "件名", body)
    assert any(said_of_it in str(problem.message) for problem in refused.value.problems)


@pytest.mark.parametrize("subject", ["", "a\r\nBcc: b@example.jp", "あ" * 101])
def test_a_subject_is_one_short_line(subject):
    with pytest.raises(Invalid):
        checked("booked", subject, "{office} {date} {time}")


def test_a_line_is_left_out_where_what_it_is_to_say_is_not_there():
    words = filled(
        Words("{date}", "あ\n\n場所：{office}\n電話：{telephone}\n\n{url}\n"), {"office": "本庁", "date": "x"}
    )
    assert words == Words("x", "あ\n\n場所：本庁\n")


def test_dates_are_said_with_their_weekday_in_the_offices_time():
    values = {"at": "2026-12-03T00:30:00+00:00", "until": "2026-12-02T15:00:00+00:00"}
    assert said(values, JAPAN, "ja") == {
        "date": "12月3日（木）",
        "time": "9時30分",
        "until": "12月3日（木）0時",
    }
    assert said(values, JAPAN, "en")["date"] == "Thursday, 3 December"
    assert day_words(date(2026, 11, 24), "ja") == "11月24日（火）"


def test_tries_end_after_24_hours():
    assert sum(WAITS, timedelta()) == timedelta(hours=24)
    assert wait_after(len(WAITS) + 1) is None


@pytest.mark.parametrize(
    ("policy", "hour", "expected"),
    [
        (MessagePolicy(), 10, [("before", -16, -2.5), ("morning", -2.5, -1)]),
        (MessagePolicy(morning_at=""), 10, [("before", -16, -1)]),
        (MessagePolicy(day_before_at=""), 8, [("morning", -0.5, -0.5 + 1 / 6)]),
        (MessagePolicy("", ""), 10, []),
    ],
)
def test_reminders_have_a_beginning_and_an_end(policy, hour, expected):
    starts_at = datetime(2026, 12, 3, hour, tzinfo=JAPAN).astimezone(UTC)
    found = [
        (
            one.which,
            (one.after - starts_at) / timedelta(hours=1),
            (one.too_late_at - starts_at) / timedelta(hours=1),
        )
        for one in reminders(policy, starts_at, JAPAN)
    ]
    assert [which for which, _, _ in found] == [which for which, _, _ in expected]
    assert [pytest.approx(one[1:]) for one in expected] == [one[1:] for one in found]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "localhost", "",
    ],
)  # fmt: skip
def test_i11_addresses_inside_a_network_are_known_in_every_writing(address):
    assert not outside(address)


@pytest.mark.parametrize("address", ["203.0.114.1", "8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public_addresses_are_outside(address):
    assert outside(address)
