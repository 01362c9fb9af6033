"""集計を作る: facts of days that are over, made from their tickets; making them again changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import plain
from models.core.db import session as reading
from models.core.transaction import act
from models.queries import catalogue, measures
from models.queries.offices import OfficeView, offices
from models.rules import histograms
from models.rules.facts import COUNTS, SPREADS, Fact, facts_of
from models.tables import DailyFact, FactDay, MonthlyFact, Ticket

AGAIN_DAYS = 7
"""So many of the last days are always made again: somebody may have finished late, or mended a log."""


@dataclass(frozen=True)
class _Known:
    """What the facts of a municipality's days are made with."""

    prefillable: Collection[str]
    targets: Mapping[str, float]


def make_all() -> dict[str, int]:
    """Make the facts of every office's days that are new, changed, or of the last week; how many days.

    A day is one act: what is cut off goes on with the next day.
    """
    queues = catalogue.current().queues
    known = _Known(
        measures.prefillable(), {code: float(one.target_wait_minutes) for code, one in queues.items()}
    )
    made = 0
    for place in offices():
        for day in list(_days(place)):
            _make(place, day, known)
            made += 1
    return {"days": made}


def mark(session: Session, place: OfficeView, days: Iterable[date]) -> None:
    """Inside the act that wrote tickets of days that are over: their facts are to be made again."""
    for day in sorted(set(days)):
        found = session.get(FactDay, (place.id, day))
        if found is None:
            session.add(FactDay(office_id=place.id, day=day, made_at=None))
        else:
            found.made_at = None


def _days(place: OfficeView) -> Iterator[date]:
    """The days to make, oldest first: marked ones, those since the newest that was made, and the last week's."""
    today = place.day_of(now())
    mine = FactDay.office_id == place.id
    marked = set(
        reading().scalars(select(FactDay.day).where(mine, FactDay.made_at.is_(None), FactDay.day < today))
    )
    newest = reading().scalar(select(func.max(FactDay.day)).where(mine, FactDay.made_at.is_not(None)))
    oldest = reading().scalar(select(func.min(Ticket.day)).where(Ticket.office_id == place.id))
    if oldest is None:
        return
    week_ago = today - timedelta(days=AGAIN_DAYS)
    first = oldest if newest is None else max(oldest, min(newest, week_ago))
    span = (first + timedelta(days=at) for at in range((today - first).days))
    yield from sorted(marked | set(span))


@act
def _make(session: Session, place: OfficeView, day: date, known: _Known) -> None:
    tickets = measures.handled(place, day, day)
    facts = facts_of(tickets, place.zone, known.prefillable, known.targets)
    session.execute(delete(DailyFact).where(DailyFact.office_id == place.id, DailyFact.day == day))
    if facts:
        session.execute(insert(plain(DailyFact)), [_row(place, day, one) for one in facts])
    _add_up(session, place, day)
    changed = update(FactDay).where(FactDay.office_id == place.id, FactDay.day == day)
    if session.execute(changed.values(made_at=now()).returning(FactDay.day)).first() is None:
        session.add(FactDay(office_id=place.id, day=day, made_at=now()))


def _row(place: OfficeView, day: date, fact: Fact) -> dict[str, Any]:
    return {"office_id": place.id, "day": day, "cut": fact.cut, "key": fact.key, **fact.values}


def _add_up(session: Session, place: OfficeView, day: date) -> None:
    """The month's facts of this weekday, out of the daily ones."""
    month, weekday = day.replace(day=1), day.weekday()
    days = [month + timedelta(days=at) for at in range(31)]
    same = [one for one in days if one.month == month.month and one.weekday() == weekday]
    daily = plain(DailyFact)
    rows = session.execute(select(daily).where(daily.c.office_id == place.id, daily.c.day.in_(same))).all()
    cells: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        cells.setdefault((row.cut, row.key), []).append(row._mapping)
    mine = (MonthlyFact.office_id == place.id, MonthlyFact.day == month, MonthlyFact.weekday == weekday)
    session.execute(delete(MonthlyFact).where(*mine))
    where = {"office_id": place.id, "day": month, "weekday": weekday}
    made = [{**where, "cut": cut, "key": key, **_sum(found)} for (cut, key), found in cells.items()]
    if made:
        session.execute(insert(plain(MonthlyFact)), made)


def _sum(rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {name: sum(row[name] for row in rows) for name in COUNTS}
    for name in SPREADS:
        for part in ("n", "sum"):
            whole[f"{name}_{part}"] = sum(row[f"{name}_{part}"] for row in rows)
        highest = [row[f"{name}_max"] for row in rows if row[f"{name}_max"] is not None]
        whole[f"{name}_max"] = max(highest, default=None)
        (counts,) = histograms.added([(0, row[f"{name}_spread"]) for row in rows], 1)
        whole[f"{name}_spread"] = histograms.pack(counts)
    return whole
