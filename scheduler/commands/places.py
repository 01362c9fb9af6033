"""Standing on an installation, and inside the municipality that a command is for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from models.core import directory
from models.core.directory import Municipality
from models.core.space import entered
from models.queries.offices import offices
from scheduler.commands.terms import settings_of
from scheduler.opening import on_ground
from scheduler.refusals import NONE_YET, NotDone


@contextmanager
def at_municipality(args: argparse.Namespace) -> Iterator[Municipality]:
    """Work inside the space of the municipality that was named, or of the only one."""
    with on_ground(settings_of(args)):
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
