"""A counter at work: Ben at counter 2 of the city hall, Keiko at its reception, visitors with forms from home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.core.clock import now
from models.core.settings import Settings
from models.core.tokens import derived
from models.operations import applications, arrivals, booking
from models.papers import qr
from models.queries import availability, bookings, catalogue
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from tests.conftest import inside
from tests.web.people import BEN, KEIKO, employ, post, sign_in

DESK = "/counter/"
AOI = "葛\U000e0100城　蒼"
"""A name with a variation selector, as typed."""


def family(kind: str = "転入") -> dict[str, Any]:
    """住民異動届 of two people with names that are hard to print."""
    here = {"pref": "静岡県", "city": "前庭市", "town": "東町", "block": "三丁目5番6号"}
    there = {"pref": "神奈川県", "city": "横浜市", "town": "緑町", "block": "二丁目3番4号"}
    people = [
        {
            "p_name": AOI,
            "p_kana": "カツラギ　アオイ",
            "p_birth": "1991-11-05",
            "p_sex": "女",
            "p_rel": "世帯主",
        },
        {
            "p_name": "𠮷田　髙",
            "p_kana": "ヨシダ　タカ",
            "p_birth": "2019-04-10",
            "p_sex": "男",
            "p_rel": "子",
        },
    ]
    return {
        "kind": kind, "ido_date": "2026-11-20", "tokurei": "転出証明書あり",
        "d_name": AOI, "d_kana": "カツラギ　アオイ", "d_rel": "本人", "d_tel": "090-0000-0001",
        "a_new": here, "a_new_head": AOI, "a_join": False, "a_prev": there, "a_prev_head": AOI, "people": people,
    }  # fmt: skip


@dataclass(frozen=True)
class Visitor:
    """Somebody with a booking and one form; `code` is what the scanner reads from the phone."""

    booking: str
    token: str
    form: str
    code: str


@dataclass
class Hall:
    """The hall that the tests of a counter work in."""

    app: Flask
    settings: Settings

    @contextmanager
    def inside(self) -> Iterator[OfficeView]:
        """Call operations and queries in the city hall."""
        with inside(self.settings):
            yield office("honcho")

    def book(self, at: datetime, *, form: bool = True, place: str = "honcho", ready: bool = True) -> Visitor:
        """A booking at the free time nearest to `at`, with a form unless it is not wanted."""
        with inside(self.settings):
            where = office(place)
            need = availability.need_of(catalogue.current(), where, ["IDO-01"])
            first, last = availability.horizon(where, now())
            times = availability.free_times(where, need, first, last, now())
            best = min(times, key=lambda time: abs((time.starts_at - at).total_seconds()))
            request = booking.Request(
                where, need.procedures, best.starts_at, Contact("カツラギ　アオイ", phone="1")
            )
            made = booking.book(request)
            filed = applications.save(made.token, "F02", family(), ready=ready) if form else None
            token = derived(made.token, "qr")
            return Visitor(
                made.reference, made.token, filed.reference if filed else "", qr.reference_text(token)
            )

    def counter(self, number: str = "2") -> FlaskClient:
        """A browser in which Ben works at a counter."""
        client = sign_in(self.app, BEN)
        assert post(client, "/counter/place", "/counter/place", place=f"honcho/{number}").status_code == 303
        return client

    def reception(self) -> FlaskClient:
        """A browser in which Keiko receives people."""
        return sign_in(self.app, KEIKO)


def walk_in(hall: Hall, *procedures: str, priority: bool = False, language: str = "ja") -> str:
    """Somebody takes a number."""
    with hall.inside() as place:
        brought = arrivals.Brought(priority=priority)
        return arrivals.issue(place, procedures or ("IDO-01",), "test", language, brought=brought).number


def press(client: FlaskClient, to: str, **fields: Any) -> TestResponse:
    """Press a button of the desk and look at the desk that comes after."""
    answer = post(client, DESK, to, **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, DESK), answer.text
    return client.get(DESK)


TODAY = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
"""10:30 in Japan on the day of the tests."""
TOMORROW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


def scan(client: FlaskClient, code: str) -> TestResponse:
    """Read a code at the desk and follow to what it shows."""
    answer = post(client, DESK, "/counter/scans", code=code)
    return client.get(answer.headers["Location"]) if answer.status_code == 303 else answer


@pytest.fixture
def hall(app: Flask, settings: Settings) -> Hall:
    employ(settings, BEN, KEIKO)
    return Hall(app, settings)


@pytest.fixture
def ben(hall: Hall) -> FlaskClient:
    return hall.counter()


@pytest.fixture
def keiko(hall: Hall) -> FlaskClient:
    return hall.reception()


def bookings_state(hall: Hall, visitor: Visitor) -> str:
    with hall.inside():
        return bookings.by_token(visitor.token).state
