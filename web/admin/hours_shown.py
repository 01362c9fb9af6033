"""開庁時間の見せかた: what a change of hours looks like to residents, and what was changed before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from flask import url_for

from models.core.messages import _n
from models.queries import setting_changes
from models.queries.offices import OfficeView, week_of
from models.queries.setting_changes import DAYS as DAYS_SET
from models.queries.setting_changes import WEEK as WEEK_SET
from models.queries.setting_changes import ChangeView
from models.rules import exceptional_days, week_hours
from models.rules.exceptional_days import Special
from models.rules.opening import ExceptionalHours, Span, Week, Weekdays
from models.rules.slot_changes import WEEK, Change
from web.admin.change_lines import ChangeLine
from web.languages import gettext
from web.presentation import span, weekday_name, western_date
from web.spelling import listed

CLOSED = _n("休み")
USUAL = _n("曜日ごとの時間")
MOST_LINES = 31


def written(spans: Sequence[Span]) -> str:
    """Opening hours as people write them; 休み without any."""
    return str(listed(span(_clock(one.opens), _clock(one.closes)) for one in spans)) or gettext(CLOSED)


def _clock(at: object) -> str:
    return f"{at:%H:%M}".removeprefix("0")


def seen(place: OfficeView, change: Change) -> list[tuple[str, str, str]]:
    """What residents see of hours: the day, now and then; nothing where hours stay."""
    week = week_of(place)
    if change.kind == WEEK:
        before = week.usual(change.first)
        return [
            (weekday_name(day), written(before[day]), written(spans)) for day, spans in enumerate(change.week)
        ]
    days = change.exceptional
    own = tuple(one for one in days.values() if one is not None)
    usual = week.without(days)
    then = replace(usual, exceptions=(*usual.exceptions, *own))
    return [(western_date(day), _on(week, day), _on(then, day)) for day in list(days)[:MOST_LINES]]


def _on(week: Week, day: date) -> str:
    return _said(week.on(day), week.why_closed(day))


def _said(spans: Sequence[Span], why: str) -> str:
    return written(spans) if spans else gettext("休み（{why}）", why=gettext(why))


def history(place: OfficeView, today: date) -> list[ChangeLine]:
    """The newest changes of an office's hours and days, each with the way back where not all of it is over."""
    return [
        ChangeLine(one.at, one.by, tuple(_told(one)), _back(place, one, today))
        for one in setting_changes.history(DAYS_SET, WEEK_SET, of=place.code)
    ]


def _back(place: OfficeView, one: ChangeView, today: date) -> str:
    if one.topic == DAYS_SET and max(one.before) < today.isoformat():
        return ""
    return url_for("slots.preview", office=place.code, kind="back", back=one.id)


def _told(one: ChangeView) -> Iterator[str]:
    if one.topic == WEEK_SET:
        first = western_date(date.fromisoformat(one.after["first"]))
        yield gettext("{day}からの曜日ごとの時間", day=first)
        before, after = (week_hours.read(kept["week"]) for kept in (one.before, one.after))
        if before and after:
            yield from _weekdays(before, after)
        return
    days = zip(exceptional_days.from_data(one.before), exceptional_days.from_data(one.after), strict=True)
    pairs = [(day, _own(before), _own(after)) for (day, before), (_, after) in days]
    for (before, after), group in groupby(pairs, key=lambda pair: pair[1:]):
        met = [day for day, _, _ in group]
        yield f"{_span(met[0], met[-1])}{gettext('：')}{before} → {after}"


def _weekdays(before: Weekdays, after: Weekdays) -> Iterator[str]:
    for day, (old, new) in enumerate(zip(before, after, strict=True)):
        if old != new:
            yield f"{weekday_name(day)}{gettext('：')}{written(old)} → {written(new)}"


def _own(one: ExceptionalHours | None) -> str:
    if one is None:
        return gettext(USUAL)
    return f"{written((one.span,))}（{one.reason}）" if one.span else _said((), one.reason)


def _span(first: date, last: date) -> str:
    return western_date(first) if first == last else str(span(western_date(first), western_date(last)))


def special_days(place: OfficeView, today: date) -> list[tuple[Special, str, str]]:
    """The dates to come with their own hours, what is said of them, and where their weekday's are looked at again."""
    found = [one for one in sorted(week_of(place).exceptions, key=lambda one: one.day) if one.day >= today]
    lines: list[tuple[Special, str, str]] = []
    for group in _runs(found):
        first, last = group[0].day, group[-1].day
        asked = url_for("slots.preview", office=place.code, kind="usual", first=first, last=last)
        lines.append((tuple((one.day, one) for one in group), _own(group[0]), asked))
    return lines


def _runs(found: Sequence[ExceptionalHours]) -> Iterator[list[ExceptionalHours]]:
    """Days in a row with the same hours and reason."""
    run: list[ExceptionalHours] = []
    for one in found:
        same = run and (run[-1].span, run[-1].reason) == (one.span, one.reason)
        if same and one.day == run[-1].day + timedelta(days=1):
            run.append(one)
            continue
        if run:
            yield run
        run = [one]
    if run:
        yield run
