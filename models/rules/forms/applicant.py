"""Whose form is it? The name that staff say aloud and compare with an identity document, exactly as typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.catalogue.definitions import Form, FormSection
from models.rules.forms.values import is_empty

NAME, KANA = "name", "name_kana"
FIRST = ("comer", "claimant", "subject")
"""Whose name stands for the form, where several are written: who comes, who claims, whose certificate."""


@dataclass(frozen=True)
class Applicant:
    """A name as typed with its reading; both may be empty. `people` counts the rows of the form's lists."""

    name: str = ""
    kana: str = ""
    people: int = 0


def applicant(form: Form, fields: Mapping[str, Any]) -> Applicant:
    """The person of a form: who comes to the counter, else who claims, else the first one who is named."""
    people = sum(len(_rows_of(section, fields)) for section in form.asked_sections)
    known = list(_named(form, fields))
    for role in (*FIRST, ""):
        for found_role, name, kana in known:
            if not role or found_role == role:
                return Applicant(name, kana, people)
    return Applicant(people=people)


def _named(form: Form, fields: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for section in form.asked_sections:
        rows: list[Any] = [fields, *_rows_of(section, fields)]
        for row in rows:
            if isinstance(row, Mapping):
                yield from _in_row(section, row)


def _in_row(section: FormSection, row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    readings = [str(row[item.id]) for item in section.fields if item.vocabulary == KANA and row.get(item.id)]
    for item in section.fields:
        if item.vocabulary == NAME and not is_empty(row.get(item.id)):
            yield item.role, str(row[item.id]), readings[0] if readings else ""


def _rows_of(section: FormSection, fields: Mapping[str, Any]) -> list[Any]:
    rows = fields.get(section.list_key) if section.list_key else None
    return rows if isinstance(rows, list) else []
