"""`maeniwa upgrade`: bring an installation up to this build."""

from __future__ import annotations

import argparse

from models.core import directory
from models.core.db import standing
from models.operations import installation
from scheduler.commands.terms import NONE_YET, NotDone, installation_option, settings_of, tell

EXAMPLES = """examples:
  maeniwa upgrade             tables and catalogue of every municipality (`serve` does it at its start too)"""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    installation_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Bring the tables and the catalogue of every municipality up to this build."""
    with standing(settings_of(args)):
        installation.refresh()
        found = directory.municipalities()
    if not found:
        raise NotDone(NONE_YET)
    tell([f"{one.name} ({one.code}): tables and catalogue are up to date" for one in found])
    return 0
