"""JSON: section by section in the names of the 標準仕様, or just the items that the receiver asked for."""

from __future__ import annotations

import json
from typing import Any

from models.core.messages import _n
from models.papers.handover.adapter import Adapter, Handed
from models.rules.forms.values import is_empty
from models.rules.handover.items import HandedItem, dated

FORMAT = "maeniwa-handover/1"


def draw(handed: Handed) -> bytes:
    """UTF-8, one object; what was not answered is null."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "receipt": handed.receipt,
        "copy": handed.copy,
        "application": handed.application,
        "form": {"id": handed.form, "title": handed.title, "edition": handed.edition},
        "municipality": handed.municipality,
        "office": handed.office,
        "at": handed.at.isoformat(timespec="seconds"),
    }
    if handed.order:
        told["items"] = {name: None if one is None else _value(handed, one) for name, one in handed.columns}
    else:
        told["sections"] = _sections(handed)
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _sections(handed: Handed) -> list[dict[str, Any]]:
    """`items` has the names of the 標準仕様, `others` the form's own labels."""
    found: dict[Any, dict[str, Any]] = {}
    for one in handed.items:
        section = found.setdefault(
            one.block,
            {"title": one.block.title, "role": one.block.role, "person": None, "items": {}, "others": {}},
        )
        section["person"] = None if one.block.row is None else one.block.row + 1
        section["items" if one.standard else "others"][one.name] = _value(handed, one)
    return list(found.values())


def _value(handed: Handed, one: HandedItem) -> Any:
    if is_empty(one.value) and not isinstance(one.value, bool):
        return None
    dates = one.field.kind in ("wareki", "date")
    return dated(str(one.value), handed.dates) if dates else one.value


ADAPTER = Adapter("json", _n("JSON"), ("file", "folder", "webhook"), "json", "application/json", draw)
