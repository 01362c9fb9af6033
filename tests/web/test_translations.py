"""Translations: every sentence has its English, nothing is lost on the way, and the compiled file is fresh."""

import re
import shlex
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from models.catalogue.definitions import Words
from models.catalogue.loader import load
from web.catalogue_texts import texts

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "web/translations/en/LC_MESSAGES/messages.po"
PLACE = re.compile(r"\{[^{}]*\}")


def read(path):
    with path.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Every sentence of the program, found as `make translations` finds it."""
    options = re.search(r"^SENTENCES := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)[1]
    found = tmp_path_factory.mktemp("sentences") / "messages.pot"
    places = [str(ROOT / name) for name in ("web", "kiosk", "models", "scheduler")]
    mapping = shlex.split(options.replace("-F .babel.cfg", f"-F {shlex.quote(str(ROOT / '.babel.cfg'))}"))
    CommandLineInterface().run(["pybabel", "-q", "extract", *mapping, "-o", str(found), *places])
    return {message.id for message in read(found) if message.id}


@pytest.fixture(scope="module")
def english():
    return read(ENGLISH)


def test_every_sentence_has_its_english(asked, english):
    assert len(asked) > 900
    missing = [sentence for sentence in asked if not (english.get(sentence) and english.get(sentence).string)]
    assert missing == []


def places(text):
    """The {places} of a sentence; of one with a plural those of either form."""
    forms = [text] if isinstance(text, str) else list(text)
    return sorted({place for one in forms for place in PLACE.findall(one)})


def test_every_place_of_a_sentence_is_kept_with_its_format(english):
    changed = [one.id for one in english if places(one.id) != places(one.string)]
    assert changed == []


def test_no_translation_is_a_guess_or_left_over(asked, english):
    assert [one.id for one in english if one.id and one.fuzzy] == []
    assert list(english.obsolete) == []
    assert {one.id for one in english if one.id} - asked == set()


@pytest.mark.parametrize("path", sorted(ROOT.glob("web/translations/*/LC_MESSAGES/messages.po")), ids=str)
def test_the_compiled_file_is_the_one_that_the_sentences_make(path):
    compiled = BytesIO()
    write_mo(compiled, read(path))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run `make translations`"


def shown_to_residents():
    """Every text of the catalogue with languages of its own, by what it is."""
    catalogue = load()
    guide = catalogue.navigator
    fields = [
        one
        for form in catalogue.forms.values()
        for part in form.sections
        for one in part.fields
        if one.online
    ]
    return {
        "queues": [one.words for one in catalogue.queues.values()],
        "items": [one.words for one in catalogue.items.values()],
        "procedures": [one.words for one in catalogue.procedures.values()],
        "elsewhere": [*catalogue.elsewhere.values()],
        "events": [*guide.events.values()],
        "questions": [text for one in guide.questions for text in (one.words, one.hint, one.stop_message)],
        "answers": [guide.answer(one.id, value) for one in guide.questions for value in one.values],
        "reasons": [text for one in guide.rules for text in (one.why, one.warn)],
        "forms": [one.words for one in catalogue.forms.values()],
        "sections": [part.words for form in catalogue.forms.values() for part in form.asked_sections],
        "fields": [one.label for one in fields],
        "hints": [Words(one.hint, one.hint_en) for one in fields],
        "choices": [one.value_label(value) for one in fields for value in one.values],
    }


@pytest.mark.parametrize(("kind", "shown"), shown_to_residents().items())
def test_the_catalogue_speaks_english(kind, shown):
    assert shown
    assert sorted({text.ja for text in shown if text.ja and not text.en}) == []


def test_texts_that_the_catalogue_has_in_japanese_alone_are_translated_with_the_sentences(asked):
    found = texts(load())
    assert {"本人", "14日以内", "運転免許証"} <= set(found)
    assert set(found) <= asked
