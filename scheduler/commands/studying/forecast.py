"""`maeniwa study forecast`: the visitors of days ahead, from the days so far."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from models.rules.planning.forecast import learn_days
from scheduler.commands.studying.files import BadInput, Row, rows, write_rows
from scheduler.commands.terms import tell

EXAMPLES = """formats:
  HISTORY  date,visitors   a closed day is left out or 0; the file's name is the series' (.csv, _train left off)
  HORIZON  date, or series,date: the days that are asked about
  OUT      series,date,p50,p10,p90 in visitors; days on which the hall is closed are 0

With less than a year of days the means of the last weeks are used, which know no seasons.

examples:
  maeniwa study forecast --history honcho.csv --horizon next-months.csv --out forecast.csv
  maeniwa study forecast --history honcho.csv higashi.csv --horizon next-months.csv --out forecast.csv"""

ENDINGS = (".gz", ".csv", "_train")
MOST_VISITORS = 10_000_000


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--history",
        metavar="HISTORY",
        type=Path,
        nargs="+",
        required=True,
        help="the days so far, a file a series",
    )
    parser.add_argument("--horizon", metavar="HORIZON", type=Path, required=True, help="the days asked about")
    parser.add_argument("--out", metavar="OUT", type=Path, required=True, help="where the answers go")


def run(args: argparse.Namespace) -> int:
    """Forecast every series."""
    asked = horizon(args.horizon)
    answers: list[tuple[object, ...]] = []
    for path in args.history:
        past = history(path)
        series, days = of_series(path, asked, args.horizon)
        try:
            forecast = learn_days(past)
        except ValueError as problem:
            raise BadInput(path, None, str(problem)) from None
        for day in days:
            one = forecast.on(day)
            answers.append((series, day, *(f"{value:.1f}" for value in (one.p50, one.p10, one.p90))))
    write_rows(args.out, ("series", "date", "p50", "p10", "p90"), answers)
    tell([f"{len(answers)} days forecast: {args.out}"])
    return 0


def history(path: Path) -> dict[date, float]:
    """The days so far."""
    found: dict[date, float] = {}
    for row in rows(path, ("date", "visitors")):
        day = row.day("date")
        if day in found:
            raise row.bad(f"{day} stands here a second time")
        found[day] = row.number("visitors", 0, MOST_VISITORS)
    return found


def horizon(path: Path) -> list[tuple[str, date]]:
    """The days asked about with their series, which is empty where the file names none."""
    found = [(_series(row), row.day("date")) for row in rows(path, ("date",))]
    if not found:
        raise BadInput(path, None, "has no days")
    return found


def of_series(path: Path, asked: Sequence[tuple[str, date]], named_in: Path) -> tuple[str, list[date]]:
    """The series of a history file, and its days; a horizon that names one series is meant for any file."""
    name = path.name
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    names = {series for series, _ in asked}
    if names == {""}:
        return name, [day for _, day in asked]
    if path.name.split(".")[0] in names:
        name = path.name.split(".")[0]
    if name not in names and len(names) == 1:
        name = next(iter(names))
    if name not in names:
        raise BadInput(named_in, None, f"has no series {name}; it has {', '.join(sorted(names))}")
    return name, [day for series, day in asked if series == name]


def _series(row: Row) -> str:
    return row.text("series") if "series" in row.cells else ""
