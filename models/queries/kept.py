"""夜の答え: what managers ask every day about past days, answered in the night and read again while it still holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.reading import once_a_reading
from models.core.written import read, way
from models.queries import catalogue
from models.queries.offices import OfficeView, counters_of, week_of
from models.tables import FactDay, KeptAnswer

A = TypeVar("A")
More = str | float | None


def nothing_else(_: OfficeView) -> object:
    """What an answer rests on beside the days and what every answer rests on: nothing."""
    return None


@dataclass(frozen=True)
class Question(Generic[A]):
    """Something asked about an office's days: `ask(place, first, last, *more)` answers it from the tickets.

    `kind` is the answer's type (`models.core.written`). `also` gives what the answer rests on beside the tickets of
    the days and of as many before, the catalogue, the hours and the counters; all of it is read with every look.
    """

    name: str
    kind: Any
    ask: Callable[..., A]
    also: Callable[[OfficeView], object] = nothing_else


@dataclass(frozen=True)
class Kept(Generic[A]):
    """An answer; `made_at` where it is one of the night, None where it was worked out now."""

    answer: A
    made_at: datetime | None = None


def look(question: Question[A], place: OfficeView, first: date, last: date, *more: More) -> Kept[A]:
    """The night's answer where it holds, else one that is worked out now."""
    found = stored(question, place, first, last, *more)
    return Kept(question.ask(place, first, last, *more)) if found is None else found


def stored(question: Question[A], place: OfficeView, first: date, last: date, *more: More) -> Kept[A] | None:
    """The night's answer; None where there is none, or what it rests on is not the same any more."""
    if last >= place.day_of(now()):
        return None
    mine = (KeptAnswer.office_id == place.id, KeptAnswer.question == question.name)
    chosen = select(KeptAnswer.rests, KeptAnswer.made_at, KeptAnswer.answer)
    row = session().execute(chosen.where(*mine, KeptAnswer.asked == asked(first, last, *more))).first()
    if row is None or row.rests != rests_on(question, place, first, last):
        return None
    return Kept(read(row.answer, question.kind), row.made_at)


def asked(first: date, last: date, *more: More) -> str:
    """The days and what else a question says, as one text."""
    return json.dumps([first.isoformat(), last.isoformat(), *more], separators=(",", ":"))


def rests_on(question: Question[A], place: OfficeView, first: date, last: date) -> str:
    """A digest of what an answer rests on: another one as soon as the answer may be another."""
    everything = (way(question.kind).shape, _days_and_house(place, first, last), question.also(place))
    return hashlib.sha256(repr(everything).encode()).hexdigest()


@once_a_reading
def _days_and_house(place: OfficeView, first: date, last: date) -> tuple[object, ...]:
    """How the facts of the days and of as many before stand, and what is set for the office and the city."""
    begins = first - (last - first) - timedelta(days=1)
    span = (FactDay.office_id == place.id, FactDay.day.between(begins, last))
    stand = select(func.count(), func.count(FactDay.made_at), func.max(FactDay.made_at)).where(*span)
    facts = tuple(session().execute(stand).one())
    return facts, catalogue.current_edition(), str(place.zone), week_of(place), counters_of(place)
