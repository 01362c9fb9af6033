"""Reads the shipped words of messages; which places they must and may have is the rules' business."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from models.catalogue.source import Document, read

SHIPPED = Path(__file__).with_name("notices.yaml")
FIRST_LANGUAGE = "ja"

Texts = Mapping[str, Mapping[str, tuple[str, str]]]
"""Subject and body by kind and language."""


@cache
def shipped() -> Texts:
    """The shipped words; CatalogueError with file and line if broken."""
    return parse(read(SHIPPED))


def parse(document: Document) -> Texts:
    """The words of a document: every kind has Japanese, and each language a subject and a body."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for kind, node in document.root.entries():
        node.child(FIRST_LANGUAGE)
        found[kind] = {}
        for language, words in node.entries():
            words.only("subject", "body")
            found[kind][language] = (words.text("subject"), words.text("body"))
    return found
