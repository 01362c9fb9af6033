"""What the commands have in common: which installation, which municipality, and how a refusal is said."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from models.core import directory, settings
from models.core.db import standing
from models.core.directory import Municipality
from models.core.settings import Settings
from models.core.space import entered
from models.queries.offices import offices

ACTOR = "command line"
CODE_PAGE = "/staff/code"
"""Where a one-time code opens its account."""
NONE_YET = "no municipality yet: run `maeniwa init`, or `maeniwa serve --demo` to try it"


class NotDone(Exception):
    """The command did nothing; the text is one line that says why and what to do."""


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


@contextmanager
def at_municipality(args: argparse.Namespace) -> Iterator[Municipality]:
    """Work inside the space of the municipality that was named, or of the only one."""
    with standing(settings_of(args)):
        directory.prepare()
        one = chosen(args.municipality)
        with entered(one.space):
            yield one


def chosen(code: str | None) -> Municipality:
    """The municipality of this code, or the only one; `NotDone` where that is not clear."""
    found = {one.code: one for one in directory.municipalities()}
    if not found:
        raise NotDone(NONE_YET)
    if code is None and len(found) == 1:
        return next(iter(found.values()))
    if code not in found:
        known = ", ".join(sorted(found))
        raise NotDone(
            f"no municipality called {code}; here are: {known}"
            if code
            else f"say which municipality with --municipality; here are: {known}"
        )
    return found[code]


def office_known(code: str) -> str:
    """The same code, if there is an office of it; `NotDone` otherwise."""
    known = [place.code for place in offices()]
    if code not in known:
        raise NotDone(f"no office called {code}; here are: {', '.join(known)}")
    return code


def tell(lines: Sequence[str]) -> None:
    """Say something to the person at the terminal (standard output; logs go to standard error)."""
    print("\n".join(lines), flush=True)  # noqa: T201
