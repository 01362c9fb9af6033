"""`maeniwa keys`: which days have keys, a new master key, keys that seal applications, and the keys of two sides."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from models.core.clock import now
from models.core.days import office_day
from models.operations import pairing, rotating, sealing_keys
from models.queries import crossing
from models.queries.keys import days_by_purpose
from models.rules.periods import ZONE
from models.rules.sides import OUTSIDE
from scheduler.commands.carrying import kept, sent
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import municipality_option, tell
from scheduler.refusals import NotDone

EXAMPLES = """examples:
  maeniwa keys list                   how many days of each purpose have a key, from when to when
  maeniwa keys rotate                 a new master key; everything goes on meanwhile
  maeniwa keys make                   the keys that seal applications, for this month and the next ones
  maeniwa keys export keys.json       the public halves of this side's keys, to be carried to the other side
  maeniwa keys import keys.json       there: take them over; the first time with --trust and their print
  maeniwa keys sides                  the prints of both sides' keys, for two people to compare
  maeniwa keys renew                  new keys of this side, once a year or when one may have leaked; then export
  maeniwa keys destroy --month 2026-12 --reason "may have leaked"
                                      what was sealed for that month can never be opened again"""


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
    exporting = parts.add_parser("export", help="write the public keys of this side to a file")
    exporting.add_argument("file", type=Path)
    exporting.set_defaults(run=run_export)
    importing = parts.add_parser("import", help="take over the other side's public keys from a file")
    importing.add_argument("file", type=Path)
    importing.add_argument(
        "--trust", default="", metavar="PRINT", help="the print that somebody read on the other side"
    )
    importing.set_defaults(run=run_import)
    destroying = parts.add_parser("destroy", help="destroy the private sealing keys of a month")
    destroying.add_argument("--month", required=True, help="YYYY-MM")
    destroying.add_argument(
        "--reason", default="", help="why before the month is over: residents may hold its codes"
    )
    destroying.set_defaults(run=run_destroy)
    sides = parts.add_parser("sides", help="say the prints of both sides' keys")
    sides.set_defaults(run=run_sides)
    renewing = parts.add_parser("renew", help="make new keys of this side")
    renewing.set_defaults(run=run_renew)
    for one in (making, exporting, importing, destroying, sides, renewing):
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
        _not_outside()
        made = sealing_keys.make_ahead(office_day(now(), ZONE), "command")
    tell([f"{made} sealing keys made"])
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write one file without any secret."""
    with at_municipality(args):
        made = pairing.exported(office_day(now(), ZONE), "command")
        shown = pairing.own_print()
    kept(args.file, made)
    tell([f"public keys in {args.file}", f"print of this side: {shown}"])
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Read one file; nothing is taken over of a wrong one."""
    with at_municipality(args):
        new = pairing.take_over(sent(args.file), "command", args.trust)
        other = crossing.other_side()
    tell([f"{new} new public keys", *([f"print of the other side: {other.shown}"] if other else [])])
    return 0


def run_sides(args: argparse.Namespace) -> int:
    """Print one line a side."""
    with at_municipality(args):
        mine, days, other = pairing.own_print(), crossing.own_days(), crossing.other_side()
        tell(
            [
                f"this side ({crossing.side()}): {f'{mine}  made {days[-1]}' if mine else 'no keys yet'}",
                f"other side: {f'{other.shown}  taken over {other.taken_at:%Y-%m-%d}' if other else 'not known yet'}",
            ]
        )
    return 0


def run_renew(args: argparse.Namespace) -> int:
    """New keys; the other side learns of them by the next file that is exported."""
    with at_municipality(args):
        shown = pairing.renew(office_day(now(), ZONE), "command")
    tell(
        [
            f"print of this side: {shown}",
            "export now and import there; until then the other side takes nothing",
        ]
    )
    return 0


def run_destroy(args: argparse.Namespace) -> int:
    """End one month for good; before it is over only with a reason."""
    try:
        month = date.fromisoformat(f"{args.month}-01")
    except ValueError:
        month = date.min
    with at_municipality(args):
        if args.reason:
            sealing_keys.end_early(month, args.reason, "command")
        else:
            _end(month)
    tell([f"the private keys of {args.month} are destroyed"])
    return 0


def _end(month: date) -> None:
    try:
        sealing_keys.end(month, "command")
    except sealing_keys.StillNeeded as early:
        raise NotDone(
            "the month is not over, and residents may hold its codes: say why with --reason TEXT"
        ) from early


def _not_outside() -> None:
    if crossing.side() == OUTSIDE:
        raise NotDone(
            "private sealing keys are never made outside: make them inside, export and import them here"
        )
