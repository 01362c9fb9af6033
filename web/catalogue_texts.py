"""Texts of the catalogue that stand there in Japanese alone, found for the translators; pages show them by `_`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from models.catalogue.definitions import Catalogue
from models.catalogue.loader import load


def texts(catalogue: Catalogue) -> list[str]:
    """Every such text that a resident reads, once, sorted: who may come, for whom an item is, fees, limits."""
    found = {*catalogue.who.values()}
    for item in catalogue.items.values():
        found.update(item.examples)
    for procedure in catalogue.procedures.values():
        found.update(one.when for one in procedure.bring)
        found.update((*procedure.online_via, procedure.deadline, procedure.fee_note))
    return sorted(found - {""})


def extract(
    _file: IO[bytes], _keywords: Collection[str], _tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's extraction: the texts of the catalogue that comes with the program."""
    for text in texts(load()):
        yield 1, "", text, []
