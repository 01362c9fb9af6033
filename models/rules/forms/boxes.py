"""Between the boxes that the components draw and the boxes that the form engine reads.

The components offer more ways to answer than the engine needs: a name in one box, 月がわからない and 日がわからない
as two ticks, numbers of copies by place. Both directions keep every letter as it was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.rules.forms.posted import UNKNOWN_DAY, UNKNOWN_MONTH, shown
from models.rules.forms.steps import Asked, Step
from models.rules.forms.values import ADDRESS_PARTS

Boxes = Mapping[str, Sequence[str]]

TICKED = "true"
NAME_PARTS = ("family", "given", "whole", "one")
DATE_PARTS = ("era", "year", "month", "day", "month_unknown", "day_unknown")


def to_engine(step: Step, boxes: Boxes) -> dict[str, list[str]]:
    """The boxes of a posted page as the form engine reads them."""
    found = {box: list(texts) for box, texts in boxes.items()}
    for asked in step.asked:
        name = asked.name
        if asked.widget == "name" and text(boxes, f"{name}.one") == TICKED:
            found[name] = [text(boxes, f"{name}.whole")]
            found.pop(f"{name}.family", None)
            found.pop(f"{name}.given", None)
        elif asked.widget == "date":
            unknown = _unknown(boxes, name)
            if unknown:
                found[f"{name}.unknown"] = [unknown]
        elif asked.widget == "copies":
            for place, choice in enumerate(asked.choices, start=1):
                found[f"{name}.{choice.value}"] = found.pop(f"{name}.{place}", [""])
    return found


def from_fields(step: Step, fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """The boxes of a page that show the answers so far."""
    engine = shown(step, fields)
    found = dict(engine)
    for asked in step.asked:
        name = asked.name
        if asked.widget == "name" and text(engine, f"{name}.family") and not text(engine, f"{name}.given"):
            found[f"{name}.whole"] = found.pop(f"{name}.family")
            found[f"{name}.one"] = [TICKED]
        elif asked.widget == "date":
            unknown = text(engine, f"{name}.unknown")
            for value, part in ((UNKNOWN_MONTH, "month_unknown"), (UNKNOWN_DAY, "day_unknown")):
                found[f"{name}.{part}"] = [TICKED if unknown == value else ""]
        elif asked.widget == "copies":
            for place, choice in enumerate(asked.choices, start=1):
                found[f"{name}.{place}"] = list(engine.get(f"{name}.{choice.value}", [""]))
    return found


def value(asked: Asked, boxes: Boxes) -> Any:
    """What a component shows for one field: a text, a list, or its parts."""
    if asked.widget in ("name", "name_kana"):
        return {part: text(boxes, f"{asked.name}.{part}") for part in NAME_PARTS}
    if asked.widget == "date":
        return {part: text(boxes, f"{asked.name}.{part}") for part in DATE_PARTS}
    if asked.widget == "address":
        return {part: text(boxes, f"{asked.name}.{part}") for part in ADDRESS_PARTS}
    if asked.widget == "checkboxes":
        return list(boxes.get(asked.name, ()))
    if asked.widget == "copies":
        return {
            choice.value: text(boxes, f"{asked.name}.{place}")
            for place, choice in enumerate(asked.choices, start=1)
        }
    return text(boxes, asked.name)


def of_field(asked: Asked, boxes: Boxes) -> list[str]:
    """The names of the boxes that belong to one field."""
    return [box for box in boxes if box == asked.name or box.startswith(f"{asked.name}.")]


def text(boxes: Boxes, box: str) -> str:
    """The first text of a box, empty where it was not sent."""
    texts = boxes.get(box) or ("",)
    return texts[0]


def _unknown(boxes: Boxes, name: str) -> str:
    if text(boxes, f"{name}.month_unknown") == TICKED:
        return UNKNOWN_MONTH
    return UNKNOWN_DAY if text(boxes, f"{name}.day_unknown") == TICKED else ""
