"""`maeniwa token`, `maeniwa device`, `maeniwa code`: secrets that are given out once, alone on a line."""

from __future__ import annotations

import argparse

from models.operations import accounts
from models.queries.offices import offices
from scheduler.commands.serve import tell
from scheduler.commands.terms import ACTOR, NotDone, at_municipality, municipality_option

ROLES = ("counter", "concierge", "manager", "administrator")
KINDS = ("kiosk", "board")
SYSTEM_EXAMPLES = """examples:
  maeniwa token --role manager --office honcho        for a BI tool that reads one office's measures
  TOKEN=$(maeniwa token --role counter --office honcho)"""
DEVICE_EXAMPLES = """examples:
  maeniwa device --kind kiosk --office library        a terminal in the library hall
  maeniwa device --kind board --office honcho         the public board"""
STAFF_EXAMPLES = """examples:
  maeniwa code administrator        when nobody can sign in any more; ends that account's sessions"""


def add_token(parser: argparse.ArgumentParser) -> None:
    """Describe `token`."""
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument("--office", required=True, metavar="CODE", help="the office the token is good for")
    parser.add_argument("--label", default="", help="what it is for, to find it again")
    municipality_option(parser)
    parser.set_defaults(run=token)


def add_device(parser: argparse.ArgumentParser) -> None:
    """Describe `device`."""
    parser.add_argument("--kind", required=True, choices=KINDS)
    parser.add_argument("--office", required=True, metavar="CODE", help="the office where it stands")
    parser.add_argument("--label", default="", help="where it stands, to find it again")
    municipality_option(parser)
    parser.set_defaults(run=device)


def add_code(parser: argparse.ArgumentParser) -> None:
    """Describe `code`."""
    parser.add_argument("username", help="whose password is forgotten")
    municipality_option(parser)
    parser.set_defaults(run=code)


def token(args: argparse.Namespace) -> int:
    """Print a bearer token for the API, alone on a line."""
    with at_municipality(args):
        _check_office(args.office)
        tell([accounts.issue_token(args.role, args.office, ACTOR, args.label)])
    return 0


def device(args: argparse.Namespace) -> int:
    """Print a device token, alone on a line."""
    with at_municipality(args):
        _check_office(args.office)
        tell([accounts.enrol_device(args.kind, args.office, ACTOR, args.label)])
    return 0


def code(args: argparse.Namespace) -> int:
    """Print a fresh one-time sign-in code of a staff account, alone on a line."""
    with at_municipality(args):
        tell([accounts.new_code(args.username, ACTOR).code])
    return 0


def _check_office(wanted: str) -> None:
    known = [place.code for place in offices()]
    if wanted not in known:
        raise NotDone(f"no office called {wanted}; here are: {', '.join(known)}")
