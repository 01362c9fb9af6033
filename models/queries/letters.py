"""A claimed message as it leaves the house: words, address and what goes with it. For the scheduler only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select

from models.core import directory
from models.core.clock import now
from models.core.db import ground, session
from models.core.errors import NotFound
from models.core.space import current_space
from models.core.vault import unseal
from models.papers.calendar_file import CalendarVisit, calendar_file
from models.papers.letter import as_html
from models.queries.channels import opened
from models.queries.messages import place_words, text_of
from models.queries.offices import OfficeView, office_by_id
from models.rules.message_languages import language_of, with_readings
from models.rules.notices import KINDS, PAGES, filled, said
from models.tables import Message


@dataclass(frozen=True)
class Letter:
    """One message to one address; `message_id` is the same at every try, `language` a BCP 47 tag."""

    id: int
    message_id: str
    kind: str
    language: str
    created_at: datetime
    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    url: str = field(repr=False)
    html: str = field(default="", repr=False)
    calendar: bytes | None = field(default=None, repr=False)
    facts: Mapping[str, str] = field(default_factory=dict)


def due_ways() -> tuple[str, ...]:
    """The open ways out on which something is to be sent now."""
    at = now()
    free = or_(Message.state == "due", (Message.state == "sending") & (Message.held_until <= at))
    late = or_(Message.next_at <= at, Message.too_late_at <= at)
    found = session().scalars(select(Message.channel).where(free, late).distinct())
    return tuple(sorted(set(found) & opened()))


def letter_of(number: int) -> Letter:
    """A message with its words; `KeyDestroyed` or `Unreadable` where its address cannot be read any more."""
    row = session().get(Message, number, populate_existing=True)
    if row is None or row.address is None or row.office_id is None:
        raise NotFound
    kept = json.loads(unseal(row.address, row=f"message/{row.message_id}", field="address"))
    place, text = office_by_id(row.office_id), text_of(row.kind, row.language)
    url = _url(row.kind, kept["token"])
    values = said(row.values, place.zone, text.language) | place_words(place, text.language) | {"url": url}
    words, tag = filled(text.words, values), language_of(text.language).tag
    return Letter(
        row.id, row.message_id, row.kind, tag, row.created_at, kept["to"], with_readings(words.subject),
        with_readings(words.body), url, as_html(words.subject, words.body, url, tag),
        _calendar(row, place, url, text.language),
        {"kind": row.kind, "office": place.code, **row.values},
    )  # fmt: skip


def _url(kind: str, token: str) -> str:
    """The holder's page; empty where there is no token, or the installation has no public address."""
    root = ground().settings.public_url.rstrip("/")
    if not token or not root:
        return ""
    cities, code = directory.municipalities(), current_space().code
    alone = len(cities) == 1 or ground().settings.default_municipality == code
    return root + ("" if alone else f"/m/{code}") + PAGES[KINDS[kind].page].format(token=token)


def _calendar(row: Message, place: OfficeView, url: str, language: str) -> bytes | None:
    if not KINDS[row.kind].calendar or not {"at", "ends", "number"} <= set(row.values):
        return None
    name = with_readings(place_words(place, language)["office"])
    title = with_readings(language_of(language).calendar).format(office=name)
    return calendar_file(
        CalendarVisit(
            uid=f"{row.values['number']}@maeniwa",
            starts_at=datetime.fromisoformat(row.values["at"]),
            ends_at=datetime.fromisoformat(row.values["ends"]),
            title=title,
            place=f"{name} {place.address}",
            notes="",
            address=url,
            changed_at=row.created_at,
        )
    )
