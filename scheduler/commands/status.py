"""`maeniwa status`: how many wait and are called, carried from the inside of a separated network to its outside."""

from __future__ import annotations

import argparse
from pathlib import Path

from models.operations import status_files, status_intake
from scheduler.commands.carrying import kept, sent
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import ACTOR, municipality_option, tell

EXAMPLES = """examples:
  maeniwa status export -o status.json     inside: counts of every office, signed; nobody's number, nobody's name
  maeniwa status import status.json        outside: residents see them, with their time"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its parts."""
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    exporting = parts.add_parser("export", help="write the counts of every office to a file")
    exporting.add_argument("-o", "--out", required=True, type=Path, metavar="FILE")
    exporting.set_defaults(run=run_export)
    importing = parts.add_parser("import", help="show the counts of a file")
    importing.add_argument("file", type=Path)
    importing.set_defaults(run=run_import)
    for one in (exporting, importing):
        municipality_option(one)


def run_export(args: argparse.Namespace) -> int:
    """Write one file."""
    with at_municipality(args):
        made = status_files.export(ACTOR)
    kept(args.out, made)
    tell([f"the counts of every office are in {args.out}"])
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Take one file in."""
    with at_municipality(args):
        made_at = status_intake.take(sent(args.file), ACTOR)
    tell([f"residents see the counts of {made_at:%Y-%m-%d %H:%M} UTC"])
    return 0
