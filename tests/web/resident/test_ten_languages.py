"""Ten languages on residents' pages, two on staff's; what is left in Japanese says that it is Japanese."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.web.resident.conftest import booked
from tests.web.resident.phone import Phone
from tests.web.resident.test_english import Untranslated
from web.reading import LANGUAGES, Language

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

IN_ORDER = ["ja", "ja-easy", "en", "zh-Hans", "vi", "ko", "tl", "ne", "pt-BR", "id"]
TAGS = ["ja", "ja", "en", "zh-Hans", "vi", "ko", "fil", "ne", "pt-BR", "id"]
FOREIGN = [language for language in LANGUAGES if language.code not in ("ja", "ja-easy")]
KANA = re.compile("[\u3041-\u30fa]")
IN_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
OPTION = re.compile(r'href="\?[^"]*lang=([\w-]+)" lang="([\w-]+)" hreflang="([\w-]+)"')


def offered(client: FlaskClient, address: str) -> list[tuple[str, ...]]:
    """Code, language and hreflang of every entry of a page's menu."""
    return OPTION.findall(client.get(address).get_data(as_text=True))


def left_in_japanese(phone: Phone) -> Iterator[str]:
    """Texts with kana that are neither marked as Japanese nor a name in brackets behind its translation."""
    for text in Untranslated(phone.answer.get_data(as_text=True)).found:
        if KANA.search(IN_BRACKETS.sub("", text)):
            yield text


def test_residents_choose_among_ten_and_staff_among_two(client: FlaskClient) -> None:
    assert offered(client, "/") == list(zip(IN_ORDER, TAGS, TAGS, strict=True))
    assert [code for code, *_ in offered(client, "/staff/sign-in")] == ["ja", "en"]
    assert [code for code, *_ in offered(client, "/board/")] in ([], ["ja", "en"])


def test_who_reads_another_language_signs_in_in_japanese_or_as_the_browser_says(client: FlaskClient) -> None:
    client.get("/?lang=vi")
    assert '<html lang="vi"' in client.get("/guide/").get_data(as_text=True)
    assert '<html lang="ja"' in client.get("/staff/sign-in").get_data(as_text=True)
    english = client.get("/staff/sign-in", headers={"Accept-Language": "vi,en;q=0.5"})
    assert '<html lang="en"' in english.get_data(as_text=True)


@pytest.mark.parametrize(
    ("asks", "tag"),
    [
        ("zh", "zh-Hans"), ("zh-CN,zh;q=0.9", "zh-Hans"), ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hans"), ("vi-VN", "vi"),
        ("ko-KR", "ko"), ("fil-PH", "fil"), ("tl", "fil"), ("ne-NP", "ne"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"),
        ("id-ID", "id"), ("fr-FR,pt;q=0.5", "pt-BR"), ("de,ja;q=0.3", "ja"), ("*", "ja"), ("ja-easy", "ja"),
    ],
)  # fmt: skip
def test_a_browser_is_answered_in_the_nearest_language(client: FlaskClient, asks: str, tag: str) -> None:
    assert f'<html lang="{tag}"' in client.get("/nothing", headers={"Accept-Language": asks}).get_data(
        as_text=True
    )


@pytest.mark.parametrize("language", FOREIGN, ids=lambda language: language.code)
def test_nothing_is_left_in_japanese_without_saying_so(phone: Phone, language: Language) -> None:
    phone.open(f"/?lang={language.code}")
    for page in ("/", "/guide/procedures/JUM-01", "/guide/questions?event=tennyu", "/book/?procedure=JUM-01"):
        assert list(left_in_japanese(phone.open(page))) == [], page


def test_the_name_of_a_page_has_no_readings(phone: Phone) -> None:
    (title,) = phone.open("/privacy?lang=ja-easy").page.all("title")
    assert title.text == "名前や 住所などの 使い方 · 前庭市"


def test_a_forms_label_stands_beside_the_japanese_that_is_printed(phone: Phone) -> None:
    mine = booked(phone, "IDO-01")
    page = phone.open(f"{mine}/forms/F02/head?lang=vi").answer.get_data(as_text=True)
    assert '<small class="second" lang="ja">届出の種類</small>' in page
    assert list(left_in_japanese(phone)) == []


def test_a_date_is_written_as_the_language_writes_it(phone: Phone) -> None:
    mine = booked(phone, "JUM-01")
    said = {language.code: phone.open(f"{mine}?lang={language.code}").text for language in LANGUAGES}
    assert "令和8年" in said["ja"]
    assert "令和8年" in said["zh-Hans"]
    assert all("Reiwa 8" in said[code] for code in ("en", "vi", "id", "tl"))
    assert ("tháng" in said["vi"], "월" in said["ko"], " de " in said["pt-BR"]) == (True, True, True)
