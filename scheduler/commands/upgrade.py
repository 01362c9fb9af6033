"""`maeniwa upgrade`: bring an installation up to this build."""

from __future__ import annotations

import argparse

from scheduler.announcement import way_back
from scheduler.commands.terms import installation_option, settings_of, tell
from scheduler.opening import open_up

EXAMPLES = """examples:
  maeniwa upgrade             tables and catalogue of every municipality (`serve` does it at its start too)

A backup is made before tables change; the last lines say how to go back. Cut off half-way, run it again."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    installation_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Bring the tables and the catalogue of every municipality up to this build."""
    opened = open_up(settings_of(args), with_demo=False)
    tell(
        [
            *way_back(opened),
            *(
                f"{name} ({code}): tables and catalogue are up to date"
                for code, name in opened.municipalities.items()
            ),
        ]
    )
    return 0
