"""`maeniwa study counters`: the fewest counters with which every half hour keeps its share, from a log of visits."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from models.rules.planning.offered_load import formula_plan
from models.rules.planning.shift_cover import NoCover
from models.rules.planning.staffing_tuning import Goal, PlayedDays, played_days, tune, tune_shifts
from models.rules.planning.visit_rates import Rates, Seen, learn_rates
from scheduler.commands.studying.cover import read_shifts
from scheduler.commands.studying.files import BadInput, json_object, rows, write_rows
from scheduler.commands.terms import tell

EXAMPLES = """formats:
  LOG     arrived_at,handling_min   times like 2026-11-24 09:00:00; whole weeks
  SHIFTS  a JSON object with shifts (name: 0 or 1 by slot), as in study cover; more keys do no harm
  OUT     weekday,slot,counters     weekdays and half hours from 0 (Monday, the first half hour somebody came)
          weekday,shift,count       with --shifts

examples:
  maeniwa study counters --log visits.csv.gz --share 0.9 --within 10 --out counters.csv
  maeniwa study counters --log visits.csv.gz --share 0.9 --within 10 --shifts case.json --out shifts.csv"""

HALF_HOUR = 30
LONGEST_HANDLING = 480.0
MOST_A_DAY = 5000


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--log", metavar="LOG", type=Path, required=True, help="visits of past weeks")
    parser.add_argument(
        "--share", type=float, default=0.9, help="the part of people to be called in time (0.9)"
    )
    parser.add_argument("--within", type=float, default=10.0, help="minutes that are in time (10)")
    parser.add_argument("--shifts", metavar="SHIFTS", type=Path, help="kinds of shifts to make the plan of")
    parser.add_argument("--out", metavar="OUT", type=Path, required=True, help="where the plan goes")


def run(args: argparse.Namespace) -> int:
    """Make the plan."""
    if not 0.5 <= args.share <= 0.99:
        raise BadInput(Path("--share"), None, "must be from 0.5 to 0.99")
    if not 0 <= args.within <= 240:
        raise BadInput(Path("--within"), None, "must be from 0 to 240")
    seen = read_visits(args.log)
    slots = len(next(iter(seen.days.values())))
    shifts = None
    if args.shifts is not None:
        given = json_object(args.shifts)
        shifts = read_shifts(args.shifts, given.get("shifts"), slots)
    rates, goal = learn_rates(seen), Goal(args.share, args.within)
    lines: list[tuple[object, ...]] = []
    hours = 0.0
    for place, weekday in enumerate(rates.expected):
        if sys.stderr.isatty():
            sys.stderr.write(f"weekday {weekday}: {place} of {len(rates.expected)} weekdays done\n")
        days = played_days(rates, weekday, seen.handling, seen.slot_minutes, goal)
        found, opened = _day(days, rates, weekday, seen, shifts, args.shifts or args.log)
        lines += [(weekday, *one) for one in found]
        hours += opened * seen.slot_minutes / 60
    write_rows(args.out, ("weekday", "shift", "count") if shifts else ("weekday", "slot", "counters"), lines)
    tell([f"{hours:g} counter-hours a week from {rates.days} days: {args.out}"])
    return 0


def _day(
    days: PlayedDays,
    rates: Rates,
    weekday: int,
    seen: Seen,
    shifts: Mapping[str, Sequence[int]] | None,
    named: Path,
) -> tuple[list[tuple[object, object]], int]:
    """The lines of one day, and the sum of its counters over the slots."""
    minutes, goal = seen.slot_minutes, days.goal
    try:
        start = formula_plan(
            rates.expected[weekday] / minutes, minutes, seen.handling, goal.share, goal.within
        )
        plan = tune(days, start)
        if shifts is None:
            return list(enumerate(plan)), sum(plan)
        made = tune_shifts(days, plan, shifts)
    except (NoCover, ValueError) as problem:
        raise BadInput(named, None, str(problem)) from None
    return list(made.items()), sum(count * sum(shifts[name]) for name, count in made.items())


def read_visits(path: Path) -> Seen:
    """Arrivals by day and half hour from the first in which somebody came to the last, and the handling."""
    places: dict[date, list[int]] = {}
    handling: list[float] = []
    for row in rows(path, ("arrived_at", "handling_min")):
        at = row.instant("arrived_at")
        if at is None:
            raise row.bad("arrived_at is empty")
        places.setdefault(at.date(), []).append((at.hour * 60 + at.minute) // HALF_HOUR)
        handling.append(row.number("handling_min", 0.0, LONGEST_HANDLING))
    if not places:
        raise BadInput(path, None, "has no visits")
    if not sum(handling):
        raise BadInput(path, None, "has no handling above 0 minutes")
    if any(len(day) > MOST_A_DAY for day in places.values()):
        raise BadInput(path, None, f"has more than {MOST_A_DAY} visits on a day")
    first = min(map(min, places.values()))
    slots = max(map(max, places.values())) - first + 1
    days = {
        day: np.bincount(np.array(here) - first, minlength=slots).tolist() for day, here in places.items()
    }
    return Seen(days, np.array(handling), first * HALF_HOUR, HALF_HOUR)
