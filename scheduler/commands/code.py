"""`maeniwa code`: a fresh one-time sign-in code for somebody whose password is forgotten."""

from __future__ import annotations

import argparse

from models.core.errors import NotFound
from models.operations import accounts
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import ACTOR, municipality_option, tell
from scheduler.refusals import NotDone

EXAMPLES = """examples:
  maeniwa code administrator        when nobody can sign in any more; ends that account's sessions"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("username", help="whose password is forgotten")
    municipality_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the code, alone on a line; it opens the account once, within 72 hours."""
    with at_municipality(args):
        try:
            tell([accounts.new_code(args.username, ACTOR).code])
        except NotFound as problem:
            raise NotDone(f"no account called {args.username}") from problem
    return 0
