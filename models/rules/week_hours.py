"""曜日ごとの開庁時間の書き方: a week's hours as people type them, and as one line of an address or a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import time
from itertools import pairwise

from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n, message
from models.rules.opening import Span, Weekdays

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_SPANS = 4
FIELD = "hours.{day}"
NEVER_OPEN = _n("1つ以上の曜日に、開いている時間を書いてください。")
NO_SPAN = _n(
    "「8:30-17:15」のように、24時間の時刻で書いてください。昼休みがあるときは「8:30-12:00、13:00-17:15」。"
)
BACKWARDS = _n("開く時刻を、閉じる時刻より前にしてください。")
OUT_OF_ORDER = _n("時間が重ならないように、早いほうから書いてください。")
_DASHES = re.compile(r"\s*[-‐‑–—−ー~～〜]\s*|から")
_BETWEEN = re.compile(r"[、,，\s]+")
_SPAN = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)-([01]?\d|2[0-3])[:：]([0-5]\d)")
_WORD = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)([01]\d|2[0-3])([0-5]\d)-([01]\d|2[0-3])([0-5]\d)")


def typed(sent: Mapping[str, str]) -> Weekdays:
    """A week as it was typed, one text a weekday (`hours.0` is Monday, empty is closed); `Invalid` names each day."""
    problems: list[FieldProblem] = []
    found: list[tuple[Span, ...]] = []
    for day in range(7):
        try:
            found.append(_spans(FIELD.format(day=day), sent.get(FIELD.format(day=day), "")))
        except Invalid as refused:
            problems += refused.problems
    if not problems and not any(found):
        problems.append(FieldProblem(FIELD.format(day=0), message(NEVER_OPEN)))
    if problems:
        raise Invalid(problems)
    return tuple(found)


def day_text(spans: Sequence[Span]) -> str:
    """One weekday as people type it; empty where it is closed."""
    return "、".join(f"{_clock(one.opens)}-{_clock(one.closes)}" for one in spans)


def written(week: Weekdays) -> str:
    """A week as one line."""
    return " ".join(
        f"{WEEKDAYS[day]}{one.opens:%H%M}-{one.closes:%H%M}"
        for day, spans in enumerate(week)
        for one in spans
    )


def read(text: str) -> Weekdays | None:
    """The week that `written` wrote; None for anything that is no week of an office."""
    words = text.split()[: 7 * MOST_SPANS + 1]
    found: list[list[Span]] = [[] for _ in range(7)]
    for word in words:
        match = _WORD.fullmatch(word)
        if match is None:
            return None
        day, first, second, third, fourth = match.groups()
        found[WEEKDAYS.index(day)].append(Span(time(int(first), int(second)), time(int(third), int(fourth))))
    week = tuple(tuple(spans) for spans in found)
    return week if words and holds(week) else None


def holds(week: Weekdays) -> bool:
    """Whether a week has seven days, is open at all, and its spans stand in order."""
    return len(week) == 7 and any(week) and all(_why_not(spans) is None for spans in week)


def _spans(field: str, text: str) -> tuple[Span, ...]:
    words = [word for word in _BETWEEN.split(_DASHES.sub("-", unicodedata.normalize("NFKC", text))) if word]
    found = []
    for word in words:
        match = _SPAN.fullmatch(word)
        if match is None:
            raise Invalid([FieldProblem(field, message(NO_SPAN))])
        first, second, third, fourth = (int(part) for part in match.groups())
        found.append(Span(time(first, second), time(third, fourth)))
    refused = _why_not(found)
    if refused is not None:
        raise Invalid([FieldProblem(field, message(refused))])
    return tuple(found)


def _why_not(spans: Sequence[Span]) -> str | None:
    if len(spans) > MOST_SPANS:
        return NO_SPAN
    if any(one.opens >= one.closes for one in spans):
        return BACKWARDS
    return OUT_OF_ORDER if any(later.opens < one.closes for one, later in pairwise(spans)) else None


def _clock(at: time) -> str:
    return f"{at.hour}:{at:%M}"
