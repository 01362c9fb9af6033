"""Words of messages: every shipped one fits its kind, and what does not fit is refused with a reason."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.catalogue.notices import shipped
from models.catalogue.words import RUBY
from models.core.errors import Invalid
from models.rules.channels import outside
from models.rules.message_languages import CODES, day_words, moment_words, with_readings
from models.rules.message_policy import MessagePolicy, reminders
from models.rules.notices import KINDS, PLACE, Words, checked, filled, problems, said
from models.rules.sending import WAITS, wait_after

JAPAN = ZoneInfo("Asia/Tokyo")
SHIPPED = [(kind, language, words) for kind, texts in shipped().items() for language, words in texts.items()]


def test_every_kind_has_words_in_every_language():
    assert {kind: set(texts) for kind, texts in shipped().items()} == {kind: set(CODES) for kind in KINDS}


@pytest.mark.parametrize(("kind", "language", "words"), SHIPPED)
def test_the_shipped_words_fit_their_kind_and_say_what_the_japanese_ones_say(kind, language, words):
    assert problems(kind, Words(*words), language) == []
    first = shipped()[kind]["ja"]
    for text, japanese in zip(words, first, strict=True):
        assert Counter(PLACE.findall(RUBY.sub("", text))) == Counter(PLACE.findall(japanese))
        assert len(text.splitlines()) == len(japanese.splitlines())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kanji_of_easy_japanese_has_its_reading(kind):
    values = {name: name.upper() for name in KINDS[kind].known}
    values |= said(
        {"at": "2026-12-03T00:30:00+00:00", "until": "2026-12-02T08:15:00+00:00"}, JAPAN, "ja-easy"
    )
    words = filled(Words(*shipped()[kind]["ja-easy"]), values)
    assert re.findall("[㐀-鿿々]", RUBY.sub("", words.subject + words.body)) == []
    assert not set("{}") & set(with_readings(words.subject + words.body))


def test_readings_are_for_easy_japanese_only():
    words = Words("予約{よやく}", "予約{よやく}：{office} {date} {time}")
    assert problems("booked", words, "ja-easy") == []
    assert {one.field for one in problems("booked", words, "ja")} == {"subject", "body"}


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
    assert day_words(date(2026, 11, 24), "unknown") == "11月24日（火）"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "12月3日（木）16時"),
        ("ja-easy", "12月{がつ}3日{みっか}（木曜日{もくようび}） 午後{ごご}4時{じ}"),
        ("en", "Thursday, 3 December, 16:00"),
        ("zh-Hans", "12月3日（星期四） 16:00"),
        ("vi", "Thứ Năm, ngày 3 tháng 12, 16:00"),
        ("ko", "12월 3일 (목요일) 16:00"),
        ("tl", "Huwebes, Disyembre 3, 4:00 PM"),
        ("ne", "डिसेम्बर 3, बिहिबार, 16:00"),
        ("pt-BR", "Quinta-feira, 3 de dezembro, 16h00"),
        ("id", "Kamis, 3 Desember, 16.00"),
    ],
)
def test_every_language_has_its_own_way_to_say_a_day_and_a_time(language, words):
    assert moment_words(datetime(2026, 12, 3, 16, tzinfo=JAPAN), language) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (
            datetime(2026, 12, 1, 9, 5, tzinfo=JAPAN),
            "12月（がつ）1日（ついたち）（火曜日（かようび）） 午前（ごぜん）9時（じ）5分（ふん）",
        ),
        (
            datetime(2026, 12, 20, 12, 30, tzinfo=JAPAN),
            "12月（がつ）20日（はつか）（日曜日（にちようび）） 午後（ごご）12時（じ）30分（ぷん）",
        ),
        (
            datetime(2026, 12, 13, 0, 0, tzinfo=JAPAN),
            "12月（がつ）13日（にち）（日曜日（にちようび）） 午前（ごぜん）0時（じ）",
        ),
    ],
)
def test_days_and_minutes_are_read_as_people_say_them(at, words):
    assert with_readings(moment_words(at, "ja-easy")) == words


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
