"""One word a concept: the glossary's words are used, and other systems' words for them are not."""

import ast
import re
from functools import cache

import pytest

from models.core.db import Base
from tests.architecture.repository import defined, name, names_in, product, read

FORBIDDEN = {
    "appointment", "service", "reservation", "citizen", "customer", "client", "tenant", "workstation", "util", "utils",
    "helper", "helpers", "misc",
}  # fmt: skip
ENTRY = re.compile(r"^\| ([a-z][a-z -]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@cache
def words_of(identifier):
    """`BookingSlot` and `booking_slots` are both booking, slot."""
    plain = [part.lower() for part in PARTS.findall(identifier)]
    return {word for part in plain for word in (part, part.removesuffix("s"), part.removesuffix("es"))}


def forbidden(names):
    return sorted(found for found in names if words_of(found) & FORBIDDEN)


@pytest.fixture(scope="module")
def glossary():
    return {word: meaning for word, _, meaning in ENTRY.findall(read("docs/glossary.md")) if word != "word"}


@pytest.fixture(scope="module")
def used():
    found = set()
    for path in product():
        found |= words_of(path.stem)
        for identifier in names_in(path):
            found |= words_of(identifier)
    return found


def test_no_other_word_for_a_concept_names_anything():
    assert {name(path): found for path in product() if (found := forbidden(names_in(path)))} == {}


@pytest.mark.parametrize("planted", ["class ServiceDesk: ...", "def f(appointments): ...", "citizen_id = 1"])
def test_a_forbidden_word_would_be_found(planted):
    assert forbidden(set(defined(ast.parse(planted))))


def test_every_word_of_the_glossary_is_used(glossary, used):
    assert len(glossary) > 60
    assert [word for word in glossary if not set(re.split(r"[ -]", word)) <= used] == []


def test_every_table_is_made_of_words_of_the_glossary(glossary):
    known = {part for word in glossary for part in re.split(r"[ -]", word)}
    plain = {
        "opening",
        "sequence",
        "number",
        "entry",
        "run",
        "access",
        "idempotency",
        "key",
        "offered",
        "end",
        "daily",
        "monthly",
        "name",
    }
    strange = {
        table: unknown for table in Base.metadata.tables if (unknown := set(table.split("_")) - known - plain)
    }
    assert strange == {}


def test_each_word_stands_in_the_glossary_once():
    words = [word for word, _, _ in ENTRY.findall(read("docs/glossary.md")) if word != "word"]
    assert sorted(words) == sorted(set(words))
