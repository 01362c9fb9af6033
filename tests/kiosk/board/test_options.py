"""How a board is set up by its address: what is meant is done, what is nonsense is as if it were not said."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as some
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from kiosk.board.options import PARTS, Known, Options, read

KNOWN = Known(("A", "B", "C"), ("ja", "ja-easy", "en"), ("ko", "zh-Hans"), ("ja", "en"))


def asked(query):
    pairs = [one.partition("=")[::2] for one in query.split("&") if one]
    return read(MultiDict(pairs).to_dict(flat=False), KNOWN)


def test_a_board_without_options_shows_everything_in_japanese_and_english_and_speaks_japanese():
    assert asked("") == Options()
    assert Options().query() == ""
    assert all(Options().shows(part) for part in PARTS)
    assert Options().serves("anything")


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("queues=A,B", Options(queues=("A", "B"))),
        ("queues=b&queues=A", Options(queues=("B", "A"))),
        ("parts=waits,calls", Options(parts=("calls", "waits"))),
        ("lang=en,ja", Options(languages=("en", "ja"))),
        ("lang=ko,ja", Options(languages=("ja", "ko"))),
        ("lang=ja,en,ko,zh-hans,ja-easy", Options(languages=("ja", "en", "ko", "zh-Hans"))),
        ("voice=off", Options(voice=())),
        ("voice=ja,en", Options(voice=("ja", "en"))),
        ("voice=on", Options()),
        ("volume=0", Options(volume=0)),
        ("quiet=12:00-13:00,22:30-6:15", Options(quiet=((time(12), time(13)), (time(22, 30), time(6, 15))))),
        ("theme=LIGHT", Options(theme="light")),
        ("calls=6&zoom=130", Options(calls=6, zoom=130)),
    ],
)  # fmt: skip
def test_each_option_does_what_it_says(query, options):
    assert asked(query) == options


@pytest.mark.parametrize(
    "query",
    ["queues=Z,<script>", "parts=nothing", "lang=xx", "voice=klingon", "volume=101", "volume=-1", "volume=１０",
     "volume=9e1", "quiet=25:00-26:00", "quiet=noon", "quiet=12:00", "theme=red", "calls=5", "calls=4.0", "zoom=1000",
     "zoom=", "x=y", "=", "queues=" + "A" * 5000],
)  # fmt: skip
def test_nonsense_is_as_if_it_were_not_said(query):
    assert asked(query) == Options()


CLOCK = some.builds(time, some.integers(0, 23), some.sampled_from([0, 15, 59]))
OPTIONS = some.builds(
    Options,
    queues=some.lists(some.sampled_from("ABC"), unique=True).map(tuple),
    parts=some.sets(some.sampled_from(PARTS), min_size=1).map(
        lambda chosen: tuple(one for one in PARTS if one in chosen)
    ),
    languages=some.permutations(["ja", "en", "ko"]).filter(lambda order: order[0] != "ko").map(tuple),
    voice=some.sampled_from([(), ("ja",), ("en",), ("en", "ja"), ("ja", "en")]),
    volume=some.integers(0, 100),
    quiet=some.lists(some.tuples(CLOCK, CLOCK), max_size=4).map(tuple),
    theme=some.sampled_from(["dark", "light"]),
    calls=some.sampled_from([4, 6]),
    zoom=some.sampled_from([100, 115, 130]),
)


@given(OPTIONS)
def test_an_address_that_was_made_means_the_same_when_it_is_read(options):
    assert asked(options.query()) == options
    assert iri_to_uri(options.query()) == options.query()


@given(some.dictionaries(some.sampled_from(["queues", "parts", "lang", "voice", "volume", "quiet", "zoom", "x"]),
                         some.lists(some.text())))  # fmt: skip
def test_whatever_is_asked_a_board_is_shown(said):
    options = read(said, KNOWN)
    assert set(options.queues) <= set(KNOWN.queues)
    assert options.parts
    assert options.languages[0] in KNOWN.page_languages
    assert 0 <= options.volume <= 100
