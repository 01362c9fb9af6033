"""Five years of twelve offices out of facts: what each look of a manager costs, whatever stands in the ticket table."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from models.core import settings as core_settings
from models.core.clock import now
from models.core.db import plain, session
from models.core.transaction import act
from models.operations.facts import added_up
from models.queries import facts, measures
from models.queries.offices import OfficeView, offices
from models.rules.facts import COUNTS, MINUTES, SPREADS, Fact
from models.rules.histograms import packed
from models.tables import DailyFact, Office, PeriodFact, Ticket
from models.tables.fact import EVERY
from tests.conftest import inside
from tests.races.conftest import furnished

YEARS, OFFICES = 5, 12
LAST = date(2026, 10, 31)
FIRST = date(LAST.year - YEARS, 11, 1)
HISTORY = (10_000, 1_000_000, 10_000_000)
CHUNK = 10_000
ROUNDS = 7
QUEUES = "ABCDFGHKS"
HALF_HOURS = [f"{8 + half // 2:02}:{half % 2 * 30:02}" for half in range(1, 19)]


ADDED: dict[tuple[int, ...], tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]] = {}
"""Sums of the same parts, made once; the parts stay beside them, so that their places in memory do not come again."""


def keys() -> Iterator[tuple[str, str, int]]:
    """The cells of a day of 120 visits, each with how many visits it has."""
    yield "all", "", 120
    yield from (("queue", queue, 13) for queue in QUEUES)
    yield from (("procedure", f"JUM-{at:02}", 4) for at in range(30))
    yield from (("counter", str(at), 12) for at in range(10))
    yield from (("source", name, 60) for name in ("booked", "walk_in"))
    yield from (("prefilled", name, 60) for name in ("yes", "no"))
    yield from (("half_hour", half, 7) for half in HALF_HOURS)
    yield from (("queue_half_hour", f"{queue} {half}", 1) for queue in QUEUES for half in HALF_HOURS)
    yield from (("counters", f"{queue} {half}", 0) for queue in QUEUES for half in HALF_HOURS)


def cell(draw: Random, cut: str, key: str, count: int) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(COUNTS, count)
    minutes_of = (
        {"open_minutes": 60.0, "serving_minutes": 40.0} if cut == "counters" else dict.fromkeys(MINUTES, 0.0)
    )
    values |= minutes_of
    for name in SPREADS:
        minutes = [draw.expovariate(1 / 14) for _ in range(count)]
        values |= {f"{name}_n": count, f"{name}_sum": sum(minutes), f"{name}_max": max(minutes, default=None)}
        values[f"{name}_spread"] = packed(minutes)
    return {"cut": cut, "key": key, **Fact(cut, key, values).values}


@act
def more_offices(db: Session) -> None:
    """Twelve offices in all."""
    there = db.scalar(select(func.count()).select_from(Office)) or 0
    rows = [{"code": f"hall{at}", "name": f"庁舎{at}", "address": "前庭市"} for at in range(there, OFFICES)]
    db.execute(insert(Office), rows)


@act
def fill(db: Session, place: OfficeView, patterns: list[list[dict[str, Any]]], months: list[date]) -> None:
    """Five years of one office's facts."""
    years: dict[tuple[date, int], list[list[dict[str, Any]]]] = {}
    by_year: dict[date, list[list[dict[str, Any]]]] = {}
    wholes: list[list[list[dict[str, Any]]]] = []
    for month in months:
        wholes.append([])
        for weekday in range(5):
            first = month + timedelta(days=(weekday - month.weekday()) % 7)
            days = [day for at in range(5) if (day := first + timedelta(weeks=at)).month == month.month]
            parts = [patterns[(day.toordinal() + place.id) % len(patterns)] for day in days]
            for day, part in zip(days, parts, strict=True):
                db.execute(
                    insert(plain(DailyFact)), [{"office_id": place.id, "day": day, **one} for one in part]
                )
            made = kept(db, place, ("month", month, weekday), parts)
            years.setdefault((month.replace(month=1), weekday), []).append(made)
            wholes[-1].append(made)
        kept(db, place, ("month", month, EVERY), wholes.pop())
    for (year, weekday), parts in years.items():
        by_year.setdefault(year, []).append(kept(db, place, ("year", year, weekday), parts))
    for year, parts in by_year.items():
        kept(db, place, ("year", year, EVERY), parts)


def kept(
    db: Session, place: OfficeView, of: tuple[str, date, int], parts: list[list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """The sum of cells that stand in the same order."""
    where = {"office_id": place.id, "grain": of[0], "day": of[1], "weekday": of[2]}
    known = tuple(id(part) for part in parts)
    if known not in ADDED:
        sums = [
            {"cut": same[0]["cut"], "key": same[0]["key"], **added_up(same)}
            for same in zip(*parts, strict=True)
        ]
        ADDED[known] = sums, parts
    made = ADDED[known][0]
    db.execute(insert(plain(PeriodFact)), [{**where, **one} for one in made])
    return made


@act
def age(db: Session, wanted: int) -> None:
    """Tickets until there are `wanted`: what the facts were made of. From some on they are copied."""
    there = db.scalar(select(func.count()).select_from(Ticket)) or 0
    at = now()
    table = plain(Ticket)
    columns = [one for one in table.c if one.name not in ("id", "external_id")]
    names = [one.name for one in columns]
    while there >= CHUNK and there < wanted:
        more = min(there, wanted - there)
        db.execute(insert(table).from_select(names, select(*columns).limit(more), include_defaults=False))
        there += more
    for first in range(there, wanted, CHUNK):
        rows = [
            {"office_id": 1 + number % 3, "day": FIRST + timedelta(days=number % 1800), "queue": "A",
             "procedure": "JUM-01", "procedures": [], "source": "walk_in", "state": "done", "order_at": at,
             "external_id": str(number), "arrived_at": at, "called_at": at, "finished_at": at,
             "prefilled": False, "language": "ja", "leg": 1, "priority": False, "called_ahead": False, "calls": 1}
            for number in range(first, min(first + CHUNK, wanted))
        ]  # fmt: skip
        db.execute(insert(plain(Ticket)), rows)


LOOKS: dict[str, Callable[[list[OfficeView]], Any]] = {
    "all, 5 years": lambda all_: facts.lines(all_, FIRST, LAST),
    "weekday × half hour, 5 years": lambda all_: facts.lines(all_, FIRST, LAST, ("weekday", "half_hour")),
    "queue, 5 years and odd days": lambda all_: facts.lines(
        all_, FIRST + timedelta(9), LAST - timedelta(9), ("queue",)
    ),
    "procedure, 5 years": lambda all_: facts.lines(all_, FIRST, LAST, ("procedure",)),
    "trend by month, 5 years": lambda all_: facts.lines(all_, FIRST, LAST, ("month",)),
    "one queue's half hours, 5 years": lambda all_: facts.lines(all_, FIRST, LAST, ("half_hour",), "A"),
    "one office, weekday × half hour, 8 weeks": lambda all_: facts.lines(
        all_[:1], LAST - timedelta(weeks=8), LAST, ("weekday", "half_hour")
    ),
    "newest recorded day (tickets)": lambda all_: measures.last_recorded(all_[0]),
}


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(core_settings.load(Path(folder)), rate_limits=False)
        furnished(settings)
        draw = Random(7)
        patterns = [[cell(draw, *one) for one in keys()] for _ in range(7)]
        months = [date(FIRST.year + (10 + at) // 12, (10 + at) % 12 + 1, 1) for at in range(12 * YEARS)]
        with inside(settings):
            more_offices()
            every = list(offices())
            for place in every:
                fill(place, patterns, months)
            print(
                f"{'milliseconds (median, most, of the CPU)':46}"
                + "".join(f"{count:>18,}" for count in HISTORY)
            )
            found: dict[str, list[str]] = {name: [] for name in LOOKS}
            for count in HISTORY:
                age(count)
                for name, look in LOOKS.items():
                    found[name].append(_timed(look, every))
            for name, cells in found.items():
                print(f"{name:46}" + "".join(f"{text:>18}" for text in cells))


def _timed(look: Callable[[list[OfficeView]], Any], every: list[OfficeView]) -> str:
    took, worked = [], []
    for _ in range(ROUNDS):
        session().rollback()
        begins, busy = time.perf_counter(), time.process_time()
        look(every)
        took.append((time.perf_counter() - begins) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    return f"{median(took):.0f}, {max(took):.0f}, {median(worked):.0f}"


if __name__ == "__main__":
    main()
