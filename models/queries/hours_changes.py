"""開庁時間の変更: which slots other days and other weekly hours want, and the change that goes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n, message
from models.queries.offices import OfficeView, week_of
from models.queries.setting_changes import WEEK as WEEK_SET
from models.queries.setting_changes import ChangeView
from models.rules import exceptional_days, week_hours
from models.rules.opening import ExceptionalHours, Span, Week, Weekdays, gaps
from models.rules.slot_changes import DAYS, LONGEST_DAYS, WEEK, Change, Published


class Plans(Protocol):
    """How an office's counters make slots of open spans."""

    queues: Mapping[str, tuple[int, int]]

    def on(self, day: date, spans: Sequence[Span]) -> Iterator[Published]:
        """The slots of every queue on a day."""

    def of(
        self, queue: str, day: date, spans: Sequence[Span], times: Mapping[int, int]
    ) -> Iterator[Published]:
        """The slots of one queue on a day, at these times where there are any."""

    def times(self, queue: str, day: date) -> Mapping[int, int]:
        """A queue's own times on a day."""


SOONEST = _n("あしたから後の日を選んでください。")


def from_day(place: OfficeView, first: date, hours: Weekdays, today: date) -> Change:
    """Weekly hours from a day on, until others that were set already begin; `Invalid` before tomorrow."""
    if first <= today:
        raise Invalid([FieldProblem("first", message(SOONEST))])
    following = min((day for day, _ in place.later_hours if day > first), default=None)
    last = first + timedelta(days=LONGEST_DAYS - 1)
    return Change(WEEK, first, min(last, following - timedelta(days=1)) if following else last, week=hours)


def usual_again(first: date, last: date) -> Change:
    """The weekdays' hours again on every day of a span."""
    span = range((min(last, first + timedelta(days=LONGEST_DAYS)) - first).days + 1)
    return Change(DAYS, first, last, special=tuple((first + timedelta(days=offset), None) for offset in span))


def back(place: OfficeView, kept: ChangeView, today: date) -> Change | None:
    """What sets an office's hours or days as they were before a change; None where all of it is over."""
    if kept.topic == WEEK_SET:
        week = week_hours.read(str(kept.before["week"]))
        first = max(date.fromisoformat(kept.before["first"]), today + timedelta(days=1))
        return from_day(place, first, week, today) if week else None
    special = [one for one in exceptional_days.from_data(kept.before) if one[0] >= today]
    return Change(DAYS, special[0][0], special[-1][0], special=tuple(special)) if special else None


def days_wanted(place: OfficeView, plans: Plans, change: Change, until: date | None) -> list[Published]:
    """The slots that the days of a change get, as far as slots are published."""
    days = dict(change.special)
    week = _with(week_of(place), days)
    return [
        slot for day in days if until is not None and day <= until for slot in plans.on(day, week.on(day))
    ]


def week_wanted(
    place: OfficeView, plans: Plans, change: Change, present: Sequence[Published], until: date | None
) -> tuple[list[Published], list[Published]]:
    """Of the slots that stand, those on days whose hours change, and what shall stand there.

    A slot inside both hours stays as it is; new ones come only where none stands.
    """
    now_open = week_of(place)
    then = now_open.from_day(change.first, change.week)
    met: list[Published] = []
    wanted: list[Published] = []
    for day in _changed(now_open, then, change, until):
        here = [one for one in present if one.day == day]
        spans = then.on(day)
        stay = [one for one in here if _inside(place, one, spans) and _inside(place, one, now_open.on(day))]
        met += here
        wanted += stay
        for queue in plans.queues:
            held = [_span(place, one) for one in stay if one.queue == queue]
            wanted += plans.of(queue, day, gaps(spans, held), plans.times(queue, day))
    return met, wanted


def _changed(now_open: Week, then: Week, change: Change, until: date | None) -> Iterator[date]:
    for day in change.days:
        if until is None or day > until:
            return
        if now_open.on(day) != then.on(day):
            yield day


def _with(week: Week, days: dict[date, ExceptionalHours | None]) -> Week:
    own = tuple(one for one in days.values() if one is not None)
    usual = week.without(days)
    return replace(usual, exceptions=(*usual.exceptions, *own))


def _span(place: OfficeView, one: Published) -> Span:
    begins, ends = (at.astimezone(place.zone).time() for at in (one.starts_at, one.ends_at))
    return Span(begins, ends)


def _inside(place: OfficeView, one: Published, spans: Sequence[Span]) -> bool:
    mine = _span(place, one)
    return any(span.opens <= mine.opens and mine.closes <= span.closes for span in spans)
