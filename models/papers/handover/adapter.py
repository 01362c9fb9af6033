"""What an adapter is: it makes the bytes that one receiver understands out of an application."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from models.rules.handover.items import Dates, HandedItem, chosen, text


@dataclass(frozen=True)
class Handed:
    """One hand-over: everything an adapter may tell. `at` has the office's time zone; `copy` 1 is the first one.

    `order` is what the receiver asked for, by name; empty is everything.
    """

    receipt: str
    copy: int
    application: str
    form: str
    title: str
    edition: int
    municipality: str
    office: str
    at: datetime
    items: tuple[HandedItem, ...]
    order: tuple[str, ...] = ()
    dates: Dates = "iso"

    @cached_property
    def columns(self) -> tuple[tuple[str, HandedItem | None], ...]:
        """The items under the names by which the receiver knows them; None where this form has no such item."""
        if self.order:
            return tuple((wanted, chosen(self.items, wanted)) for wanted in self.order)
        count = Counter(one.name for one in self.items)
        return tuple((one.name if count[one.name] == 1 else one.full_name, one) for one in self.items)

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Name and plain text of every column."""
        return tuple((name, "" if one is None else text(one, self.dates)) for name, one in self.columns)


@dataclass(frozen=True)
class Adapter:
    """One shape. `words` is its Japanese name, `ways` where it may be used, `suffix` how a file's name ends."""

    name: str
    words: str
    ways: tuple[str, ...]
    suffix: str
    media: str
    draw: Callable[[Handed], bytes]
