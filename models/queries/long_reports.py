"""長い期間の報告: what a look at months and years shows, out of facts instead of tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from models.core.clock import now
from models.core.errors import invalid
from models.core.messages import _n
from models.queries import baselines, catalogue, facts, measures
from models.queries.offices import OfficeView
from models.rules.savings import Handled, Savings
from models.rules.savings import savings as compare
from models.rules.statistics import Measures, summarise

LONG_DAYS = 100
"""Spans of so many days and more are read from facts, if these are there."""
LONGEST_DAYS = 10 * 366
TOO_FINE = _n("400日より長い期間は、曜日・年月・日のほかに分け方を1つだけ選べます。")
TOO_LONG = _n("期間は10年以内にしてください。")
OF_A_QUEUE = ("weekday", "hour")
"""The cuts of the manager's table that facts hold for one queue alone."""


def is_long(place: OfficeView, first: date, last: date) -> bool:
    """Whether a span is read from facts: it is long, and they reach its end or yesterday; always beyond 400 days.

    `Invalid` (field `to`) for a span that is none, or of more than ten years.
    """
    days = (last - first).days + 1
    if days < LONG_DAYS:
        return False
    if days > LONGEST_DAYS:
        raise invalid("to", TOO_LONG)
    if days > measures.LONGEST_SPAN_DAYS:
        return True
    made = facts.reach(place)
    return made is not None and made >= min(last, place.day_of(now()) - timedelta(days=1))


def stats(place: OfficeView, first: date, last: date, by: Sequence[str]) -> list[Measures]:
    """Measures of a span, from tickets up to 400 days and from facts beyond.

    `Invalid` (field `by`) for a cut that is none, or for cuts that facts do not hold together.
    """
    if (last - first).days < measures.LONGEST_SPAN_DAYS:
        return measures.stats(place, first, last, by)
    is_long(place, first, last)
    try:
        found = facts.lines([place], first, last, by)
    except ValueError as problem:
        raise invalid("by", TOO_FINE) from problem
    return [one.measures for one in found] or ([] if by else [whole(place, first, last, None)[0]])


def cuts_of(
    place: OfficeView, first: date, last: date, queue: str | None, cuts: Sequence[str]
) -> tuple[str, ...]:
    """Those of the cuts that can be shown of this span and queue."""
    if queue is None or not is_long(place, first, last):
        return tuple(cuts)
    return tuple(one for one in cuts if one in OF_A_QUEUE)


def before(place: OfficeView, first: date, last: date, queue: str | None) -> Measures | None:
    """The whole of as many days before; None where nobody came."""
    try:
        earlier = first - (last - first) - timedelta(days=1)
    except OverflowError:
        return None
    found, _ = whole(place, earlier, first - timedelta(days=1), queue)
    return found if found.visits else None


def whole(place: OfficeView, first: date, last: date, queue: str | None) -> tuple[Measures, float | None]:
    """The whole span in one line, and the share of called people whose wait kept the target."""
    found = facts.lines([place], first, last, (), queue)
    if found:
        return found[0].measures, found[0].within_target
    (nobody,) = summarise((), (), place.zone)
    return nobody, None


def table(
    place: OfficeView, first: date, last: date, by: str, queue: str | None
) -> tuple[list[Measures], dict[int, int]]:
    """One table's lines and the days with visits by weekday; a cut that facts lack for one queue is `Invalid`."""
    if queue is not None and by not in (*OF_A_QUEUE, "queue"):
        raise invalid("by", measures.BAD_CUT, name=by, names=", ".join(OF_A_QUEUE))
    found = facts.lines([place], first, last, (by,), queue)
    days = Counter(day.weekday() for day in facts.days_made(place, first, last))
    return [one.measures for one in found], dict(days)


def half_hours(place: OfficeView, first: date, last: date, queue: str | None) -> Sequence[Measures]:
    """By weekday and half hour."""
    return [one.measures for one in facts.lines([place], first, last, ("weekday", "half_hour"), queue)]


def busiest_queue(place: OfficeView, first: date, last: date) -> str | None:
    """The queue that most people came for."""
    found = facts.lines([place], first, last, ("queue",))
    most = max(found, key=lambda one: one.measures.visits, default=None)
    return str(most.measures.keys["queue"]) if most else None


def savings(place: OfficeView, first: date, last: date, queue: str | None) -> Savings:
    """Hours saved; of one queue those of the procedures that the catalogue gives to it."""
    procedures = catalogue.current().procedures
    means = {
        code: Handled(mean, count)
        for code, (mean, count) in facts.handled_by_procedure(place, first, last).items()
        if queue is None or (code in procedures and procedures[code].queue == queue)
    }
    return compare([row.baseline for row in baselines.frozen()], means)
