"""`maeniwa study`: measure and plan with files alone: a city's own logs in, tables out, no municipality needed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from scheduler.commands.studying.files import BadInput

EXAMPLES = """examples:
  maeniwa study waits --log visits.csv.gz --staffing staffing.csv --queries asked.jsonl --out waits.csv
  maeniwa study forecast --history 2026.csv --horizon next-months.csv --out forecast.csv
  maeniwa study PART --help   formats, options and examples of one part
Files may end in .gz. Bad input is named with its line: exit status 2. docs/study.md shows every part at work."""

WRONG_USE = 2
"""Exit status where the input cannot be used."""


@dataclass(frozen=True)
class Part:
    """One part: its name, one line of help, and the module of `studying` with `EXAMPLES`, `describe` and `run`."""

    name: str
    line: str
    module: str


PARTS = (
    Part("waits", "how long will who is in the hall still wait: percentiles for each question", "waits"),
    Part("snapshots", "the same for halls that only publish what their board shows", "snapshots"),
    Part("forecast", "how many will come on each day ahead, from the days so far", "forecast"),
    Part(
        "counters",
        "the fewest counters with which every half hour keeps its share, from past visits",
        "counters",
    ),
    Part("cover", "the shifts with the least hours that cover what is required", "cover"),
    Part("split", "counter-hours of a week over its days, so that people wait least", "split"),
    Part("slots", "at which times of a day to offer how many bookings", "slots"),
)


class LatePart(argparse.ArgumentParser):
    """The options of one part, whose module is loaded when that part is asked for and not before."""

    module = ""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Load the module, then read the words."""
        if self.module:
            found = import_module(f"scheduler.commands.studying.{self.module}")
            self.module = ""
            self.epilog = found.EXAMPLES
            found.describe(self)
            self.set_defaults(run=partial(answered, found.run))
        return super().parse_known_args(args, namespace)


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its parts."""
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True, parser_class=LatePart)
    for part in PARTS:
        one = parts.add_parser(
            part.name,
            help=part.line,
            description=part.line[0].upper() + part.line[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.module = part.module


def answered(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Run one part; input that cannot be used is said in one line, with exit status 2."""
    try:
        return run(args)
    except BadInput as problem:
        sys.stderr.write(f"maeniwa: {problem}\n")
        return WRONG_USE
