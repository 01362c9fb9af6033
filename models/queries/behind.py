"""数字のもとの受付番号: the tickets behind a number of the manager's pages, without names, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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

A_PAGE = 50
OUTCOMES = ("finished", "no_show", "abandoned")


@dataclass(frozen=True)
class Numbered:
    """One ticket that is over: its office day, its number as it was called, and what the measures take of it."""

    day: date
    number: str
    ticket: HandledTicket


@dataclass(frozen=True)
class Behind:
    """How many tickets are behind a number, and those of one page (from 1) in the order of the longest waits."""

    total: int
    page: int
    shown: tuple[Numbered, ...]

    @property
    def pages(self) -> int:
        """How many pages there are; one without any ticket."""
        return max(1, -(-self.total // A_PAGE))


@dataclass(frozen=True)
class Asked:
    """Which number: of one queue, of parts of cuts (each with its key as text), or those that ended in one way."""

    queue: str | None = None
    cuts: tuple[tuple[str, str], ...] = ()
    outcome: str = ""


def behind(place: OfficeView, first: date, last: date, asked: Asked, page: int = 1) -> Behind:
    """A page of the tickets of a span (at most 400 days) behind a number, the last one for a page after it.

    `Invalid` (field `by`) for a cut that is none. For parts of the clock and the calendar, which are the office's own,
    the span is read; else only what is shown.
    """
    for name, _ in asked.cuts:
        if name not in CUTS:
            raise invalid("by", measures.BAD_CUT, name=mynumber.masked(name)[:20], names=", ".join(CUTS))
    measures.check_span(first, last)
    mine = _of(place, first, last, asked)
    local = [(name, key) for name, key in asked.cuts if name not in COLUMN_OF]
    if local:
        found = sorted(_read(place, mine, local), key=_longest_first)
        made = _page(len(found), page)
        return replace(made, shown=tuple(found[_before(made) : _before(made) + A_PAGE]))
    made = _page(session().scalar(select(func.count()).select_from(Ticket).where(*mine)) or 0, page)
    return replace(made, shown=tuple(sorted(_read(place, mine, (), made), key=_longest_first)))


def _page(total: int, page: int) -> Behind:
    """The page without its tickets, or the last one there is."""
    empty = Behind(total, 1, ())
    return replace(empty, page=max(1, min(page, empty.pages)))


def _before(page: Behind) -> int:
    return (page.page - 1) * A_PAGE


def _read(
    place: OfficeView,
    mine: Sequence[ColumnElement[bool]],
    local: Sequence[tuple[str, str]],
    page: Behind | None = None,
) -> Iterator[Numbered]:
    """The tickets of conditions, or those of one page of them."""
    chosen = select(*measures.COLUMNS, Ticket.number, Ticket.external_id).where(*mine)
    if page is not None:
        chosen = chosen.order_by(*LONGEST_FIRST).limit(A_PAGE).offset(_before(page))
    today = place.day_of(now())
    for row in session().execute(chosen.execution_options(yield_per=1000)):
        ticket = measures.ticket_of(row, today)
        if ticket is not None and _matches(ticket, place, local):
            yield Numbered(row.day, measures.number_of(row), ticket)


def _longest_first(one: Numbered) -> tuple[float, date, str]:
    return -(wait_minutes(one.ticket) or -1.0), one.day, one.number


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
    Ticket.day, func.coalesce(func.nullif(Ticket.number, ""), Ticket.external_id), Ticket.leg, Ticket.id,
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
