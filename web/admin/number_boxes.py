"""Numbers as people type them into a form's boxes, and values as the boxes hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.core.errors import FieldProblem, Invalid
from models.core.messages import message
from models.rules.hall_policy import OUT_OF_RANGE


def whole(text: str) -> int | None:
    """A whole number of at most six digits in any width; None for anything else."""
    plain = text.strip()
    return int(plain) if plain.isdecimal() and len(plain) <= 6 else None


def numbers(given: Mapping[str, str], ranges: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """The numbers of a form; `Invalid` names each that is none in its range."""
    found, problems = {}, []
    for name, (low, high) in ranges.items():
        number = whole(given.get(name, ""))
        if number is None or not low <= number <= high:
            problems.append(FieldProblem(name, message(OUT_OF_RANGE, low=low, high=high)))
        else:
            found[name] = number
    if problems:
        raise Invalid(problems)
    return found


def boxed(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as a form's boxes hold them."""
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value)
