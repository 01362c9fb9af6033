"""変更の記録: a change as a setting's page tells it, and the one that an address names to go back before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.core.errors import NotFound
from models.queries import setting_changes
from models.queries.setting_changes import ChangeView

LONGEST_NUMBER = 9


@dataclass(frozen=True)
class ChangeLine:
    """A change that was done: when, by whom, what in words; `back` is where going back is looked at, or empty."""

    at: datetime
    by: str
    what: tuple[str, ...]
    back: str = ""


def named(number: str, *topics: str, of: str) -> ChangeView:
    """The change of this setting with this number, as an address has it (`back`); `NotFound` where there is none."""
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        raise NotFound
    return setting_changes.one(int(number), *topics, of=of)
