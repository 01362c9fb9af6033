"""運ばれた待ちのようす: what the outside of a separated network can say of a hall: counts, and when they were made."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.catalogue.definitions import Words
from models.papers import carried, status_file
from models.papers.status_file import QueueCounts
from models.queries import catalogue, crossing
from models.queries.crossing import CarriedView
from models.queries.hall_state import HallState, QueueState
from models.queries.offices import OfficeView

OLD = timedelta(hours=2)
"""Counts older than this say nothing of now."""


def state(place: OfficeView, at: datetime) -> HallState:
    """The hall as the newest file of today tells it; closed to all appearance where there is none, or an old one."""
    found = _of_today(place, at)
    if found is None:
        return _nothing(place, at)
    told = status_file.read(found.content)
    known = catalogue.current().queues
    return HallState(
        version=_stamp(found),
        as_of=found.made_at,
        day=told.day,
        open=told.open,
        closes=told.closes,
        stopped=told.stopped,
        notice="",
        counters_on=(),
        mean_wait_today=told.mean_wait,
        served_today=told.served,
        queues=tuple(_queue(one, known[one.queue].words) for one in told.queues if one.queue in known),
        calls=(),
        absent=(),
        deliveries=(),
        carried=True,
        called_today=sum(one.called for one in told.queues),
    )


def version(place: OfficeView, at: datetime) -> int:
    """What grows with every file that is taken in."""
    found = _of_today(place, at)
    return _stamp(found) if found else 0


def _of_today(place: OfficeView, at: datetime) -> CarriedView | None:
    found = crossing.newest(carried.STATUS, place, place.day_of(at))
    return found if found is not None and at - found.made_at < OLD else None


def _stamp(found: CarriedView) -> int:
    return int(found.made_at.timestamp())


def _queue(one: QueueCounts, words: Words) -> QueueState:
    return QueueState(
        code=one.queue,
        words=words,
        waiting=one.waiting,
        low=one.low,
        high=one.high,
        p50=None,
        p80=None,
        now_calling=None,
        counters=(),
    )


def _nothing(place: OfficeView, at: datetime) -> HallState:
    """Nothing is known of now."""
    return HallState(
        version=0,
        as_of=at,
        day=place.day_of(at),
        open=False,
        closes=None,
        stopped=False,
        notice="",
        counters_on=(),
        mean_wait_today=None,
        served_today=0,
        queues=(),
        calls=(),
        absent=(),
        deliveries=(),
        carried=True,
    )
