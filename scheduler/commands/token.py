"""`maeniwa token`: access to the API for a system, scoped to a role and an office."""

from __future__ import annotations

import argparse

from models.operations import accounts
from scheduler.commands.places import at_municipality, office_known
from scheduler.commands.terms import ACTOR, municipality_option, tell

EXAMPLES = """examples:
  maeniwa token --role manager --office honcho        for a BI tool that reads one office's measures
  TOKEN=$(maeniwa token --role counter --office honcho)"""
ROLES = ("counter", "concierge", "manager", "administrator")


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument("--office", required=True, metavar="CODE", help="the office the token is good for")
    parser.add_argument("--label", default="", help="what it is for, to find it again")
    municipality_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a bearer token, alone on a line; it is given out once."""
    with at_municipality(args):
        tell([accounts.issue_token(args.role, office_known(args.office), ACTOR, args.label)])
    return 0
