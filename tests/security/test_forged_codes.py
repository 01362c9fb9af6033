"""Q5, Q6: a code that was changed by a single bit leads nowhere, and one that a stranger reads tells nothing."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.core.errors import NotFound
from models.core.settings import Settings
from models.operations import scanning
from models.papers import qr
from tests.conftest import inside
from tests.races.crowd import sized
from tests.security.test_check_in import (
    ONE,
    PERSONAL,
    book_today,
    code_of,
    seen_by_all,
    shown_at_the_entrance,
)
from tests.web.api.calls import Calls, decoded, issue_tokens

CODES = sized(20, 2)


@pytest.fixture
def calls(app: Flask, client: FlaskClient, settings: Settings) -> Calls:
    return Calls(client, issue_tokens(settings))


class TestQ5Forged:
    def flipped(self, text: str) -> list[str]:
        """The text with each of its bits the other way, one at a time, as a scanner would give the bytes."""
        raw = text.encode("ascii")
        return [
            (raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]).decode("latin-1")
            for place in range(len(raw))
            for bit in range(8)
        ]

    @ONE
    def test_q5_no_single_bit_of_a_code_leads_anywhere_else(self, settings: Settings, clock: Any) -> None:
        tried = 0
        with inside(settings):
            made = book_today(CODES)
            for one in made:
                code = code_of(one.token)
                for text in self.flipped(code):
                    tried += 1
                    if text.upper() == code:
                        found, _ = scanning.looked_up(text)
                        assert found is not None
                        assert found.reference == one.reference
                        continue
                    with pytest.raises(NotFound):
                        scanning.looked_up(text)
        assert tried == CODES * 34 * 8

    @ONE
    def test_q5_over_the_wire_every_flip_and_every_cut_is_404_or_422_and_writes_nothing(
        self, calls: Calls, settings: Settings
    ) -> None:
        """Of the flips every ninth: another bit at each next letter; with RACES=full all."""
        code = code_of(calls.booked()["token"])
        before = seen_by_all(calls)
        cuts = [code[:length] for length in range(len(code))] + [
            code[start:] for start in range(1, len(code))
        ]
        flips = self.flipped(code)[:: sized(1, 9)]
        for text in (*flips, *cuts, code * 2 + "M1" + "B" * 32, code + "A", "M2" + code[2:]):
            if text.upper() != code:
                assert shown_at_the_entrance(calls, text).status_code in (404, 422), repr(text)
        assert seen_by_all(calls) == before

    @ONE
    def test_q5_a_reader_that_forgives_a_letter_would_be_seen(
        self, settings: Settings, clock: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The planted fault: a superscript two is taken for a two."""
        read = qr.read
        monkeypatch.setattr(qr, "read", lambda text: read(unicodedata.normalize("NFKC", text)))
        with inside(settings):
            tokens = [one.token for one in book_today(12)]
            forgiven = 0
            for token in tokens:
                code = code_of(token)
                for text in self.flipped(code) if not forgiven else ():
                    try:
                        scanning.looked_up(text)
                        forgiven += text.upper() != code
                    except NotFound:
                        continue
        assert forgiven > 0


class TestQ6AStrangersPhone:
    @ONE
    def test_q6_the_code_is_plain_letters_that_open_no_page_and_tell_nothing(
        self, calls: Calls, client: FlaskClient
    ) -> None:
        booked = calls.booked()
        form = calls.file("F01", booking_token=booked["token"]).json
        for kind, token in (("bookings", booked["token"]), ("applications", form["token"])):
            text = decoded(calls.get(f"/{kind}/{token}/qr.png").data)
            assert re.fullmatch("M1[A-Z2-7]{32}", text)
            for secret in (
                *PERSONAL,
                token,
                booked["reference"],
                form["reference"],
                "http",
                "://",
                "F01",
                "JUM",
            ):
                assert secret.upper() not in text
            for page in (
                "",
                "bookings/",
                "tickets/",
                "api/v1/bookings/",
                "api/v1/applications/",
                "api/v1/tickets/",
            ):
                assert client.get(f"/{page}{text}").status_code == 404
                assert client.get(f"/{page}{text.removeprefix('M1')}").status_code == 404
