"""`maeniwa study split`: given counter-hours of a week over its days, so that people wait least."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from models.rules.planning.weekday_split import OpenDay, TooFewHours, mean_wait, split
from scheduler.commands.studying.files import BadInput, Row, rows, write_rows
from scheduler.commands.terms import tell

EXAMPLES = """formats:
  COUNTS  weekday,opens,closes and one or more columns of counts, which are added
          times like 09:00; a closed day is left out or has empty times
  OUT     weekday,counters

examples:
  maeniwa study split --counts week.csv --minutes 8 --hours 1209 --out counters.csv"""

COUNTS = ("weekday", "opens", "closes")
MOST_VISITS = 1_000_000
MOST_HOURS = 100_000


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--counts", metavar="COUNTS", type=Path, required=True, help="counts and hours by weekday"
    )
    parser.add_argument("--minutes", type=float, required=True, help="mean handling minutes")
    parser.add_argument("--hours", type=float, required=True, help="counter-hours a week that there are")
    parser.add_argument("--out", metavar="OUT", type=Path, required=True, help="where the answer goes")


def run(args: argparse.Namespace) -> int:
    """Split the hours."""
    for name, most in (("minutes", 480), ("hours", MOST_HOURS)):
        if not 0 < getattr(args, name) <= most:
            raise BadInput(Path(f"--{name}"), None, f"must be above 0 and not above {most}")
    names, days = week(args.counts)
    try:
        found = split(days, args.minutes, args.hours)
    except TooFewHours as problem:
        raise BadInput(args.counts, None, f"{args.hours:g} hours are too few: {problem}") from None
    except ValueError as problem:
        raise BadInput(args.counts, None, str(problem)) from None
    write_rows(args.out, ("weekday", "counters"), zip(names, found.counters, strict=True))
    wait = mean_wait(days, found.counters, args.minutes)
    tell([f"{found.hours:g} of {args.hours:g} counter-hours, mean wait {wait:.2f} min: {args.out}"])
    return 0


def week(path: Path) -> tuple[Sequence[str], Sequence[OpenDay]]:
    """The days of the file that are open, with the names they have there."""
    found: dict[str, OpenDay] = {}
    for row in rows(path, COUNTS):
        name = row.text("weekday")
        if name in found:
            raise row.bad(f"{name} stands here a second time")
        minutes, visits = _open_minutes(row), sum(row.number(one, 0, MOST_VISITS) for one in _counts(row))
        if minutes:
            found[name] = OpenDay(visits, minutes)
        elif visits:
            raise row.bad(f"{name} is closed and has visits")
    if not found:
        raise BadInput(path, None, "has no open days")
    return tuple(found), tuple(found.values())


def _counts(row: Row) -> Sequence[str]:
    columns = [name for name in row.cells if name not in COUNTS]
    if not columns:
        raise BadInput(row.path, 1, "has no column with counts")
    return columns


def _open_minutes(row: Row) -> int:
    opens, closes = row.minute("opens"), row.minute("closes")
    if opens is None or closes is None:
        return 0
    if closes < opens:
        raise row.bad("closes is before opens")
    return round(closes - opens)
