"""`maeniwa study cover`: the shifts with the least hours that cover what is required."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.rules.planning.shift_cover import CoverCase, Group, NoCover, cover
from scheduler.commands.studying.files import BadInput, json_object, write_rows
from scheduler.commands.terms import tell

EXAMPLES = """formats:
  CASE  a JSON object: slot_hours, required (a list of days, each a list of counters by slot),
        shifts (name: 0 or 1 by slot; lunch is a 0 inside).
        It may have: max_per_day (a number or one for each day), max_per_shift (name: number),
        budget_hours, groups (a list of {shifts, required, max_per_day, max_hours}: part-timers, skills)
  OUT   day,shift,count   days from 0

examples:
  maeniwa study cover --case case.json --out shifts.csv"""

KEYS = {"slot_hours", "required", "shifts", "max_per_day", "max_per_shift", "budget_hours", "groups"}
GROUP = {"shifts", "required", "max_per_day", "max_hours"}
MOST = 10_000


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--case", metavar="CASE", type=Path, required=True, help="what is required, and shifts"
    )
    parser.add_argument("--out", metavar="OUT", type=Path, required=True, help="where the shifts go")


def run(args: argparse.Namespace) -> int:
    """Find the cover."""
    case = read_case(args.case)
    try:
        made = cover(case)
    except NoCover as problem:
        raise BadInput(args.case, None, str(problem)) from None
    write_rows(
        args.out,
        ("day", "shift", "count"),
        ((day, name, count) for day, counts in enumerate(made.counts) for name, count in counts.items()),
    )
    proof = "proven least" if made.proven else f"gap {made.gap:.2%}, at least {made.least_hours:g} needed"
    tell(
        [
            f"{sum(map(sum, (one.values() for one in made.counts)))} shifts, {made.hours:g} hours ({proof}): {args.out}"
        ]
    )
    return 0


def read_case(path: Path) -> CoverCase:
    """The case of a file; keys that are not known are named on standard error and ignored."""
    found = Reader(path, json_object(path))
    found.ignore(KEYS, "")
    required = found.table("required", found.one("required"), None)
    slots = len(required[0])
    shifts = read_shifts(path, found.one("shifts"), slots)
    hours = found.number("slot_hours", found.one("slot_hours"))
    if hours <= 0:
        raise found.bad("slot_hours must be above 0")
    per_day = found.may("max_per_day")
    if per_day is not None and not isinstance(per_day, list):
        per_day = [per_day] * len(required)
    if per_day is not None and len(per_day) != len(required):
        raise found.bad(f"max_per_day has {len(per_day)} numbers for {len(required)} days")
    per_shift = found.may("max_per_shift") or {}
    if not isinstance(per_shift, dict) or set(per_shift) - set(shifts):
        raise found.bad("max_per_shift must be an object with names of shifts")
    budget = found.may("budget_hours")
    return CoverCase(
        hours,
        required,
        shifts,
        None if per_day is None else [found.number("max_per_day", one) for one in per_day],
        {name: found.number("max_per_shift", one) for name, one in per_shift.items()},
        None if budget is None else found.number("budget_hours", budget),
        [_group(path, one, shifts, len(required), slots) for one in found.listed("groups")],
    )


def read_shifts(path: Path, given: Any, slots: int) -> Mapping[str, Sequence[int]]:
    """Kinds of shifts: in which of `slots` slots each is at a counter."""
    if not isinstance(given, dict) or not given:
        raise BadInput(path, None, "shifts must be an object with names and slots")
    for name, shape in given.items():
        if not isinstance(shape, list) or any(one not in (0, 1) for one in shape):
            raise BadInput(path, None, f"shift {name} must be a list of 0 and 1")
        if len(shape) != slots:
            raise BadInput(path, None, f"shift {name} has {len(shape)} slots where there are {slots}")
    return {name: [int(one) for one in shape] for name, shape in given.items()}


class Reader:
    """A JSON object of which every wrong part is named."""

    def __init__(self, path: Path, given: Mapping[str, Any]) -> None:
        """`given` as it stood in the file."""
        self._path, self._given = path, given

    def bad(self, why: str) -> BadInput:
        """The fault, to be raised."""
        return BadInput(self._path, None, why)

    def ignore(self, known: set[str], where: str) -> None:
        """Say on standard error which keys are not known and therefore without effect."""
        for key in sorted(set(self._given) - known):
            sys.stderr.write(f"maeniwa: {self._path}: {where}{ascii(key)} is not known and ignored\n")

    def one(self, key: str) -> Any:
        """What must be there."""
        if key not in self._given:
            raise self.bad(f"{key} is missing")
        return self._given[key]

    def may(self, key: str) -> Any:
        """What may be there."""
        return self._given.get(key)

    def number(self, key: str, given: Any, least: float = 0.0, most: float = MOST) -> float:
        """A finite number from `least` to `most`."""
        if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
            raise self.bad(f"{key} must be a number, not {ascii(given)[:40]}")
        if not least <= given <= most:
            raise self.bad(f"{key} must be from {least:g} to {most:g}, not {given:g}")
        return float(given)

    def numbers(self, key: str, most: float = MOST) -> list[float]:
        """A list of numbers that is not empty."""
        given = self.one(key)
        if not isinstance(given, list) or not given:
            raise self.bad(f"{key} must be a list of numbers")
        return [self.number(key, one, most=most) for one in given]

    def table(self, key: str, given: Any, size: tuple[int, int] | None) -> list[list[float]]:
        """A list of lists of the same length; `size` is days and slots where they are known."""
        if (
            not isinstance(given, list)
            or not given
            or not all(isinstance(day, list) and day for day in given)
        ):
            raise self.bad(f"{key} must be a list of days, each a list of numbers")
        days, slots = size or (len(given), len(given[0]))
        if len(given) != days:
            raise self.bad(f"{key} has {len(given)} days where there are {days}")
        for place, day in enumerate(given):
            if len(day) != slots:
                raise self.bad(f"{key}: day {place} has {len(day)} slots where there are {slots}")
        return [[self.number(key, one) for one in day] for day in given]

    def listed(self, key: str) -> list[Mapping[str, Any]]:
        """A list of objects, empty where there is none."""
        given = self._given.get(key) or []
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise self.bad(f"{key} must be a list of objects")
        return given


def _group(
    path: Path, given: Mapping[str, Any], shifts: Mapping[str, object], days: int, slots: int
) -> Group:
    found = Reader(path, given)
    found.ignore(GROUP, "groups: ")
    names = found.one("shifts")
    if not isinstance(names, list) or not set(map(str, names)) <= set(shifts):
        raise found.bad("groups: shifts must be names of shifts")
    required, per_day, hours = (found.may(key) for key in ("required", "max_per_day", "max_hours"))
    return Group(
        names,
        None if required is None else found.table("groups: required", required, (days, slots)),
        None if per_day is None else found.number("groups: max_per_day", per_day),
        None if hours is None else found.number("groups: max_hours", hours),
    )
