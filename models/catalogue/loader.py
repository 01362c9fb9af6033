"""Loads and validates the catalogue: the shipped folder, a city's folders over it, or a stored edition."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from models.catalogue.definitions import Catalogue, Form
from models.catalogue.forms_loader import load_forms
from models.catalogue.merging import PARTS, CatalogueSource, read_source
from models.catalogue.navigator_loader import read_navigator, read_visit_merge
from models.catalogue.numbers import read_numbers
from models.catalogue.procedures_loader import References, read_procedures, read_search
from models.catalogue.source import CatalogueError, Document


def load(*overrides: Path) -> Catalogue:
    """The shipped catalogue with the folders of `overrides` laid over it; CatalogueError if broken."""
    return build(read_source(*overrides))


def dump(source: CatalogueSource) -> str:
    """One edition as one JSON text. Keep it as text: the order of keys has a meaning (questions, rules)."""
    data = {part: source.documents[part].data for part in PARTS}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def parse(text: str) -> Catalogue:
    """The catalogue that `dump` wrote, validated again and equal to the one that was dumped."""
    return build(restore(text))


def restore(text: str) -> CatalogueSource:
    """The documents that `dump` wrote; CatalogueError where the text is no edition."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise CatalogueError("edition", 0, f"not valid JSON: {error}") from error
    if not isinstance(data, dict) or set(data) != set(PARTS):
        raise CatalogueError("edition", 0, f"expected an object with the keys {', '.join(PARTS)}")
    return CatalogueSource({part: Document(Path(f"{part}.yaml"), data[part]) for part in PARTS})


def build(source: CatalogueSource) -> Catalogue:
    """The validated catalogue of these documents; CatalogueError names file, line and what is expected."""
    documents = source.documents
    forms, staff_blocks = load_forms(documents["forms"], documents["vocabulary"])
    known = References(documents["departments"], documents["queues"], documents["items"], forms)
    procedures = read_procedures(documents["procedures"], known)
    _check_used_by(documents["forms"], forms, procedures)
    synonyms, elsewhere = read_search(documents["search"], procedures)
    return Catalogue(
        departments=known.departments,
        queues=known.queues,
        items=known.items,
        who=known.who,
        procedures=procedures,
        navigator=read_navigator(documents["navigator"], procedures, known.items),
        forms=forms,
        staff_blocks=staff_blocks,
        rules=read_numbers(documents["queues"], documents["demand"], documents["metrics"]),
        visit=read_visit_merge(documents["navigator"]),
        synonyms=synonyms,
        elsewhere=elsewhere,
        digest=hashlib.sha256(dump(source).encode()).hexdigest(),
    )


def _check_used_by(document: Document, forms: Mapping[str, Form], procedures: Collection[str]) -> None:
    for code, form in forms.items():
        for user in form.used_by:
            if user not in procedures:
                document.fail(("forms", code, "used_by"), f"`{user}` is unknown, expected a procedure")
