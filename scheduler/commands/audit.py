"""`maeniwa audit`: whether the audit is as it was written, its newest entries, and its anchor."""

from __future__ import annotations

import argparse

from models.operations import audit
from models.queries.audit import Whole, last_entries, verify
from models.rules.audit_chain import Link
from scheduler.commands.places import at_municipality
from scheduler.commands.terms import municipality_option, tell
from scheduler.refusals import NotDone

EXAMPLES = """examples:
  maeniwa audit verify                exit status 1 and the first wrong place where the chain was touched
  maeniwa audit show --last 50
  maeniwa audit restored              after PostgreSQL was set back by other means than `maeniwa restore`
  maeniwa audit anchor                the end of the chain, written down and printed: put the paper away"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its parts."""
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    checking = parts.add_parser("verify", help="go along the whole chain and compare it with the anchors")
    municipality_option(checking)
    checking.set_defaults(run=run_verify)
    showing = parts.add_parser("show", help="the newest entries")
    showing.add_argument("--last", type=int, default=20, metavar="N", help="how many (default: 20)")
    municipality_option(showing)
    showing.set_defaults(run=run_show)
    anchoring = parts.add_parser("anchor", help="write the end of the chain down now")
    municipality_option(anchoring)
    anchoring.set_defaults(run=run_anchor)
    accepting = parts.add_parser(
        "restored", help="say that an older database, brought back, is the right one"
    )
    municipality_option(accepting)
    accepting.set_defaults(run=run_restored)


def run_verify(args: argparse.Namespace) -> int:
    """Say that the chain is whole, or name its first wrong place; 1 then."""
    with at_municipality(args) as one:
        found = verify()
    if not isinstance(found, Whole):
        raise NotDone(f"{one.code}: the audit's chain is broken at place {found.place}: {found.what}")
    anchored = (
        f"anchor of {found.anchored.at} at place {found.anchored.place}"
        if found.anchored
        else "no anchor yet"
    )
    tell([f"{one.code}: places {found.first} to {found.last} are as they were written; {anchored}"])
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Print the newest entries, oldest first."""
    with at_municipality(args):
        entries = last_entries(max(args.last, 1))
    tell([_line(one) for one in entries] or ["nothing was noted yet"])
    return 0


def run_restored(args: argparse.Namespace) -> int:
    """Say in the anchors that the chain ends here now."""
    with at_municipality(args) as one:
        end = audit.restored()
    tell([f"{one.code}: the audit goes on after place {end.place}; what the anchors say beyond it is void"])
    return 0


def _line(one: Link) -> str:
    who = f"{one.place:8} {one.at:%Y-%m-%d %H:%M:%SZ}  {one.actor:16}"
    return f"{who} {one.action:20} {one.subject} {one.detail}".rstrip()


def run_anchor(args: argparse.Namespace) -> int:
    """Write an anchor and print it, to be kept on paper."""
    with at_municipality(args) as one:
        try:
            audit.anchor()
        except audit.ChainBroken as problem:
            raise NotDone(f"{one.code}: {problem}; `maeniwa audit verify` names the place") from problem
        found = verify(whole=False)
    if isinstance(found, Whole) and found.anchored:
        tell([f"{one.code} {found.anchored.at} place {found.anchored.place}", found.anchored.mac])
    return 0
