"""Texts of the catalogue, found for the translators.

What stands there in Japanese alone is translated with the sentences and shown by `_`; `Words`, which have their English
and some their easy Japanese in the YAML, have translations of their own (`models.catalogue.translated`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.catalogue.definitions import Catalogue, Words
from models.catalogue.loader import load

Found = Iterator[tuple[int, str, str, list[str]]]


def texts(catalogue: Catalogue) -> list[str]:
    """Every text that a resident reads and has no other language, once, sorted: for whom an item is, fees, limits."""
    found = {*catalogue.who.values()}
    for item in catalogue.items.values():
        found.update(item.examples)
    for procedure in catalogue.procedures.values():
        found.update(one.when for one in procedure.bring)
        found.update((*procedure.online_via, procedure.deadline, procedure.fee_note))
    return sorted(found - {""})


def shown(catalogue: Catalogue) -> dict[str, list[Words]]:
    """Every text with languages of its own that a resident reads, by what it is."""
    guide = catalogue.navigator
    forms = catalogue.forms.values()
    fields = [one for form in forms for part in form.sections for one in part.fields if one.online]
    return {
        "queues": [one.words for one in catalogue.queues.values()],
        "items": [one.words for one in catalogue.items.values()],
        "procedures": [one.words for one in catalogue.procedures.values()],
        "elsewhere": [*catalogue.elsewhere.values()],
        "events": [*guide.events.values()],
        "questions": [text for one in guide.questions for text in (one.words, one.hint, one.stop_message)],
        "answers": [
            guide.answer(one.id, value) for one in guide.questions for value in one.values or (True, False)
        ],
        "reasons": [text for one in guide.rules for text in (one.why, one.warn)],
        "forms": [one.words for one in forms],
        "sections": [part.words for form in forms for part in form.asked_sections],
        "fields": [one.label for one in fields],
        "hints": [one.hint_words for one in fields],
        "choices": [one.value_label(value) for one in fields for value in one.values],
    }


def extract(*_asked: Any, **_options: Any) -> Found:
    """Babel's extraction of `texts`, of the catalogue that comes with the program."""
    yield from _found(texts(load()))


def words(*_asked: Any, options: Mapping[str, Any]) -> Found:
    """Babel's extraction of `shown` by their Japanese; with `easy = no` only what has no easy Japanese in the YAML."""
    every = [text for some in shown(load()).values() for text in some]
    yield from _found(text.ja for text in every if options.get("easy") != "no" or not text.easy)


def _found(some: Iterable[str]) -> Found:
    for text in dict.fromkeys(some):
        if text:
            yield 1, "", text, []
