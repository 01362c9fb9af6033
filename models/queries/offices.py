"""Offices as doors need them: names, hours, what each offers, its counters."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select

from models.catalogue.definitions import Words
from models.core.clock import now
from models.core.days import office_day
from models.core.db import session
from models.core.errors import NotFound
from models.core.reading import once_a_reading
from models.rules import week_hours
from models.rules.opening import ExceptionalHours, Span, Week, Weekdays
from models.tables import Counter, CounterQueue, ExceptionalDay, Office, OfficeProcedure, OpeningHours


@dataclass(frozen=True)
class OfficeView:
    """庁舎 as people see it."""

    id: int
    code: str
    name: str
    name_en: str
    name_easy: str
    address: str
    access: str
    access_en: str
    telephone: str
    zone: ZoneInfo
    booking_days_ahead: int
    bookable_share: float
    later_hours: tuple[tuple[date, Weekdays], ...] = ()

    @property
    def words(self) -> Words:
        """Its name in the languages it has."""
        return Words(self.name, self.name_en, self.name_easy)

    def name_in(self, language: str) -> str:
        """Its name; for who reads neither Japanese nor English the English one with what the sign says."""
        return self.words.in_language(language)

    def access_in(self, language: str) -> str:
        """How to get there; empty where nobody wrote it down."""
        return ("" if language in ("ja", "ja-easy") else self.access_en) or self.access

    def day_of(self, at: datetime) -> date:
        """The office-local date of an instant."""
        return office_day(at, self.zone)


@dataclass(frozen=True)
class CounterView:
    """窓口: its number and the queues it serves, main one first."""

    id: int
    number: str
    name: str
    queues: tuple[str, ...]


COUNTERS = (
    select(Counter.id, Counter.number, Counter.name, CounterQueue.queue)
    .outerjoin(CounterQueue, CounterQueue.counter_id == Counter.id)
    .where(Counter.office_id == bindparam("place"), Counter.removed.is_(False))
    .order_by(Counter.id, CounterQueue.rank)
)
"""Every counter of an office with its queues in their order, one row a queue.

Nearly every page asks this and the next ones, so they are built once.
"""
IN_ORDER = select(Office).order_by(Office.position, Office.id)
BY_CODE = select(Office).where(Office.code == bindparam("code"))
HOURS = (
    select(OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
    .where(OpeningHours.office_id == bindparam("place"))
    .order_by(OpeningHours.weekday, OpeningHours.opens)
)
EXCEPTIONS = select(
    ExceptionalDay.day, ExceptionalDay.opens, ExceptionalDay.closes, ExceptionalDay.reason
).where(ExceptionalDay.office_id == bindparam("place"))


def offices() -> tuple[OfficeView, ...]:
    """Every office, in the city's order."""
    return tuple(_view(row) for row in session().scalars(IN_ORDER))


def shown_offices() -> tuple[OfficeView, ...]:
    """The offices that offer something: those that residents see."""
    offers = select(OfficeProcedure.office_id).where(OfficeProcedure.office_id == Office.id).exists()
    rows = session().scalars(select(Office).where(offers).order_by(Office.position, Office.id))
    return tuple(_view(row) for row in rows)


def offering(codes: Collection[str]) -> tuple[OfficeView, ...]:
    """The offices where all of these procedures can be done, in the city's order."""
    wanted = set(codes)
    mine = (OfficeProcedure.office_id == Office.id, OfficeProcedure.procedure.in_(wanted))
    offered = select(func.count()).select_from(OfficeProcedure).where(*mine).scalar_subquery()
    chosen = select(Office).where(offered == len(wanted)).order_by(Office.position, Office.id)
    return tuple(_view(row) for row in session().scalars(chosen))


def office(code: str) -> OfficeView:
    """One office by its code; `NotFound` otherwise."""
    row = session().scalar(BY_CODE, {"code": code})
    if row is None:
        raise NotFound
    return _view(row)


def office_by_id(number: int) -> OfficeView:
    """One office by its row."""
    row = session().get(Office, number)
    if row is None:
        raise NotFound
    return _view(row)


def procedures_of(place: OfficeView) -> tuple[str, ...]:
    """Codes of the procedures that an office offers."""
    chosen = select(OfficeProcedure.procedure).where(OfficeProcedure.office_id == place.id)
    return tuple(session().scalars(chosen.order_by(OfficeProcedure.procedure)))


def offered_of(place: OfficeView, codes: Sequence[str]) -> frozenset[str]:
    """Those of `codes` that an office offers."""
    chosen = select(OfficeProcedure.procedure)
    return frozenset(
        session().scalars(
            chosen.where(OfficeProcedure.office_id == place.id, OfficeProcedure.procedure.in_(codes))
        )
    )


def week_of(place: OfficeView) -> Week:
    """An office's hours, with the dates that differ."""
    hours = session().execute(HOURS, {"place": place.id})
    weekdays: list[list[Span]] = [[] for _ in range(7)]
    for weekday, opens, closes in hours:
        weekdays[weekday].append(Span(opens, closes))
    exceptions = session().execute(EXCEPTIONS, {"place": place.id})
    first = Week(tuple(tuple(spans) for spans in weekdays), tuple(_exception(*row) for row in exceptions))
    if not place.later_hours:
        return first
    week = replace(first, spells=((date.min, first.weekdays), *place.later_hours))
    return replace(week, weekdays=week.usual(place.day_of(now())))


@once_a_reading
def counters_of(place: OfficeView) -> tuple[CounterView, ...]:
    """The counters of an office, by number."""
    served: dict[tuple[int, str, str], list[str]] = {}
    for number, shown, name, queue in session().execute(COUNTERS, {"place": place.id}):
        mine = served.setdefault((number, shown, name), [])
        if queue is not None:
            mine.append(queue)
    views = [CounterView(*counter, tuple(queues)) for counter, queues in served.items()]
    return tuple(sorted(views, key=lambda view: (len(view.number), view.number)))


def counter(place: OfficeView, number: str) -> CounterView:
    """One counter of an office; `NotFound` otherwise."""
    for view in counters_of(place):
        if view.number == number:
            return view
    raise NotFound


def counters_for(counters: Sequence[CounterView], queue: str) -> int:
    """How many counters have `queue` as their main one; helpers count where nobody has (at most one)."""
    main = sum(1 for view in counters if view.queues[:1] == (queue,))
    return main or min(1, sum(1 for view in counters if queue in view.queues))


def _view(row: Office) -> OfficeView:
    return OfficeView(
        row.id, row.code, row.name, row.name_en, row.name_easy, row.address,
        row.access, row.access_en, row.telephone,
        ZoneInfo(row.timezone), row.booking_days_ahead, row.bookable_share, _later(row.later_hours or {}),
    )  # fmt: skip


def _later(kept: Mapping[str, str]) -> tuple[tuple[date, Weekdays], ...]:
    """The weekly hours of a row that were set for later days, by first day."""
    read = ((date.fromisoformat(first), week_hours.read(text)) for first, text in sorted(kept.items()))
    return tuple((first, week) for first, week in read if week is not None)


def _exception(day: date, opens: time | None, closes: time | None, reason: str) -> ExceptionalHours:
    return ExceptionalHours(day, Span(opens, closes) if opens and closes else None, reason)
