"""`maeniwa device`: a token for a kiosk or a board."""

from __future__ import annotations

import argparse

from models.operations import accounts
from scheduler.commands.places import at_municipality, office_known
from scheduler.commands.terms import ACTOR, municipality_option, tell

EXAMPLES = """examples:
  maeniwa device --kind kiosk --office library        a terminal in the library hall
  maeniwa device --kind board --office honcho         the public board"""
KINDS = ("kiosk", "board")


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("--kind", required=True, choices=KINDS)
    parser.add_argument("--office", required=True, metavar="CODE", help="the office where it stands")
    parser.add_argument("--label", default="", help="where it stands, to find it again")
    municipality_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a device token, alone on a line; it is given out once."""
    with at_municipality(args):
        tell([accounts.enrol_device(args.kind, office_known(args.office), ACTOR, args.label)])
    return 0
