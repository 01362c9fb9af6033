"""庁舎の経験: what the last weeks of an office say about handling, gaps, lateness, absence and walk-ins.

Learned at most once a day in each process; the cost follows the span of weeks, never the history before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from models.catalogue.definitions import Catalogue
from models.core.db import ground, session, writing
from models.core.space import current_space
from models.queries import catalogue
from models.queries.offices import OfficeView
from models.rules.planning.handling_times import Learned, Past, Prior, Usual, learn
from models.rules.statistics import LONGEST_HANDLING
from models.tables import CounterShift, Ticket

WEEKS = 10
MOST_TICKETS = 6_000
"""The newest so many are enough for any distribution that people are told quantiles of."""
HALF_HOUR = 30
FEWEST_DAYS = 5
"""Days with shifts on record from which an office's own lunch habit is believed."""
COLUMNS: tuple[Any, ...] = (
    Ticket.day, Ticket.queue, Ticket.procedure, Ticket.procedures, Ticket.prefilled, Ticket.source, Ticket.state,
    Ticket.counter, Ticket.booked_for, Ticket.arrived_at, Ticket.called_at, Ticket.started_at, Ticket.finished_at,
)  # fmt: skip


@dataclass(frozen=True)
class Habits:
    """What is known of an office: its distributions, its walk-ins, and whether counters close for lunch by turns.

    `walk_ins` are people a day by queue and half hour (its office-local minute).
    """

    learned: Learned
    walk_ins: Mapping[tuple[str, int], float]
    lunch_by_turns: bool


def habits(place: OfficeView, day: date, edition: tuple[int, Catalogue] | None = None) -> Habits:
    """The habits of an office as the days before `day` tell them, with the newest catalogue as the prior."""
    number, chosen = edition or catalogue.newest()
    if writing.get():
        return _made(place, day, chosen)
    key = ("habits", current_space(), place.id)
    return ground().memory.of(key, (day, number), lambda: _made(place, day, chosen))


def _made(place: OfficeView, day: date, chosen: Catalogue) -> Habits:
    first, last = day - timedelta(weeks=WEEKS), day - timedelta(days=1)
    rows = session().execute(
        select(*COLUMNS)
        .where(Ticket.office_id == place.id, Ticket.day.between(first, last))
        .order_by(Ticket.day.desc(), Ticket.id.desc())
        .limit(MOST_TICKETS)
    )
    found = rows.all()
    return Habits(
        learned=learn(_log(found), prior_of(chosen)),
        walk_ins=_walk_ins(found, place),
        lunch_by_turns=_lunch_by_turns(place, first, last),
    )


def prior_of(chosen: Catalogue) -> Prior:
    """What the catalogue believes of handling."""
    demand = chosen.rules["demand"]
    usual = {
        code: Usual(one.queue, one.minutes.desk, one.minutes.desk_prefilled)
        for code, one in chosen.procedures.items()
    }
    return Prior(usual, demand["service_time"]["cv"], demand["booking_share"]["no_show"])


def _log(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[Past]:
    """The rows as the log of handling; a counter's gap counts where the next visitor was waiting already."""
    called = [row for row in rows if row.called_at is not None and row.counter]
    called.sort(key=lambda row: (row.counter, row.called_at))
    following = {
        id(row): after for row, after in zip(called, called[1:], strict=False) if row.counter == after.counter
    }
    for row in rows:
        yield _past(row, following.get(id(row)))


def _past(row: Row[*tuple[Any, ...]], after: Row[*tuple[Any, ...]] | None) -> Past:
    finished = row.state in ("done", "transferred") and len(row.procedures) <= 1
    handling = _minutes(row.started_at or row.called_at, row.finished_at) if finished else None
    booked = row.booked_for is not None
    return Past(
        procedure=row.procedure,
        prefilled=row.prefilled,
        handling=None if handling is None else min(handling, LONGEST_HANDLING),
        lag=_minutes(row.called_at, row.started_at),
        gap=_gap(row, after),
        answer=_answer(row, after),
        absent=row.called_at is not None and row.started_at is None and row.state in ("no_show", "abandoned"),
        lateness=_minutes(row.booked_for, row.arrived_at, signed=True) if booked else None,
        no_show=booked and row.arrived_at is None,
    )


def _gap(row: Row[*tuple[Any, ...]], after: Row[*tuple[Any, ...]] | None) -> float | None:
    if after is None or row.finished_at is None or after.arrived_at is None:
        return None
    due = after.arrived_at if after.booked_for is None else max(after.arrived_at, after.booked_for)
    return _minutes(row.finished_at, after.called_at) if due <= row.finished_at else None


def _answer(row: Row[*tuple[Any, ...]], after: Row[*tuple[Any, ...]] | None) -> float | None:
    """Until the counter, idle since the row's visitor left, called the walk-in who came next."""
    if after is None or after.day != row.day or after.source != "walk_in":
        return None
    idle = row.finished_at is not None and after.arrived_at is not None and after.arrived_at > row.finished_at
    return _minutes(after.arrived_at, after.called_at) if idle else None


def _minutes(begins: datetime | None, ends: datetime | None, signed: bool = False) -> float | None:
    if begins is None or ends is None:
        return None
    minutes = (ends - begins).total_seconds() / 60
    return minutes if signed or minutes >= 0 else None


def _walk_ins(rows: Sequence[Row[*tuple[Any, ...]]], place: OfficeView) -> dict[tuple[str, int], float]:
    days = len({row.day for row in rows})
    counts: Counter[tuple[str, int]] = Counter()
    for row in rows:
        if row.source == "walk_in" and row.arrived_at is not None:
            local = row.arrived_at.astimezone(place.zone)
            counts[row.queue, local.hour * 60 + local.minute // HALF_HOUR * HALF_HOUR] += 1
    return {key: count / days for key, count in counts.items()}


def _lunch_by_turns(place: OfficeView, first: date, last: date) -> bool:
    """Whether counters close for lunch: as the shifts say, and yes where there are too few of them."""
    row = session().execute(
        select(
            func.count(CounterShift.day.distinct()).label("days"),
            func.count(CounterShift.id).filter(CounterShift.ending == "lunch").label("lunches"),
        ).where(CounterShift.office_id == place.id, CounterShift.day.between(first, last))
    )
    found = row.one()
    return bool(found.days < FEWEST_DAYS or found.lunches * 2 >= found.days)
