"""窓口の早見表: the stored page is its source's, one A4 page, and says what the desk says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageChops

from models.rules.hall_policy import HallPolicy
from models.rules.ticket_numbers import FIRST_LEASED
from tests import counter_card
from tests.architecture.repository import files, read

AGAIN = "`make card` draws the page anew from docs/ja/counter-card.yaml"
A4 = (595, 842)
CALL = re.compile(r"\{\{(.+?)\}\}|(?<=[{,]) ?(\"\w+\": \(_\([^)]+\), [^)]+\))", re.DOTALL)
SENTENCE = re.compile(r"""\b_n?\(\s*["']([^"']+)["']""")
KEY = re.compile(r"\"((?:Shift\+)?F[0-9]+)\"")
TOLD_KEY = re.compile(r"(⇧?F[0-9]+)「([^」]+)」")
CARD = counter_card.words()


@pytest.fixture(scope="module")
def buttons() -> set[tuple[str, str]]:
    """(key, words) of every button of the counter's pages, as their templates have them."""
    found = set()
    for path in files(".html", inside=("web/templates/counter",)):
        for call in CALL.finditer(read(path)):
            text = call[0]
            found |= {(key, plain(words)) for words in SENTENCE.findall(text) for key in KEY.findall(text)}
    return found


@pytest.fixture(scope="module")
def sentences() -> str:
    """Every sentence that a clerk can meet."""
    sources = files(".html", ".py", inside=("web/counter", "web/templates/counter"))
    return "\n".join(sentence for path in sources for sentence in SENTENCE.findall(read(path)))


def plain(words: str) -> str:
    """The words of a button without what changes in its brackets."""
    return re.sub(r"（\{\w+\}）", "", words)


def texts(part: Any) -> Iterator[str]:
    """Every text of the page."""
    if isinstance(part, str):
        yield part.replace("｜", "")
    else:
        for one in part.values() if isinstance(part, dict) else part:
            yield from texts(one)


def keys() -> list[tuple[str, str]]:
    """(key, words) of every key on the page, in its tables and in its sentences."""
    groups = [group["keys"] for column in CARD["columns"] for group in column]
    rows = [one for part in (CARD["flow"]["steps"], *groups) for one in part if "key" in one]
    said = [
        (key.replace("⇧", "Shift+"), words) for text in texts(CARD) for key, words in TOLD_KEY.findall(text)
    ]
    return [(one["key"], one["words"]) for one in rows] + said


def test_the_stored_page_is_the_one_its_source_makes() -> None:
    assert counter_card.PDF.read_bytes() == counter_card.drawn(), AGAIN


def test_it_is_one_page_of_a4_with_every_word() -> None:
    with pypdfium2.PdfDocument(counter_card.PDF) as document:
        assert len(document) == 1
        assert tuple(round(side) for side in document[0].get_size()) == A4
        read_back = re.sub(r"\s", "", document[0].get_textpage().get_text_bounded())
    for text in texts(CARD):
        if not text.startswith("Shift+") and "F" not in text:
            assert re.sub(r"\s", "", text) in read_back, text


def test_the_picture_of_the_documents_is_this_page() -> None:
    drawn = counter_card.picture(counter_card.PDF.read_bytes()).convert("RGB")
    with Image.open(counter_card.PICTURE) as kept:
        assert ImageChops.difference(drawn, kept.convert("RGB")).getbbox() is None, AGAIN


@pytest.mark.parametrize(("key", "words"), sorted(set(keys())))
def test_each_key_does_on_the_desk_what_the_page_says(
    key: str, words: str, buttons: set[tuple[str, str]]
) -> None:
    assert (key, words) in buttons


def test_what_is_quoted_stands_on_the_desk(sentences: str) -> None:
    quoted = [words for text in texts(CARD) for words in re.findall(r"「([^」]+)」", text)]
    states = [row["word"].replace("｜", "") for row in CARD["printer"]["rows"]]
    assert len(quoted) > 15
    assert [words for words in quoted + states if words not in sentences] == []


def test_the_numbers_of_the_page_are_the_hall_s() -> None:
    everything = " ".join(texts(CARD))
    assert re.findall(r"(\d+)分以内", everything) == [str(HallPolicy().undo_minutes)]
    assert re.findall(r"(\d+)番台", everything) == [str(FIRST_LEASED)]


@pytest.mark.parametrize("planted", [("F5", "次を呼ぶ"), ("F2", "次を呼びます")])
def test_a_key_or_a_word_that_the_desk_lacks_would_be_found(
    planted: tuple[str, str], buttons: set[tuple[str, str]]
) -> None:
    assert planted not in buttons
