"""`maeniwa keys`: which days have keys, a new master key, and the keys that seal applications."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from models.core.clock import now
from models.core.days import office_day
from models.operations import rotating, sealing_keys
from models.queries.keys import days_by_purpose
from models.rules.periods import ZONE
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import municipality_option, tell

EXAMPLES = """examples:
  maeniwa keys list                   how many days of each purpose have a key, from when to when
  maeniwa keys rotate                 a new master key; everything goes on meanwhile
  maeniwa keys make                   the keys that seal applications, for this month and the next ones
  maeniwa keys export keys.json       their public halves, to be carried to the side where residents fill in forms
  maeniwa keys import keys.json       there: take them over
  maeniwa keys destroy --month 2026-12   what was sealed for that month can never be opened again"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its parts."""
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    listing = parts.add_parser("list", help="which days have keys; never the keys")
    municipality_option(listing)
    listing.set_defaults(run=run_list)
    rotating_part = parts.add_parser(
        "rotate", help="wrap every key under a new master key, destroy the old one"
    )
    municipality_option(rotating_part)
    rotating_part.set_defaults(run=run_rotate)
    _describe_sealing(parts)


def _describe_sealing(parts: Any) -> None:
    making = parts.add_parser("make", help="make the sealing keys of this month and the next ones")
    making.set_defaults(run=run_make)
    exporting = parts.add_parser("export", help="write the public sealing keys to a file")
    exporting.add_argument("file", type=Path)
    exporting.set_defaults(run=run_export)
    importing = parts.add_parser("import", help="take over public sealing keys from a file")
    importing.add_argument("file", type=Path)
    importing.set_defaults(run=run_import)
    destroying = parts.add_parser("destroy", help="destroy the private sealing keys of a month")
    destroying.add_argument("--month", required=True, help="YYYY-MM")
    destroying.set_defaults(run=run_destroy)
    for one in (making, exporting, importing, destroying):
        municipality_option(one)


def run_list(args: argparse.Namespace) -> int:
    """Print one line a purpose."""
    with at_municipality(args):
        found = days_by_purpose()
    lines = [f"{purpose:10} {len(days):5}  {days[0]} to {days[-1]}" for purpose, days in found.items()]
    tell(lines or ["no keys yet"])
    return 0


def run_rotate(args: argparse.Namespace) -> int:
    """Renew the master key of the whole installation; the audit of the municipality says so."""
    with at_municipality(args):
        count = rotating.rotate("command")
    tell([f"{count} keys wrapped under a new master key; the old one is destroyed"])
    return 0


def run_make(args: argparse.Namespace) -> int:
    """Make what is missing."""
    with at_municipality(args):
        made = sealing_keys.make_ahead(office_day(now(), ZONE), "command")
    tell([f"{made} sealing keys made"])
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write one file without any secret."""
    with at_municipality(args):
        found = sealing_keys.exported()
    args.file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    tell([f"{len(found['keys'])} public keys in {args.file}"])
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Read one file; nothing is taken over of a wrong one."""
    try:
        found = json.loads(args.file.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    with at_municipality(args):
        new = sealing_keys.take_over(found, "command")
    tell([f"{new} new public keys"])
    return 0


def run_destroy(args: argparse.Namespace) -> int:
    """End one month for good."""
    try:
        month = date.fromisoformat(f"{args.month}-01")
    except ValueError:
        month = date.min
    with at_municipality(args):
        sealing_keys.end(month, "command")
    tell([f"the private keys of {args.month} are destroyed"])
    return 0
