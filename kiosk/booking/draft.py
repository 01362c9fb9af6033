"""A booking being made at a kiosk: handed on from screen to screen in the page's memory, nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from werkzeug.datastructures import MultiDict

from models.core.errors import NotFound
from models.core.tokens import is_token, new_token
from models.queries import catalogue, offices
from models.queries.offices import OfficeView

MOST_PROCEDURES = 20


@dataclass(frozen=True)
class Draft:
    """What for, where, when, who; `key` makes pressing twice book once."""

    procedures: tuple[str, ...]
    place: OfficeView
    day: date | None = None
    starts_at: datetime | None = None
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    key: str = ""

    def boxes(self, *without: str) -> list[tuple[str, str]]:
        """The hidden boxes that carry it on."""
        found = [("procedure", code) for code in self.procedures]
        found += [("office", self.place.code), ("key", self.key)]
        if self.day is not None:
            found.append(("day", self.day.isoformat()))
        if self.starts_at is not None:
            found.append(("starts_at", self.starts_at.isoformat()))
        found += [("name", self.name), ("phone", self.phone)]
        return [(name, text) for name, text in found if text and name not in without]

    def at(self, starts_at: datetime) -> Draft:
        """The same for another time."""
        return replace(self, starts_at=starts_at, day=self.place.day_of(starts_at))


def read(values: MultiDict[str, str]) -> Draft:
    """The draft that a screen carried; `NotFound` without a procedure that this city knows."""
    known = catalogue.current().procedures
    codes = tuple(code for code in dict.fromkeys(values.getlist("procedure")) if code in known)
    if not codes:
        raise NotFound
    key = values.get("key", "")
    return Draft(
        codes[:MOST_PROCEDURES],
        offices.office(values.get("office", "")),
        _day(values.get("day", "")),
        _instant(values.get("starts_at", "")),
        values.get("name", ""),
        values.get("phone", ""),
        key if is_token(key) else new_token(),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if len(text) <= 32 else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
