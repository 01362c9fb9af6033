"""お知らせ as staff see them: words, a preview, how many stand where, and what could not be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from models.catalogue.notices import FIRST_LANGUAGE, shipped
from models.core.db import session
from models.core.errors import NotFound
from models.queries.channels import is_open
from models.queries.offices import OfficeView, offices
from models.rules import message_languages
from models.rules.notices import KINDS, Words, filled, said
from models.tables import Booking, Message, MessageText
from models.tables.message import MESSAGE_STATES

__all__ = [
    "DeadLetter",
    "Text",
    "counts",
    "dead_letters",
    "example_facts",
    "is_open",
    "languages",
    "parts_of",
    "place_words",
    "preview",
    "shipped_parts",
    "text_of",
    "waiting",
]
VISIT = {"at": "2026-12-03T00:30:00+00:00", "ends": "2026-12-03T00:45:00+00:00", "number": "K7FX29MB"}
LINK = {"url": "https://yoyaku.city.example.jp/…"}
ENTRY = {"number": "K7FX29MB"}
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "waiting": ENTRY | LINK,
    "offer": VISIT | LINK | {"until": "2026-12-02T08:15:00+00:00"},
    "offer_ended": ENTRY | LINK,
    "soon": LINK | {"number": "A012"},
    "come": LINK | {"number": "A012", "counter": "3"},
    "test": {},
}
"""Values of a made-up message, just those that a real one of its kind has; kinds about a booking have `VISIT`."""


@dataclass(frozen=True)
class Text:
    """The words in use: shipped, or the city's `own` since an instant."""

    kind: str
    language: str
    words: Words
    own: bool = False
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True)
class DeadLetter:
    """A message that could not be sent; `reference` is the booking's, for those who ask there. No address."""

    id: int
    kind: str
    channel: str
    office_id: int | None
    reference: str
    created_at: datetime
    ended_at: datetime | None
    tries: int
    problem: str


def languages() -> tuple[str, ...]:
    """The languages in which there are words, in the order in which people choose."""
    known = {language for texts in shipped().values() for language in texts}
    return tuple(code for code in message_languages.CODES if code in known)


def text_of(kind: str, language: str) -> Text:
    """The words of a kind in a language, else in Japanese; `NotFound` for no such kind."""
    if kind not in KINDS:
        raise NotFound
    return _text_of(kind, language, lambda key: session().get(MessageText, key))


def texts() -> dict[str, list[Text]]:
    """The words of every kind in every language, as `text_of` gives them, out of one statement."""
    own = {(row.kind, row.language): row for row in session().scalars(select(MessageText))}
    return {kind: [_text_of(kind, language, own.get) for language in languages()] for kind in KINDS}


def _text_of(kind: str, language: str, own: Callable[[tuple[str, str]], MessageText | None]) -> Text:
    for chosen in dict.fromkeys((language, FIRST_LANGUAGE)):
        row = own((kind, chosen))
        if row is not None:
            return Text(kind, chosen, Words(row.subject, row.body), True, row.changed_at, row.changed_by)
        if chosen in shipped()[kind]:
            return Text(kind, chosen, Words(*shipped()[kind][chosen]))
    raise NotFound


def parts_of(words: Words) -> dict[str, str]:
    """The words as a setting: without the empty lines around them."""
    return {"subject": words.subject.strip(), "body": f"{words.body.strip()}\n"}


def shipped_parts(kind: str, language: str) -> dict[str, str]:
    """The shipped words as a setting; empty where this kind has none in this language."""
    found = shipped().get(kind, {}).get(language)
    return parts_of(Words(*found)) if found else {}


def preview(kind: str, language: str, words: Words | None = None) -> Words:
    """A message as it would arrive, with made-up values; of `words` that are not kept yet where they are given."""
    text = text_of(kind, language)
    place = offices()[0]
    known = said(EXAMPLES.get(kind, VISIT | LINK), ZoneInfo("Asia/Tokyo"), text.language)
    return filled(words or text.words, known | place_words(place, text.language))


def example_facts(kind: str) -> dict[str, str]:
    """What a system of the city's is told of the same made-up message."""
    values = EXAMPLES.get(kind, VISIT | LINK)
    return {"kind": kind, "office": offices()[0].code} | {
        key: values[key] for key in values if key not in LINK
    }


def place_words(place: OfficeView, language: str) -> dict[str, str]:
    """An office as a message in a language names it: who reads no Japanese sees its English name and the sign's."""
    return {"office": place.name_in(language), "address": place.address, "telephone": place.telephone}


def counts() -> dict[str, int]:
    """How many messages stand in each state."""
    rows = session().execute(select(Message.state, func.count()).group_by(Message.state))
    return dict.fromkeys(MESSAGE_STATES, 0) | {row[0]: row[1] for row in rows}


def waiting(way: str) -> int:
    """How many messages are still to go out this way."""
    mine = (Message.channel == way, Message.state == "due")
    return session().scalar(select(func.count()).select_from(Message).where(*mine)) or 0


def dead_letters(most: int = 200) -> tuple[DeadLetter, ...]:
    """What could not be sent, newest first."""
    chosen = (
        select(Message, Booking.reference)
        .outerjoin(Booking, Booking.id == Message.booking_id)
        .where(Message.state == "dead")
        .order_by(Message.ended_at.desc(), Message.id.desc())
        .limit(most)
    )
    return tuple(
        DeadLetter(
            row.id, row.kind, row.channel, row.office_id, reference or "", row.created_at, row.ended_at, row.tries,
            row.problem,
        )
        for row, reference in session().execute(chosen)
    )  # fmt: skip
