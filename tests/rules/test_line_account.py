"""What LINE's servers tell is read strictly, and only a text that looks like a code waits for an answer."""

from __future__ import annotations

import json

import pytest

from models.rules.line_account import code_like, delivery, link, signed

BOT = "U" + "b" * 32


@pytest.mark.parametrize("text", ["K7FX29MB", "k7fx-29mb", " K7FX 29MB ", "Ｋ７ＦＸ２９ＭＢ", "00000000"])
def test_what_looks_like_a_code_is_answered(text: str) -> None:
    assert code_like(text)


@pytest.mark.parametrize(
    "text", ["こんにちは", "", "12月3日", "A" * 9, "予約したいのですが", "K7FX", "K7FX29MB です"]
)
def test_what_people_write_to_the_city_is_left_to_people(text: str) -> None:
    assert not code_like(text)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"events": 1}',
        b'{"events": []}',
        b"[" * 50_000,
        b"\xff",
        b'{"destination":"U1","events":[]}',
    ],
)
def test_what_is_no_call_of_line_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        delivery(content)


def test_a_call_without_events_is_lines_own_trial() -> None:
    assert delivery(json.dumps({"destination": BOT, "events": []}).encode()).events == ()


def test_the_signature_is_hmac_sha256_of_the_bytes_as_openssl_makes_it() -> None:
    body, secret = b'{"events":[],"destination":"U"}', "0123456789abcdef0123456789abcdef"
    right = "HcnqcZHfJ0r7pqGrnTGluI4PR8ANKcoyXH5oAqYrhks="
    assert signed(secret, body, right)
    assert not signed(secret, body + b" ", right)
    assert not signed(secret, body, right.lower())
    assert not signed(secret, body, "")


def test_the_link_opens_line_with_the_code_ready() -> None:
    assert link("@maeniwa", "K7FX29MB") == "https://line.me/R/oaMessage/%40maeniwa/?K7FX29MB"
