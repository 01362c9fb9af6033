"""勤務の決まり of an office: what holds, and what held before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.core.db import session
from models.core.errors import NotFound
from models.queries.offices import OfficeView
from models.rules.planning.roster_rules import RosterRules, kept
from models.tables import RosterRules as Row


@dataclass(frozen=True)
class Version:
    """The rules as somebody kept them; versions count from 1."""

    version: int
    rules: RosterRules
    by: str
    at: datetime


def current(place: OfficeView) -> Version | None:
    """What holds; None where the office decided nothing yet."""
    return next(iter(history(place, 1)), None)


def history(place: OfficeView, most: int = 10) -> list[Version]:
    """The newest first."""
    mine = select(Row).where(Row.office_id == place.id).order_by(Row.version.desc()).limit(most)
    return [_view(row) for row in session().scalars(mine)]


def version(place: OfficeView, number: int) -> Version:
    """One of them; `NotFound`."""
    row = session().scalar(select(Row).where(Row.office_id == place.id, Row.version == number))
    if row is None:
        raise NotFound
    return _view(row)


def _view(row: Row) -> Version:
    own: Mapping[str, Any] = row.own
    return Version(row.version, kept(own), row.changed_by, row.changed_at)
