"""`maeniwa doctor`: what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import argparse
from contextlib import suppress

from models.core import directory
from models.core.db import DatabaseProblem, standing
from models.core.settings import BadSetting
from models.operations import diagnosis
from scheduler.commands.terms import ACTOR, installation_option, settings_of, tell

EXAMPLES = """examples:
  maeniwa doctor                          exit status 1 where something is wrong
  maeniwa doctor --mend                   counts slots anew whose places do not add up
  maeniwa doctor --instance /srv/maeniwa"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    installation_option(parser)
    parser.add_argument("--mend", action="store_true", help="mend first what can be mended without loss")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print every finding with its mend; 1 where there is any."""
    try:
        chosen = settings_of(args)
    except BadSetting as problem:
        mend = "correct maeniwa.toml or the MAENIWA_ variable (docs/settings.md)"
        tell([f"- settings: {problem}", f"  mend: {mend}"])
        return 1
    with standing(chosen):
        with suppress(DatabaseProblem):
            directory.prepare()
        if args.mend:
            tell([f"{code}: {count} slots counted anew" for code, count in diagnosis.mend(ACTOR)])
        findings = diagnosis.diagnose()
    for found in findings:
        tell([f"- {found.what}", f"  mend: {found.mend}"])
    if not findings:
        tell(["Nothing wrong was found."])
    return 1 if findings else 0
