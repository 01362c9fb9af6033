"""What a form still lacks, so that the counter can ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.catalogue.definitions import Form, FormField, FormSection
from models.rules.forms.conditions import has_rows, is_asked
from models.rules.forms.values import is_empty


@dataclass(frozen=True)
class Missing:
    """One must that is not answered; `row` counts people from 0."""

    section: FormSection
    field: FormField
    row: int | None = None


def missing(form: Form, fields: Mapping[str, Any]) -> list[Missing]:
    """Every must of the form that has no answer, in asking order; a list without people lacks its first person."""
    found: list[Missing] = []
    for section in form.asked_sections:
        found.extend(_singles(form, section, fields))
        if section.list_key and has_rows(form, section, fields):
            found.extend(_rows(form, section, fields))
    return found


def _singles(form: Form, section: FormSection, fields: Mapping[str, Any]) -> Iterator[Missing]:
    for item in section.singles:
        if _lacks(form, item, fields, None, fields.get(item.id)):
            yield Missing(section, item)


def _rows(form: Form, section: FormSection, fields: Mapping[str, Any]) -> Iterator[Missing]:
    for index, row in enumerate(fields.get(section.list_key) or [{}]):
        for item in section.repeated:
            value = row.get(item.id) if isinstance(row, Mapping) else row
            if _lacks(form, item, fields, row, value):
                yield Missing(section, item, index)


def _lacks(form: Form, item: FormField, fields: Mapping[str, Any], row: Any, value: Any) -> bool:
    if not item.must or item.default is not None or not is_asked(form, item, fields, row):
        return False
    if item.copies_of and isinstance(value, Mapping):
        return any(kind not in value for kind in fields.get(item.copies_of) or ())
    return is_empty(value)
