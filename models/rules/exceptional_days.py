"""特別な日を書く: dates with other hours than their weekday's, as they are kept in a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from models.rules.opening import ExceptionalHours, Span

Special = tuple[tuple[date, ExceptionalHours | None], ...]
"""Dates with their own hours; None where the weekday's hours count."""


def as_data(days: Iterable[tuple[date, ExceptionalHours | None]]) -> dict[str, Any]:
    """For keeping; `from_data` reads it again."""
    return {day.isoformat(): _as_data(one) for day, one in days}


def from_data(data: Mapping[str, Any]) -> Special:
    """What was kept, in the order of days."""
    return tuple((date.fromisoformat(day), _from_data(day, one)) for day, one in sorted(data.items()))


def _as_data(one: ExceptionalHours | None) -> dict[str, str] | None:
    if one is None:
        return None
    span = [f"{one.span.opens:%H:%M}", f"{one.span.closes:%H:%M}"] if one.span else []
    return {"reason": one.reason, **dict(zip(("opens", "closes"), span, strict=False))}


def _from_data(day: str, data: Mapping[str, str] | None) -> ExceptionalHours | None:
    if data is None:
        return None
    clock = time.fromisoformat
    span = Span(clock(data["opens"]), clock(data["closes"])) if "opens" in data else None
    return ExceptionalHours(date.fromisoformat(day), span, data["reason"])
