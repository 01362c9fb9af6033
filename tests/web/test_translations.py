"""Translations: every sentence is there in every language, nothing is lost on the way, the compiled files are fresh."""

import re
import shlex
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from models.catalogue.loader import load
from web.catalogue_texts import shown, texts
from web.reading import BY_CODE
from web.ruby import RUBY

ROOT = Path(__file__).parents[2]
SENTENCES = ROOT / "web/translations"
CATALOGUE = ROOT / "models/catalogue/translations"
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
EASY = "ja@easy"
RESIDENTS = tuple(re.search(r"^RESIDENTS := (.*)$", MAKEFILE, re.M)[1].split())
PLACE = re.compile(r"\{[a-z_][a-z0-9_]*(?::[^{}]*)?\}")
KANJI = re.compile(r"[々〆\u3400-\u9fff]")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Every text that a .babel/….cfg finds, found as `make translations` finds it: by its file's name."""
    options = shlex.split(re.search(r"^SENTENCES := (.*)$", MAKEFILE, re.M)[1])
    folder = tmp_path_factory.mktemp("sentences")

    @cache
    def found(name):
        file = folder / f"{name}.pot"
        mapping = str(ROOT / ".babel" / f"{name}.cfg")
        command = ["pybabel", "-q", "extract", "-F", mapping, *options, "-o", str(file), str(ROOT)]
        CommandLineInterface().run(command)
        return {message.id for message in read(file) if message.id}

    return found


@cache
def read(path):
    with path.open("rb") as file:
        return read_po(file)


def sentences(folder):
    return read(SENTENCES / folder / "LC_MESSAGES/messages.po")


def catalogue(folder):
    return read(CATALOGUE / folder / "LC_MESSAGES/catalogue.po")


def forms(text):
    """A text, or both forms of one with a plural."""
    return [text] if isinstance(text, str) else list(text)


def places(text):
    """The {places} of a sentence; of one with a plural those of either form."""
    return sorted({place for one in forms(text) for place in PLACE.findall(one)})


def missing(asked, book):
    """What has no translation, or where one of its forms is empty."""
    return [text for text in asked if not (book.get(text) and all(forms(book.get(text).string)))]


EVERY_BOOK = [("en", sentences), *((one, book) for one in RESIDENTS for book in (sentences, catalogue))]


def test_the_makefile_makes_the_languages_that_residents_can_choose():
    assert {*RESIDENTS} == {one.folder for one in BY_CODE.values() if one.code not in ("ja", "en")}
    assert len(BY_CODE) == 10


def test_every_sentence_of_the_program_has_its_english(asked):
    assert len(asked("everything")) > 1500
    assert missing(asked("everything"), sentences("en")) == []
    assert {one.id for one in sentences("en") if one.id} == asked("everything")


@pytest.mark.parametrize("folder", RESIDENTS)
def test_what_residents_read_is_there_in_every_language_and_nothing_else(asked, folder):
    assert 900 < len(asked("residents")) < len(asked("everything"))
    assert missing(asked("residents"), sentences(folder)) == []
    assert {one.id for one in sentences(folder) if one.id} == asked("residents")


@pytest.mark.parametrize("folder", RESIDENTS)
def test_the_catalogue_is_there_in_every_language(asked, folder):
    wanted = asked("catalogue-easy" if folder == EASY else "catalogue")
    assert len(wanted) > 300
    assert missing(wanted, catalogue(folder)) == []
    assert {one.id for one in catalogue(folder) if one.id} == wanted


def test_what_residents_read_is_part_of_the_program(asked):
    assert asked("residents") <= asked("everything")


@pytest.mark.parametrize(("folder", "kind"), EVERY_BOOK)
def test_no_translation_is_a_guess_or_left_over_or_changes_a_place(folder, kind):
    book = kind(folder)
    assert [one.id for one in book if one.id and one.fuzzy] == []
    assert list(book.obsolete) == []
    assert [one.id for one in book if places(one.id) != places(one.string)] == []


@pytest.mark.parametrize("folder", [one for one in RESIDENTS if one not in (EASY, "zh_Hans")])
def test_sentences_that_stand_side_by_side_keep_the_space_of_the_english(folder):
    def open_ends(text):
        last = forms(text)[-1]
        return (last[:1] == " ", last[-1:] == " ")

    english = sentences("en")
    differ = [
        one.id
        for one in sentences(folder)
        if one.id and open_ends(one.string) != open_ends(english.get(one.id).string)
    ]
    assert differ == []


@pytest.mark.parametrize(("folder", "kind"), EVERY_BOOK)
def test_plurals_are_those_of_the_language(folder, kind):
    book = kind(folder)
    rule = get_plural(Locale.parse(folder))
    assert (book.num_plurals, book.plural_expr) == (rule.num_plurals, rule.plural_expr)
    assert {len(forms(one.string)) for one in book if one.pluralizable} <= {rule.num_plurals}


@pytest.mark.parametrize("book", [sentences, catalogue], ids=["sentences", "catalogue"])
def test_every_kanji_of_easy_japanese_has_its_reading(book):
    said = [text for one in book(EASY) if one.id for text in forms(one.string)]
    if book is catalogue:
        said += [text.easy for some in shown(load()).values() for text in some if text.easy]
    left = [
        text for text in said if KANJI.search(RUBY.sub("", text)) or "{" in PLACE.sub("", RUBY.sub("", text))
    ]
    assert left == []


@pytest.mark.parametrize(
    "path",
    sorted([*SENTENCES.glob("*/*/*.po"), *CATALOGUE.glob("*/*/*.po")]),
    ids=lambda path: f"{path.parts[-3]} {path.stem}",
)
def test_the_compiled_file_is_the_one_that_the_sentences_make(path):
    compiled = BytesIO()
    write_mo(compiled, read(path))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run `make translations`"


@pytest.mark.parametrize(("kind", "said"), shown(load()).items())
def test_the_catalogue_speaks_english(kind, said):
    assert said
    assert sorted({text.ja for text in said if text.ja and not text.en}) == []


def test_texts_that_the_catalogue_has_in_japanese_alone_are_translated_with_the_sentences(asked):
    found = texts(load())
    assert {"本人", "14日以内", "運転免許証"} <= set(found)
    assert set(found) <= asked("residents")
