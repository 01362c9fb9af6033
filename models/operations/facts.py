"""集計を作る: facts of days that are over, made from their tickets; making them again changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import plain
from models.core.db import session as reading
from models.core.transaction import Turns, act
from models.queries import catalogue, counter_use, measures
from models.queries.offices import OfficeView, offices
from models.rules import histograms
from models.rules.facts import COUNTS, MINUTES, SPREADS, Fact, facts_of
from models.tables import DailyFact, FactDay, FactName, PeriodFact, Ticket
from models.tables.fact import EVERY

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
    _keep_names()
    known = _Known(
        measures.prefillable(), {code: float(one.target_wait_minutes) for code, one in queues.items()}
    )
    made, turns = 0, Turns()
    for place in offices():
        for grain, begins in _without_whole(place):
            _make_whole(place, grain, begins)
            turns.give()
        for day in list(_days(place)):
            _make(place, day, known)
            made += 1
            turns.give()
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
    used = counter_use.of_day(place, day)
    facts = facts_of(tickets, place.zone, known.prefillable, known.targets, used)
    session.execute(delete(DailyFact).where(DailyFact.office_id == place.id, DailyFact.day == day))
    if facts:
        session.execute(insert(plain(DailyFact)), [_row(place, day, one) for one in facts])
    _add_up(session, place, day)
    changed = update(FactDay).where(FactDay.office_id == place.id, FactDay.day == day)
    if session.execute(changed.values(made_at=now()).returning(FactDay.day)).first() is None:
        session.add(FactDay(office_id=place.id, day=day, made_at=now()))


@act
def _keep_names(session: Session) -> None:
    """The names of today's catalogue over those of before; what it no longer has keeps its last name."""
    known = catalogue.current()
    named = [("queue", one.code, one.words) for one in known.queues.values()]
    named += [("procedure", one.code, one.words) for one in known.procedures.values()]
    for kind, code, words in named:
        session.merge(FactName(kind=kind, code=code, name=words.ja, name_en=words.en))


def _row(place: OfficeView, day: date, fact: Fact) -> dict[str, Any]:
    return {"office_id": place.id, "day": day, "cut": fact.cut, "key": fact.key, **fact.values}


def _add_up(session: Session, place: OfficeView, day: date) -> None:
    """The facts of this weekday in the day's month out of the daily ones, and in its year out of the months'."""
    month, year = day.replace(day=1), day.replace(month=1, day=1)
    days = [month + timedelta(days=at) for at in range(31)]
    same = [one for one in days if one.month == month.month and one.weekday() == day.weekday()]
    daily, period = plain(DailyFact), plain(PeriodFact)
    of_days = select(daily).where(daily.c.office_id == place.id, daily.c.day.in_(same))
    _keep_sum(session, place, "month", month, day.weekday(), of_days)
    months = [year.replace(month=at) for at in range(1, 13)]
    of_months = select(period).where(
        period.c.office_id == place.id,
        period.c.grain == "month",
        period.c.day.in_(months),
        period.c.weekday == day.weekday(),
    )
    _keep_sum(session, place, "year", year, day.weekday(), of_months)
    _of_all_weekdays(session, place, "month", month)
    _of_all_weekdays(session, place, "year", year)


def _of_all_weekdays(session: Session, place: OfficeView, grain: str, day: date) -> None:
    """All days of a month or year as one, out of its weekdays."""
    period = plain(PeriodFact)
    parts = select(period).where(
        period.c.office_id == place.id,
        period.c.grain == grain,
        period.c.day == day,
        period.c.weekday < EVERY,
    )
    _keep_sum(session, place, grain, day, EVERY, parts)


def _without_whole(place: OfficeView) -> list[tuple[str, date]]:
    """Months and years that were added up by weekday only, as before there were whole ones."""
    mine = PeriodFact.office_id == place.id
    chosen = select(PeriodFact.grain, PeriodFact.day).where(mine).group_by(PeriodFact.grain, PeriodFact.day)
    rows = reading().execute(chosen.having(func.max(PeriodFact.weekday) < EVERY))
    return [(row.grain, row.day) for row in rows]


@act
def _make_whole(session: Session, place: OfficeView, grain: str, day: date) -> None:
    _of_all_weekdays(session, place, grain, day)


def _keep_sum(
    session: Session, place: OfficeView, grain: str, day: date, weekday: int, parts: Select[Any]
) -> None:
    cells: dict[tuple[str, str], list[Any]] = {}
    for row in session.execute(parts).mappings():
        cells.setdefault((row["cut"], row["key"]), []).append(row)
    where = {"office_id": place.id, "grain": grain, "day": day, "weekday": weekday}
    mine = [plain(PeriodFact).c[name] == value for name, value in where.items()]
    session.execute(delete(PeriodFact).where(*mine))
    made = [{**where, "cut": cut, "key": key, **added_up(found)} for (cut, key), found in cells.items()]
    if made:
        session.execute(insert(plain(PeriodFact)), made)


def added_up(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Rows of facts of one cell as one."""
    whole: dict[str, Any] = {name: sum(row[name] for row in rows) for name in (*COUNTS, *MINUTES)}
    for name in SPREADS:
        for part in ("n", "sum"):
            whole[f"{name}_{part}"] = sum(row[f"{name}_{part}"] for row in rows)
        highest = [row[f"{name}_max"] for row in rows if row[f"{name}_max"] is not None]
        whole[f"{name}_max"] = max(highest, default=None)
        (counts,) = histograms.added([(0, row[f"{name}_spread"]) for row in rows], 1)
        whole[f"{name}_spread"] = histograms.pack(counts)
    return whole
