"""`maeniwa day-list`: the bookings of a day, carried from the outside of a separated network to its inside."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path

from models.core.clock import now
from models.operations import day_list_intake, day_lists
from models.queries.offices import OfficeView, office
from scheduler.commands.carrying import kept, sent
from scheduler.commands.places import at_municipality, office_known
from scheduler.commands.terms import ACTOR, municipality_option, tell
from scheduler.refusals import NotDone

EXAMPLES = """examples:
  maeniwa day-list export --office honcho --day tomorrow -o day.json     outside: sealed for the inside alone
  maeniwa day-list import day.json --check                               inside: what it would change
  maeniwa day-list import day.json                                       inside: take it in; again changes nothing"""
WORDS = {"today": 0, "tomorrow": 1}


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its parts."""
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    exporting = parts.add_parser("export", help="write the bookings of an office's day to a file")
    exporting.add_argument("--office", required=True, metavar="CODE")
    exporting.add_argument("--day", required=True, help="YYYY-MM-DD, today or tomorrow")
    exporting.add_argument("-o", "--out", required=True, type=Path, metavar="FILE")
    exporting.set_defaults(run=run_export)
    importing = parts.add_parser("import", help="take the bookings of a file in")
    importing.add_argument("file", type=Path)
    importing.add_argument("--check", action="store_true", help="say what would happen, change nothing")
    importing.set_defaults(run=run_import)
    for one in (exporting, importing):
        municipality_option(one)


def run_export(args: argparse.Namespace) -> int:
    """Write one file; nothing of it can be read on the way."""
    with at_municipality(args):
        place = office(office_known(args.office))
        day = _day(place, args.day)
        made = day_lists.export(place, day, ACTOR)
    kept(args.out, made)
    tell([f"the bookings of {args.office} on {day} are in {args.out}"])
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Take one file in and report; nothing is taken of a wrong one."""
    with at_municipality(args):
        content = sent(args.file)
        found = (day_list_intake.look if args.check else day_list_intake.take)(content, ACTOR)
    counts = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
    made = f"{found.made_at.astimezone(found.place.zone):%Y-%m-%d %H:%M}"
    tell(
        [
            f"{'would be' if args.check else 'taken'}: {counts} (list made {made})",
            *(f"  refused {reference}: {reason}" for reference, reason in found.refused),
        ]
    )
    return 0


def _day(place: OfficeView, text: str) -> date:
    if text in WORDS:
        return place.day_of(now()) + timedelta(days=WORDS[text])
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise NotDone(f"--day must be YYYY-MM-DD, today or tomorrow, not '{text}'") from problem
