"""The condition language of the 手続きナビ: what holds for a set of answers, and which rules fire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.catalogue.definitions import Navigator, NavigatorRule

Answer = str | bool | int | Sequence[str] | None
Answers = Mapping[str, Answer]

OPERATORS = ("eq", "ne", "ge", "le", "has")


def holds(condition: Any, answers: Answers) -> bool:
    """Whether `condition` holds; None always does; without an answer every comparison is false."""
    if condition is None:
        return True
    if isinstance(condition, Mapping):
        if "all" in condition:
            return all(holds(part, answers) for part in condition["all"])
        if "any" in condition:
            return any(holds(part, answers) for part in condition["any"])
        return not holds(condition["not"], answers)
    question, operator, value = condition
    answer = answers.get(question)
    return answer is not None and _compare(answer, operator, value)


def fired(navigator: Navigator, answers: Answers) -> tuple[NavigatorRule, ...]:
    """The rules that hold for these answers, in the order of the catalogue."""
    return tuple(rule for rule in navigator.rules if holds(rule.when, answers))


def _compare(answer: Answer, operator: str, value: Any) -> bool:
    if operator == "has":
        listed = value if isinstance(value, list | tuple) else (value,)
        given = answer if isinstance(answer, list | tuple) else (answer,)
        return any(item in listed for item in given)
    if operator in ("ge", "le"):
        if isinstance(answer, bool) or not isinstance(answer, int):
            return False
        return bool(answer >= value if operator == "ge" else answer <= value)
    return (answer == value) is (operator == "eq")
