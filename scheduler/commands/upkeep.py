"""`maeniwa doctor` and `maeniwa upgrade`: find what is wrong, bring an installation up to this build."""

from __future__ import annotations

import argparse
from contextlib import suppress

from models.core import directory
from models.core.db import DatabaseProblem, standing
from models.core.settings import BadSetting
from models.operations import diagnosis, installation
from scheduler.commands.serve import tell
from scheduler.commands.terms import NONE_YET, NotDone, installation_option, settings_of

DOCTOR_EXAMPLES = """examples:
  maeniwa doctor                          says what is wrong and how to mend it; exit status 1 where something is
  maeniwa doctor --instance /srv/maeniwa"""
UPGRADE_EXAMPLES = """examples:
  maeniwa upgrade             tables and catalogue of every municipality (`serve` does it at its start too)"""


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """Describe `doctor`."""
    installation_option(parser)
    parser.set_defaults(run=doctor)


def add_upgrade(parser: argparse.ArgumentParser) -> None:
    """Describe `upgrade`."""
    installation_option(parser)
    parser.set_defaults(run=upgrade)


def doctor(args: argparse.Namespace) -> int:
    """Print every finding with its mend; 1 where there is any."""
    try:
        chosen = settings_of(args)
    except BadSetting as problem:
        tell(
            [
                f"- settings: {problem}",
                "  mend: correct maeniwa.toml or the MAENIWA_ variable (docs/settings.md)",
            ]
        )
        return 1
    with standing(chosen):
        with suppress(DatabaseProblem):
            directory.prepare()
        findings = diagnosis.diagnose()
    for found in findings:
        tell([f"- {found.what}", f"  mend: {found.mend}"])
    if not findings:
        tell([f"Nothing wrong was found in {len(diagnosis.CHECKS)} groups of checks."])
    return 1 if findings else 0


def upgrade(args: argparse.Namespace) -> int:
    """Bring the tables and the catalogue of every municipality up to this build."""
    with standing(settings_of(args)):
        installation.refresh()
        found = directory.municipalities()
    if not found:
        raise NotDone(NONE_YET)
    tell([f"{one.name} ({one.code}): tables and catalogue are up to date" for one in found])
    return 0
