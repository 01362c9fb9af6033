"""Sentences for people, kept apart from their values so that a door can translate them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def _n(text: str) -> str:
    """Mark a Japanese sentence for translation without translating it here."""
    return text


@dataclass(frozen=True)
class Message:
    """A Japanese sentence (`template`, the msgid) with the values of its {places}."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


def message(template: str, **values: Any) -> Message:
    """A sentence with its values by name."""
    return Message(template, values)
