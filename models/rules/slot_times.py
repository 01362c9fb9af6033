"""予約の時刻の書き方: places by weekday and minute as one line of an address: `mon0830x2 mon0835x1`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)([01]\d|2[0-3])([0-5]\d)x([1-9]\d{0,3})")
MOST = 7 * 24 * 12
Times = tuple[tuple[int, int, int], ...]
"""Weekday (0 = Monday), minute after midnight, places."""


def written(places: Mapping[int, Mapping[int, int]]) -> str:
    """Places by weekday and minute as a line."""
    return " ".join(
        f"{WEEKDAYS[weekday]}{minute // 60:02}{minute % 60:02}x{count}"
        for weekday, times in sorted(places.items())
        for minute, count in sorted(times.items())
    )


def read(text: str) -> Times | None:
    """What was written; None for anything else."""
    words = text.split()[: MOST + 1]
    found = [ONE.fullmatch(word) for word in words]
    if len(words) > MOST:
        return None
    return None if not all(found) else tuple(_read(found))


def _read(found: Iterable[re.Match[str] | None]) -> Iterable[tuple[int, int, int]]:
    for one in found:
        if one is not None:
            weekday, hour, minute, count = one.groups()
            yield WEEKDAYS.index(weekday), int(hour) * 60 + int(minute), int(count)
