"""Whether a field is asked, given the answers so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from models.catalogue.conditions import Comparison, Condition, Every, Not
from models.catalogue.definitions import Form, FormField, FormSection

Answer = Callable[[str], Any]
"""The answer to a field by id, None where there is none."""


def holds(condition: Condition, answer: Answer) -> bool:
    """Whether `condition` is true; an unanswered field makes every comparison false except "not ticked"."""
    if isinstance(condition, Comparison):
        return _compares(condition, answer(condition.field))
    if isinstance(condition, Not):
        return not holds(condition.part, answer)
    parts = (holds(part, answer) for part in condition.parts)
    return all(parts) if isinstance(condition, Every) else any(parts)


def is_asked(form: Form, item: FormField, fields: Mapping[str, Any], row: Any = None) -> bool:
    """Whether `item` is asked; `row` is the person's own answers where the field repeats.

    Answers to fields that are themselves no longer asked do not count.
    """
    if item.copies_of:
        return bool(_answer(form, item.copies_of, fields, row))
    if item.asked_when is None:
        return True
    return holds(item.asked_when, lambda name: _answer(form, name, fields, row))


def has_rows(form: Form, section: FormSection, fields: Mapping[str, Any]) -> bool:
    """Whether anything is asked of the people of this section."""
    return any(is_asked(form, item, fields, {}) for item in section.repeated)


def _answer(form: Form, name: str, fields: Mapping[str, Any], row: Any) -> Any:
    other = form.field(name)
    if not is_asked(form, other, fields, row):
        return None
    source = row if other.repeat > 1 else fields
    return source.get(name) if isinstance(source, Mapping) else None


def _compares(test: Comparison, value: Any) -> bool:
    if test.operator == "yes":
        return value is True
    if test.operator == "no":
        return value is not True
    if test.operator == "has":
        return isinstance(value, list) and any(one in test.values for one in value)
    if not isinstance(value, str) or not value:
        return False
    return (value in test.values) == (test.operator == "in")
