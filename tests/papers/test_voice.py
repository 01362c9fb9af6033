"""The recorded voice: every call has its pieces, they stand behind one another, nothing else is said."""

from __future__ import annotations

import pytest

from models.papers import voice
from models.rules.announcements import LETTERS, Announced
from models.rules.ticket_numbers import running

SYNC = 0xFFE0
"""The first eleven bits of every frame of an MP3."""
KILOBITS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
RATES = {0: 22_050, 1: 24_000, 2: 16_000}
SAMPLES = 576


def seconds(sound):
    """How long an MP3 lasts, frame by frame; AssertionError where one does not begin where the last ended."""
    at, lasted = 0, 0.0
    while at < len(sound):
        head = int.from_bytes(sound[at : at + 4])
        assert (head >> 16) & SYNC == SYNC, f"no frame at {at} of {len(sound)}"
        assert (head >> 19) & 3 == 2
        assert (head >> 17) & 3 == 1
        bits, rate = KILOBITS[(head >> 12) & 15] * 1000, RATES[(head >> 10) & 3]
        at += SAMPLES // 8 * bits // rate + ((head >> 9) & 1)
        lasted += SAMPLES / rate
    assert at == len(sound)
    return lasted


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", [{}, {"deliver": True}, {"booked": True}])
def test_every_call_that_can_be_made_can_be_heard(language, kind):
    for letter in LETTERS:
        for count in (1, 10, 47, 99, 100, 899, 900, 12_345):
            call = Announced(running(letter, count), "7", **kind)
            assert voice.spoken(call, language), call
    for counter in voice.COUNTERS:
        assert voice.spoken(Announced("A012", counter, **kind), language)


def test_a_call_lasts_as_long_as_somebody_needs_to_say_it():
    assert 4 < seconds(voice.spoken(Announced("A012", "3"), "ja")) < 8
    assert 3 < seconds(voice.spoken(Announced("A012", "3"), "en")) < 7
    assert seconds(voice.spoken(Announced("A123", "3"), "ja")) > seconds(
        voice.spoken(Announced("A003", "3"), "ja")
    )


def test_said_again_it_begins_with_the_words_for_that():
    once, again = (
        voice.spoken(Announced("A012", "3"), "ja"),
        voice.spoken(Announced("A012", "3"), "ja", again=True),
    )
    assert again is not None
    assert once is not None
    assert again.endswith(once)
    assert 0.5 < seconds(again) - seconds(once) < 3
    assert voice.spoken(Announced("A012", "3"), "en", again=True) == voice.spoken(
        Announced("A012", "3"), "en"
    )


@pytest.mark.parametrize(
    ("call", "pieces"),
    [
        (Announced("A012", "3"), ("slip", "letter-A", "number-12", "call-3")),
        (Announced("B100", "4", booked=True),
         ("booked", "letter-B", "digit-1", "digit-0", "number-0", "call-4")),
        (Announced("AB1004", "9", deliver=True),
         ("letter-A", "letter-B", "digit-1", "digit-0", "digit-0", "number-4", "deliver-9")),
    ],
)  # fmt: skip
def test_a_call_is_put_together_as_it_is_read(call, pieces):
    assert voice.names(call, "ja") == pieces


@pytest.mark.parametrize(
    ("number", "counter", "language"),
    [("A012", "41", "ja"), ("A012", "3A", "ja"), ("A012", "3", "ko"), ("", "3", "ja"), ("hello", "3", "en"),
     ("A012", "", "ja"), ("A012", "3", "../ja")],
)  # fmt: skip
def test_what_was_not_recorded_is_not_said(number, counter, language):
    assert voice.spoken(Announced(number, counter), language) is None


def test_both_languages_were_recorded_and_the_recording_stays_small():
    assert voice.recorded() == ("ja", "en")
    assert voice.RECORDED.stat().st_size < 3_500_000


def test_no_two_pieces_sound_the_same():
    for language in ("ja", "en"):
        pieces = {name: sound for name, sound in voice._pieces().items() if name.startswith(language)}
        assert len(set(pieces.values())) == len(pieces)
        assert all(0.2 < seconds(sound) < 6 for sound in pieces.values())
