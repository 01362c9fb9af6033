"""The residents' pages in English: what is left in Japanese is there on purpose."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from models.core.settings import Settings
from models.queries import catalogue, offices
from tests.conftest import inside
from tests.web.resident.conftest import ONE
from tests.web.resident.phone import VOID, Phone

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

JAPANESE = re.compile("[\u3001-\u30ff\u3400-\u9fff\uff01-\uffee]")
READ_OUT = ("alt", "title", "aria-label", "placeholder")
BESIDE = re.compile(r"\([^()]*\)")
"""A Japanese name that stands in brackets behind its English."""
EXAMPLES = re.compile(r"Examples?: .*")
STUCK = re.compile(r"\w+[.!?][A-Z]\w+")
"""Two sentences without a space between them."""


class Untranslated(HTMLParser):
    """The texts of a page that are Japanese without being marked as Japanese (or Chinese)."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.found += [text for name in READ_OUT if (text := said.get(name)) and JAPANESE.search(text)]
        if tag not in {*VOID, "wbr"}:
            self.open.append((tag, said.get("lang") or ""))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        marked = any(tag == "ruby" or language in ("ja", "zh-Hans") for tag, language in self.open)
        if not marked and JAPANESE.search(data):
            self.found.append(" ".join(data.split()))


@pytest.fixture
def official(settings: Settings) -> list[str]:
    """Names and addresses that are Japanese in every language, and what the visitor typed."""
    with inside(settings):
        return [
            "前庭市",
            str(ONE["name"]).replace("\u3000", " "),
            *(one.address for one in offices.offices()),
        ]


@pytest.fixture
def english(phone: Phone) -> Phone:
    return phone.open("/?lang=en")


def left(phone: Phone, official: list[str]) -> list[str]:
    found = [one for paragraph in phone.page.all("p") for one in STUCK.findall(paragraph.text)]
    for text in Untranslated(phone.answer.get_data(as_text=True)).found:
        for name in sorted(official, key=len, reverse=True):
            text = text.replace(name, "")
        if JAPANESE.search(EXAMPLES.sub("", BESIDE.sub("", text))):
            found.append(text)
    return found


@pytest.mark.parametrize(
    "address",
    ["/", "/offices", "/privacy", "/accessibility", "/guide/", "/guide/search", "/guide/search?q=zzz"],
)
def test_pages_for_everybody_are_english(english: Phone, official: list[str], address: str) -> None:
    english.open(address)
    assert english.page.all("html")[0].get("lang") == "en"
    assert left(english, official) == []


def test_every_procedure_is_told_in_english(english: Phone, settings: Settings, official: list[str]) -> None:
    with inside(settings):
        codes = [*catalogue.current().procedures]
    for code in codes:
        assert left(english.open(f"/guide/procedures/{code}"), official) == [], code


def test_every_life_event_asks_in_english(english: Phone, settings: Settings, official: list[str]) -> None:
    with inside(settings):
        events = [*catalogue.current().navigator.events]
    for event in events:
        assert left(english.open(f"/guide/questions?event={event}"), official) == [], event


def test_booking_and_the_first_page_of_a_form_are_english(english: Phone, official: list[str]) -> None:
    english.open("/book/?procedure=IDO-01&office=honcho")
    assert left(english, official) == []
    english.press("Calendar")
    assert left(english, official) == []
    english.open("/book/?procedure=IDO-01&office=honcho")
    english.submit(english.buttons("starts_at")[0])
    assert left(english, official) == []
    english.press("Go on to check")
    assert english.status == 422
    assert left(english, official) == []
    english.press("Go on to check", ONE)
    assert left(english, official) == []
    english.press("Book this visit")
    assert english.heading == "Your booking is made"
    assert left(english, official) == []
    mine = english.address
    calendar = english.client.get(
        next(one.get("href") for one in english.page.all("a") if "ics" in one.get("href"))
    )
    assert "Visit to the city hall" in calendar.text
    assert "持ち物" not in calendar.text
    for page in ("change", "cancel", "forms/F02", "forms/F02/check"):
        assert left(english.open(f"{mine}/{page}"), official) == [], page


def test_a_page_that_is_not_there_says_so_in_english(english: Phone, official: list[str]) -> None:
    assert english.open("/nowhere").heading == "Not found"
    assert left(english, official) == []


@pytest.mark.parametrize(
    ("asks", "heading"),
    [
        ({}, "市役所に来る前に、ここでできること"),
        ({"Accept-Language": "ja,en-US;q=0.9"}, "市役所に来る前に、ここでできること"),
        ({"Accept-Language": "fr-FR"}, "市役所に来る前に、ここでできること"),
        ({"Accept-Language": "en-US,en;q=0.9"}, "What you can do here before you come to the city hall"),
    ],
    ids=["nothing", "Japanese", "French", "English"],
)
def test_a_browser_that_asks_for_no_language_of_ours_reads_japanese(
    client: FlaskClient, asks: dict[str, str], heading: str
) -> None:
    assert heading in client.get("/", headers=asks).get_data(as_text=True)
