"""数字のもとの受付番号: the tickets behind a number of the manager's pages, without names, at most a page of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Numeric, and_, case, cast, func, or_, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import invalid
from models.core.types import seconds
from models.queries import measures
from models.queries.offices import OfficeView
from models.rules import mynumber
from models.rules.statistics import CUTS, HandledTicket, key_of, wait_minutes
from models.tables import Ticket

MOST = 100
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
    """The tickets of a span (at most 400 days) behind a number; `Invalid` (field `by`) for a cut that is none.

    For parts of the clock and the calendar, which are the office's own, the span is read; else only what is shown.
    """
    for name, _ in asked.cuts:
        if name not in CUTS:
            raise invalid("by", measures.BAD_CUT, name=mynumber.masked(name)[:20], names=", ".join(CUTS))
    measures.check_span(first, last)
    mine = _of(place, first, last, asked)
    chosen = select(*measures.COLUMNS, Ticket.number, Ticket.external_id).where(*mine)
    local = [(name, key) for name, key in asked.cuts if name not in COLUMN_OF]
    if not local:
        chosen = chosen.order_by(*LONGEST_FIRST).limit(MOST)
    today = place.day_of(now())
    found: list[Numbered] = []
    for row in session().execute(chosen.execution_options(yield_per=1000)):
        ticket = measures.ticket_of(row, today)
        if ticket is not None and _matches(ticket, place, local):
            found.append(Numbered(row.day, measures.number_of(row), ticket))
    found.sort(key=lambda one: (-(wait_minutes(one.ticket) or -1.0), one.day, one.number))
    return Behind(len(found) if local or len(found) < MOST else _count(mine), tuple(found[:MOST]))


def _count(mine: Sequence[ColumnElement[bool]]) -> int:
    return session().scalar(select(func.count()).select_from(Ticket).where(*mine)) or 0


COLUMN_OF = {
    "procedure": Ticket.procedure,
    "queue": Ticket.queue,
    "counter": func.coalesce(Ticket.counter, ""),
    "source": Ticket.source,
    "prefilled": case((Ticket.prefilled, "true"), else_="false"),
}
"""The cuts that stand in a ticket's row, each as text."""
_due = case((Ticket.booked_for > Ticket.arrived_at, Ticket.booked_for), else_=Ticket.arrived_at)
_came = or_(Ticket.state != "no_show", Ticket.booked_for.is_(None))
_seconds = func.round(cast(seconds(Ticket.called_at) - seconds(_due), Numeric), 3)
LONGEST_FIRST = (
    case((and_(_came, Ticket.called_at > _due), _seconds), else_=-1).desc(),
    Ticket.day, func.coalesce(func.nullif(Ticket.number, ""), Ticket.external_id), Ticket.leg,
)  # fmt: skip
"""The order in which they are shown."""


def _of(place: OfficeView, first: date, last: date, asked: Asked) -> list[ColumnElement[bool]]:
    """Those of a span that are over, of the queue, of the parts that stand in a row, and with the outcome."""
    mine = [
        *measures.of_span(place, first, last),
        *measures.over(place),
        func.coalesce(Ticket.arrived_at, Ticket.booked_for, Ticket.called_at).is_not(None),
    ]
    if asked.queue is not None:
        mine.append(Ticket.queue == asked.queue)
    mine += [COLUMN_OF[name] == key for name, key in asked.cuts if name in COLUMN_OF]
    if asked.outcome:
        mine.append(measures.ended(asked.outcome))
    return mine


def _matches(ticket: HandledTicket, place: OfficeView, cuts: Sequence[tuple[str, str]]) -> bool:
    return all(_as_text(key_of(ticket, place.zone, name)) == key for name, key in cuts)


def _as_text(key: object) -> str:
    return "" if key is None else str(key).lower() if isinstance(key, bool) else str(key)
