"""Reads texts in the catalogue's languages, and checks that ruby is well formed."""

from __future__ import annotations

import re

from models.catalogue.definitions import Words
from models.catalogue.source import Node

LANGUAGES = ("ja", "en", "easy")

RUBY = re.compile(r"([㐀-䶿一-鿿豈-﫿𠀀-𲎯々〆ヶ]+)\{([ぁ-ゖァ-ヺー・]+)\}")
"""A run of kanji followed by its reading in kana, as kanji{reading}."""


def read_words(node: Node, *keys: str) -> Words:
    """The texts of a mapping with `ja` and perhaps `en` and `easy`; `keys` are other keys it may hold."""
    node.only(*LANGUAGES, *keys)
    japanese = node.text("ja")
    if not japanese.strip():
        node.fail("`ja` is empty, expected Japanese text", "ja")
    easy = node.text("easy", "")
    left = RUBY.sub("", easy)
    if "{" in left or "}" in left:
        node.fail("ruby cannot be read, expected kanji{reading} with the reading in kana", "easy")
    return Words(japanese, node.text("en", ""), easy)


def read_optional_words(node: Node, key: str) -> Words:
    """The texts under `key`; empty words where the key is absent."""
    return read_words(node.child(key)) if node.has(key) else Words("")
