"""What may be sent in at all: only keys that the form asks, and a My Number nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.catalogue.definitions import Form, FormField, FormSection
from models.core.messages import Message, _n, message
from models.rules import mynumber, telephone

UNKNOWN = _n("この様式にない項目です。消してから、もう一度お試しください。")
NOT_ONLINE = _n("「{label}」は窓口で記入する項目です。ここには入力せず、消してください。")


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one answer: `row` counts people from 0, `part` names a part of an address."""

    field: str
    row: int | None
    message: Message
    part: str = ""
    rows: str = ""
    """The key of the list that the row stands in."""

    @property
    def path(self) -> str:
        """The place in `fields`: `people[0].p_addr.city`, `members[1]`, `r_name`."""
        place = self.field
        if self.row is not None:
            inner = "" if self.rows == self.field else f".{self.field}"
            place = f"{self.rows}[{self.row}]{inner}"
        return f"{place}.{self.part}" if self.part else place


def _known_keys(form: Form) -> dict[str, FormField | FormSection]:
    known: dict[str, FormField | FormSection] = {}
    for section in form.asked_sections:
        known.update({item.id: item for item in section.singles})
        if section.list_key:
            known[section.list_key] = section
    return known


def strange_keys(form: Form, fields: Mapping[Any, Any]) -> Iterator[FieldError]:
    """Keys that the form does not ask; the name is told only where it is surely a name."""
    known = _known_keys(form)
    offline = {item.id: item for section in form.sections for item in section.fields if not item.online}
    for key in fields:
        if key not in known:
            yield _strange_key(key, offline)
    for section in form.asked_sections:
        rows = fields.get(section.list_key)
        if section.list_key == section.id and isinstance(rows, list):
            asked = {item.id for item in section.repeated}
            for index, row in enumerate(rows[: section.most_rows]):
                for key in row if isinstance(row, Mapping) else ():
                    if key not in asked:
                        yield _strange_key(key, offline, index, section.list_key)


def _strange_key(
    key: Any, offline: Mapping[str, FormField], row: int | None = None, rows: str = ""
) -> FieldError:
    if isinstance(key, str) and key in offline:
        return FieldError(key, row, message(NOT_ONLINE, label=offline[key].label), rows=rows)
    plain = isinstance(key, str) and re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,39}", key)
    name = key if plain and not mynumber.contains_my_number(key) else "fields"
    return FieldError(name, row, message(UNKNOWN), rows=rows)


def my_numbers(form: Form, fields: Mapping[Any, Any]) -> Iterator[FieldError]:
    """A refusal for every place that holds a My Number, without the number."""
    known = _known_keys(form)
    for key, value in fields.items():
        place = known.get(key) if isinstance(key, str) else None
        if _in_key(key):
            yield FieldError("fields", None, message(mynumber.REFUSED))
        if isinstance(place, FormSection) and isinstance(value, list):
            yield from _guard_rows(place, value)
        elif _holds_my_number(value, place if isinstance(place, FormField) else None):
            yield FieldError(key if place else "fields", None, message(mynumber.REFUSED))


def _guard_rows(section: FormSection, rows: list[Any]) -> Iterator[FieldError]:
    by_id = {item.id: item for item in section.repeated}
    for index, row in enumerate(rows):
        pairs = row.items() if isinstance(row, Mapping) else ((section.list_key, row),)
        for key, value in pairs:
            item = by_id.get(key)
            if _in_key(key) or _holds_my_number(value, item):
                name = item.id if item else section.repeated[0].id
                yield FieldError(name, index, message(mynumber.REFUSED), rows=section.list_key)


def _in_key(key: Any) -> bool:
    return mynumber.contains_my_number(str(key))


def _holds_my_number(value: Any, item: FormField | None) -> bool:
    if (
        item is not None
        and item.kind == "tel"
        and isinstance(value, str)
        and telephone.is_international(value)
    ):
        return False
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting.extend((*one.keys(), *one.values()))
        elif isinstance(one, list | tuple):
            waiting.extend(one)
        elif one is not None and not isinstance(one, bool) and mynumber.contains_my_number(str(one)):
            return True
    return False
