"""使い始めるまでのいま: whether this municipality is still being prepared, and from when residents may book."""

from __future__ import annotations

from sqlalchemy import select

from models.core.clock import now
from models.core.db import ground, session
from models.core.space import current_space
from models.queries.offices import offices
from models.rules.first_run import Preparation, kept
from models.tables import SettingChange

TOPIC = "opening"
"""Where it is kept: the newest change of this topic is in force."""


def preparation() -> Preparation | None:
    """How far the preparation is; None for a municipality that opened ready, from a plan."""
    newest = select(SettingChange.after).where(SettingChange.topic == TOPIC)
    found = session().scalar(newest.order_by(SettingChange.id.desc()).limit(1))
    return kept(found) if found is not None else None


def waiting() -> Preparation | None:
    """The preparation while residents cannot book yet, else None; a city that has opened is not looked at again."""
    opened, city = ground().opened, current_space().code
    if city in opened:
        return None
    found, places = preparation(), offices()
    if found is not None and (not places or found.waits(places[0].day_of(now()))):
        return found
    opened.add(city)
    return None
