"""Reads the shipped words of messages; which places they must and may have is the rules' business."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from models.catalogue.source import Document, read

SHIPPED = Path(__file__).with_name("notice_texts")
FIRST_LANGUAGE = "ja"

Texts = Mapping[str, Mapping[str, tuple[str, str]]]
"""Subject and body by kind and language."""


@cache
def shipped() -> Texts:
    """The shipped words, a file a language; CatalogueError with file and line if broken."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for path in sorted(SHIPPED.glob("*.yaml"), key=lambda path: (path.stem != FIRST_LANGUAGE, path.stem)):
        for kind, words in parse(read(path)).items():
            found.setdefault(kind, {})[path.stem] = words
    return found


def parse(document: Document) -> Mapping[str, tuple[str, str]]:
    """The words of one language: every kind with its subject and body."""
    found: dict[str, tuple[str, str]] = {}
    for kind, words in document.root.entries():
        words.only("subject", "body")
        found[kind] = (words.text("subject"), words.text("body"))
    return found
