"""A form's answers without their names, in the order of the form: so few bytes that a QR code holds them.

A plan tells the order, as JSON that a browser reads as well: `[id]` is one answer as it is, `[id, "values", list]` a
choice (its place in the list), `[id, "parts", list]` an answer of named parts, `[id, "rows", plan]` people. What is
not answered is null, and nulls at the end are left away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from models.catalogue.definitions import Form, FormField, FormSection
from models.rules.forms.values import ADDRESS_PARTS

Plan = list[list[Any]]


def plan(form: Form) -> Plan:
    """In which order the answers of a form are packed, and how."""
    found: Plan = []
    for section in form.asked_sections:
        found += [_entry(form, item) for item in section.singles]
        if section.list_key:
            found.append(_rows(form, section))
    return found


def mark(form: Form) -> str:
    """Eight characters that change with whatever changes the form: its very version, in a QR code and on the sheet."""
    text = json.dumps([form.id, form.digest, plan(form)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def packed(order: Plan, fields: Mapping[str, Any]) -> list[Any]:
    """The answers in order; ValueError for an answer that the order has no place for."""
    if set(fields) - {entry[0] for entry in order}:
        raise ValueError("an answer that the form does not ask")
    return _trimmed([_pack(entry, fields.get(entry[0])) for entry in order])


def unpacked(order: Plan, values: Any) -> dict[str, Any]:
    """The answers by name; ValueError where the shape cannot be this form's. Nothing else is judged here."""
    if not isinstance(values, list) or len(values) > len(order):
        raise ValueError("not the answers of this form")
    pairs = zip(order, values, strict=False)
    return {entry[0]: _unpack(entry, value) for entry, value in pairs if value is not None}


def _entry(form: Form, item: FormField) -> list[Any]:
    if item.kind == "address":
        return [item.id, "parts", list(ADDRESS_PARTS)]
    if item.copies_of:
        return [item.id, "parts", list(form.field(item.copies_of).values)]
    return [item.id, "values", list(item.values)] if item.values else [item.id]


def _rows(form: Form, section: FormSection) -> list[Any]:
    if section.list_key != section.id:
        return _entry(form, section.repeated[0])[:1]
    return [section.list_key, "rows", [_entry(form, item) for item in section.repeated]]


def _pack(entry: list[Any], value: Any) -> Any:
    if value is None or len(entry) == 1:
        return value
    _, way, inner = entry
    if way == "values":
        return [_place(inner, one) for one in value] if isinstance(value, list) else _place(inner, value)
    if way == "parts":
        if set(value) - set(inner):
            raise ValueError("a part that the answer does not have")
        return _trimmed([value.get(part) or None for part in inner])
    return [packed(inner, row) for row in value]


def _unpack(entry: list[Any], value: Any) -> Any:
    if len(entry) == 1:
        return value
    _, way, inner = entry
    if way == "values":
        return [_chosen(inner, one) for one in value] if isinstance(value, list) else _chosen(inner, value)
    if not isinstance(value, list):
        raise ValueError("not a list")
    if way == "rows":
        return [unpacked(inner, row) for row in value]
    if len(value) > len(inner):
        raise ValueError("too many parts")
    return {part: one for part, one in zip(inner, value, strict=False) if one is not None}


def _place(values: Sequence[str], value: Any) -> Any:
    return values.index(value) if value in values else value


def _chosen(values: Sequence[str], value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value < len(values):
            raise ValueError("no such choice")
        return values[value]
    return value


def _trimmed(values: list[Any]) -> list[Any]:
    while values and values[-1] is None:
        values.pop()
    return values
