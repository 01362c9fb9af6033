"""欄を足す: a section of a city's own in a form; the millimetres that it takes come from the highest section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.catalogue.arranging import order_of, places
from models.catalogue.forms_loader import PAPER_MM

Own = dict[str, Any]
HEIGHT = 14
"""Millimetres of a new section: one line with its title."""
LEAST = 20
"""A section is not made lower than this for a new one."""


def add_section(base: Mapping[str, Any], own: Own, title: str, after: str) -> None:
    """An empty section below the section `after`, or below all where there is no such one.

    Where the sheet is full, the highest section gives what is missing; where none can, the city's text says so later.
    """
    sections = own.setdefault("sections", {})
    name = next(f"x_s{number}" for number in range(1, 1000) if f"x_s{number}" not in sections)
    order = order_of(base, own)
    at = order.index(after) + 1 if after in order else len(order)
    sections[name] = {"title": title, "mm": HEIGHT}
    own["order"] = [*order[:at], name, *order[at:]]
    asked = own.get("ask", base.get("ask"))
    if asked:
        own["ask"] = [*asked, name]
    heights = {one: _height(base, own, one) for one in order_of(base, own)}
    missing = sum(heights.values()) - PAPER_MM
    highest = max(base["sections"], key=heights.__getitem__)
    if missing > 0 and heights[highest] - missing >= LEAST:
        sections.setdefault(highest, {})["mm"] = _whole(heights[highest] - missing)


def drop_section(base: Mapping[str, Any], own: Own, name: str) -> None:
    """Take a section of the city's own away again while nothing stands in it; what it took is given back."""
    sections = own.get("sections", {})
    if name not in sections or places(base, own).get(name):
        return
    room = PAPER_MM - sum(_height(base, own, one) for one in order_of(base, own) if one != name)
    del sections[name]
    own["order"] = [one for one in order_of(base, own) if one != name]
    if own.get("ask"):
        own["ask"] = [one for one in own["ask"] if one != name]
    if own.get("ask") == base.get("ask"):
        own.pop("ask", None)
    for one, entry in sections.items():
        if one not in base["sections"] or "mm" not in entry:
            continue
        before = float(base["sections"][one].get("mm", 0))
        given = max(0.0, min(before - float(entry["mm"]), room))
        room -= given
        if entry["mm"] + given == before:
            del entry["mm"]
        else:
            entry["mm"] = _whole(entry["mm"] + given)


def _height(base: Mapping[str, Any], own: Mapping[str, Any], name: str) -> float:
    before = base["sections"].get(name, {}).get("mm", 0)
    return float((own.get("sections", {}).get(name) or {}).get("mm", before))


def _whole(height: float) -> float | int:
    return int(height) if height == int(height) else height
