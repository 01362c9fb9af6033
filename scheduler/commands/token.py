"""`maeniwa token`: access to the API for a system, scoped to a role and an office, and its end."""

from __future__ import annotations

import argparse

from models.core.clock import now
from models.core.errors import NotFound
from models.operations import accounts
from models.queries.staff import TokenView, access_tokens
from scheduler.commands.places import at_municipality, office_known
from scheduler.commands.terms import ACTOR, municipality_option, tell
from scheduler.refusals import NotDone

EXAMPLES = """examples:
  maeniwa token --role manager --office honcho        for a BI tool that reads one office's measures
  TOKEN=$(maeniwa token --role counter --office honcho)
  maeniwa token --list                                which were given out; never the tokens
  maeniwa token --revoke 3                            number 3 opens nothing any more"""
ROLES = ("counter", "concierge", "manager", "administrator")


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    parser.add_argument("--role", choices=ROLES)
    parser.add_argument("--office", metavar="CODE", help="the office the token is good for")
    parser.add_argument("--label", default="", help="what it is for, to find it again")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--list", action="store_true", help="which tokens were given out, by number")
    instead.add_argument(
        "--revoke", metavar="NUMBER", type=int, help="end one; a second time changes nothing"
    )
    municipality_option(parser)
    parser.set_defaults(run=run, wrong=parser.error)


def run(args: argparse.Namespace) -> int:
    """Print a bearer token, alone on a line, given out once; or the list; or end one."""
    if args.list:
        return _list(args)
    if args.revoke is not None:
        return _revoke(args)
    if not (args.role and args.office):
        args.wrong("a token needs --role and --office")
    with at_municipality(args):
        tell([accounts.issue_token(args.role, office_known(args.office), ACTOR, args.label)])
    return 0


def _list(args: argparse.Namespace) -> int:
    with at_municipality(args):
        found = access_tokens()
    tell([_line(one) for one in found] or ["no tokens yet"])
    return 0


def _line(one: TokenView) -> str:
    state = one.state_at(now())
    ended = f"revoked {one.revoked_at.date()}" if one.revoked_at else state
    used = f"used {one.used_at.date()}" if one.used_at else "not used yet"
    whose = f"{one.number:4}  {one.role:13}  {one.office or '-':10}"
    said = f"{whose}  {one.created_at.date()}  {ended}  {used}  {one.label}"
    return said.rstrip()


def _revoke(args: argparse.Namespace) -> int:
    with at_municipality(args):
        try:
            accounts.revoke_token(args.revoke, ACTOR)
        except NotFound as problem:
            raise NotDone(f"no token has the number {args.revoke}: see `maeniwa token --list`") from problem
    tell([f"token {args.revoke} opens nothing any more"])
    return 0
