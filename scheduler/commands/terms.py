"""What the commands have in common: which installation they are for, and how they say what they did."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from models.core import settings
from models.core.settings import Settings

ACTOR = "command line"


def installation_option(parser: argparse.ArgumentParser) -> None:
    """Add `--instance`."""
    parser.add_argument(
        "--instance",
        metavar="DIR",
        type=Path,
        help="folder of this installation (default: MAENIWA_INSTANCE, else ./instance)",
    )


def municipality_option(parser: argparse.ArgumentParser) -> None:
    """Add `--instance` and `--municipality`."""
    installation_option(parser)
    parser.add_argument(
        "--municipality", metavar="CODE", help="which municipality, where this installation serves several"
    )


def settings_of(args: argparse.Namespace) -> Settings:
    """The checked settings of the installation that was named; raises `BadSetting`."""
    return settings.load(args.instance, os.environ)


def tell(lines: Sequence[str]) -> None:
    """Say something to the person at the terminal (standard output; logs go to standard error)."""
    print("\n".join(lines), flush=True)  # noqa: T201
