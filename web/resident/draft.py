"""A booking in the making: what the pages of the way hand on to one another, in the address or in hidden boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from werkzeug.datastructures import MultiDict

from models.catalogue.definitions import Catalogue
from models.core.days import instant
from models.core.tokens import is_token, new_token
from models.queries import availability
from models.queries.offices import OfficeView, offering
from models.rules.navigator import MAX_COUNT
from web.reading import told_in

MOST_PROCEDURES = 20
CONTACT = ("name", "email", "phone")


@dataclass(frozen=True)
class Draft:
    """What a resident has chosen so far; `key` makes pressing twice book once."""

    procedures: tuple[str, ...]
    places: tuple[OfficeView, ...]
    place: OfficeView | None = None
    cards: int = 0
    starts_at: datetime | None = None
    key: str = ""
    contact: Mapping[str, str] = field(default_factory=dict, repr=False)
    language: str = ""

    @property
    def has_contact(self) -> bool:
        """Whether somebody has typed who they are: then the pages hand it on in posted boxes only."""
        return any(self.contact.values())

    def need(self, catalogue: Catalogue) -> availability.Need:
        """What the visit takes at the chosen office."""
        if self.place is None:
            raise ValueError("no office")
        return availability.need_of(catalogue, self.place, self.procedures, self.cards)

    def boxes(self, *without: str) -> list[tuple[str, str]]:
        """The hidden boxes that carry it to the next page."""
        found = [("procedure", code) for code in self.procedures]
        if self.cards:
            found.append(("cards", str(self.cards)))
        if self.place is not None:
            found.append(("office", self.place.code))
        if self.starts_at is not None and self.place is not None:
            found.append(("starts_at", written_time(self.starts_at, self.place)))
        if self.has_contact:
            found.extend((name, text) for name, text in self.contact.items() if text)
            found += [("key", self.key), ("language", self.language)]
        return [(name, text) for name, text in found if name not in without]


def read(values: MultiDict[str, str], typed: MultiDict[str, str], catalogue: Catalogue) -> Draft:
    """The draft in a request: `values` from address or body, `typed` (who it is) from the body only."""
    known = [code for code in dict.fromkeys(values.getlist("procedure")) if code in catalogue.procedures]
    procedures = tuple(known[:MOST_PROCEDURES])
    places = offering(procedures) if procedures else ()
    wanted = values.get("office", "")
    place = next((one for one in places if one.code == wanted), places[0] if places else None)
    cards = values.get("cards", "")
    key = typed.get("key", "")
    return Draft(
        procedures=procedures,
        places=places,
        place=place,
        cards=min(int(cards), MAX_COUNT) if cards.isascii() and cards.isdigit() and len(cards) < 4 else 0,
        starts_at=read_time(values.get("starts_at", ""), place) if place else None,
        key=key if is_token(key) else new_token(),
        contact={name: typed.get(name, "") for name in CONTACT},
        language=told_in(typed),
    )


def written_time(at: datetime, place: OfficeView) -> str:
    """An instant as the office's own clock says it: 2026-11-26T14:30."""
    return at.astimezone(place.zone).strftime("%Y-%m-%dT%H:%M")


def read_day(text: str) -> date | None:
    """A date written as YYYY-MM-DD; None for any other text."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def read_time(text: str, place: OfficeView) -> datetime | None:
    """The instant that the clock of an office says (2026-11-26T14:30); None for any other text."""
    day = read_day(text[:10])
    if day is None or len(text) != 16:
        return None
    try:
        return instant(day, datetime.strptime(text[11:], "%H:%M").time(), place.zone)  # noqa: DTZ007
    except ValueError:
        return None
