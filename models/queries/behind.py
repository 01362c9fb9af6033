"""数字のもとの受付番号: the tickets behind a number of the manager's pages, without names, at most a page of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import invalid
from models.queries import measures
from models.queries.offices import OfficeView
from models.rules import mynumber
from models.rules.statistics import CUTS, HandledTicket, key_of, wait_minutes
from models.tables import Ticket

MOST = 200
OUTCOMES = ("finished", "no_show", "abandoned")


@dataclass(frozen=True)
class Numbered:
    """One ticket that is over: its office day, its number as it was called, and what the measures take of it."""

    day: date
    number: str
    ticket: HandledTicket


@dataclass(frozen=True)
class Behind:
    """How many tickets are behind a number, and the first of them: the longest waits."""

    total: int
    shown: tuple[Numbered, ...]


@dataclass(frozen=True)
class Asked:
    """Which number: of one queue, of parts of cuts (each with its key as text), or those that ended in one way."""

    queue: str | None = None
    cuts: tuple[tuple[str, str], ...] = ()
    outcome: str = ""


def behind(place: OfficeView, first: date, last: date, asked: Asked) -> Behind:
    """The tickets of a span (at most 400 days) behind a number; `Invalid` (field `by`) for a cut that is none."""
    for name, _ in asked.cuts:
        if name not in CUTS:
            raise invalid("by", measures.BAD_CUT, name=mynumber.masked(name)[:20], names=", ".join(CUTS))
    found = [one for one in _numbered(place, first, last, asked.queue) if _matches(one.ticket, place, asked)]
    found.sort(key=lambda one: (-(wait_minutes(one.ticket) or -1.0), one.day, one.number))
    return Behind(len(found), tuple(found[:MOST]))


def _matches(ticket: HandledTicket, place: OfficeView, asked: Asked) -> bool:
    if asked.outcome and ticket.outcome != asked.outcome:
        return False
    return all(_as_text(key_of(ticket, place.zone, name)) == key for name, key in asked.cuts)


def _as_text(key: object) -> str:
    return "" if key is None else str(key).lower() if isinstance(key, bool) else str(key)


def _numbered(place: OfficeView, first: date, last: date, queue: str | None) -> Iterator[Numbered]:
    measures.check_span(first, last)
    chosen = select(*measures.COLUMNS, Ticket.number, Ticket.external_id)
    chosen = chosen.where(*measures.of_span(place, first, last))
    if queue is not None:
        chosen = chosen.where(Ticket.queue == queue)
    today = place.day_of(now())
    for row in session().execute(chosen.execution_options(yield_per=1000)):
        ticket = measures.ticket_of(row, today)
        if ticket is not None and ticket.counts_at is not None:
            yield Numbered(row.day, measures.number_of(row), ticket)
