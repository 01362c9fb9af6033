"""Where the sections and fields of a form stand once a city has moved them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def order_of(form: Mapping[str, Any], own: Mapping[str, Any]) -> list[str]:
    """The sections from top to bottom: as the city lists them, then the others as they stood before."""
    known = [*(form.get("order") or ()), *form["sections"], *own.get("sections", {})]
    return list(dict.fromkeys([*own.get("order", ()), *known]))


def places(form: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields of each section in their order, sections from top to bottom.

    A section that lists its fields has those first, in that order; whatever is not listed stays in its section behind.
    """
    listed = {name: list((one or {}).get("fields", ())) for name, one in own.get("sections", {}).items()}
    taken = {field for fields in listed.values() for field in fields}
    found = {section: listed.get(section, []) for section in order_of(form, own)}
    for name, field in fields_of(form, own).items():
        if name not in taken and field.get("sec") in found:
            found[field["sec"]].append(name)
    known = fields_of(form, own)
    return {section: [name for name in fields if name in known] for section, fields in found.items()}


def fields_of(form: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The data of every field that is not hidden, the city's own over the form's."""
    given = own.get("fields", {})
    known = {**form["fields"], **{name: {} for name in given if name not in form["fields"]}}
    return {
        name: {**field, **(given.get(name) or {})}
        for name, field in known.items()
        if given.get(name, field) is not None
    }


def arranged(form: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A merged form with its sections and fields where the city wants them."""
    fields = form["fields"]
    moved = {
        name: {**fields[name], "sec": section}
        for section, names in places(form, own).items()
        for name in names
    }
    lost = {name: field for name, field in fields.items() if name not in moved}
    return {**form, "order": order_of(form, own), "fields": {**moved, **lost}}
