"""Making an installation ready to be served: tables, catalogue, and the demo city where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from models.core import directory
from models.core.db import DatabaseProblem, standing
from models.core.settings import Settings
from models.operations import upgrading
from scheduler.announcement import Opened
from scheduler.refusals import NONE_YET, NotDone


@contextmanager
def on_ground(chosen: Settings) -> Iterator[None]:
    """Stand on an installation; what its database refuses is said in one line (`NotDone`)."""
    try:
        with standing(chosen):
            yield
    except DatabaseProblem as problem:
        raise NotDone(f"the database refused: {problem.orig}; `maeniwa doctor` says more") from problem


def open_up(chosen: Settings, *, with_demo: bool) -> Opened:
    """Bring tables and catalogue up to this build, fill an empty installation with the demo; who is served.

    Raises `NotDone` where there is no municipality.
    """
    with on_ground(chosen):
        migrated = upgrading.upgrade()
        demo = import_module("models.operations.demo") if with_demo else None
        city = demo.fill() if demo else None
        found = directory.municipalities()
    if not found:
        raise NotDone(NONE_YET)
    names = {one.code: one.name for one in found}
    before = {one.code: str(one.backup) for one in migrated}
    if demo is None or city is None:
        return Opened(names, before=before)
    codes = {one.username: one.code for one in city.codes}
    return Opened(names, demo.CODE, codes, city.booking, before)
