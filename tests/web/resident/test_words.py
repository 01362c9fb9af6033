"""Other languages: the label in the visitor's words, the Japanese that will be printed beside it."""

from __future__ import annotations

import pytest

from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone
from web import reading

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "offered", lambda: reading.LANGUAGES)


@pytest.mark.usefixtures("every_language")
def test_labels_are_shown_in_english_with_the_japanese_beside(phone: Phone) -> None:
    mine = booked(phone, "IDO-01")
    phone.open(f"{mine}/forms/F02/head?lang=en")
    assert "Kind of notification 届出の種類" in phone.text
    assert "Moving within the city 転居" in phone.text
    assert '<small class="second" lang="ja">届出の種類</small>' in phone.answer.get_data(as_text=True)
    assert phone.open("/guide/questions?event=tenkyo").heading == "Have you already moved?"


@pytest.mark.usefixtures("every_language")
def test_easy_japanese_carries_its_readings(phone: Phone) -> None:
    page = phone.open("/guide/questions?event=tenkyo&lang=ja-easy").answer.get_data(as_text=True)
    assert "<ruby>住<rp>（</rp><rt>す</rt>" in page
    assert "{す}" not in page


def test_japanese_alone_shows_no_second_label(phone: Phone) -> None:
    mine = booked(phone, "IDO-01")
    assert (
        'lang="ja">'
        not in phone.open(f"{mine}/forms/F02/head").answer.get_data(as_text=True).split("<main")[1]
    )
