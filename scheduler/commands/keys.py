"""`maeniwa keys`: which days have keys, and a new master key."""

from __future__ import annotations

import argparse

from models.operations import rotating
from models.queries.keys import days_by_purpose
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import municipality_option, tell

EXAMPLES = """examples:
  maeniwa keys list                   how many days of each purpose have a key, from when to when
  maeniwa keys rotate                 a new master key; everything goes on meanwhile"""


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
