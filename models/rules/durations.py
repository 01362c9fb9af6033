"""時間の長さの言い方: minutes as people say them, from two hours on in hours and minutes."""

from __future__ import annotations

from models.core.messages import Message, _n, message

LONG = 120
"""From so many minutes on nobody wants to divide by 60 themselves."""
MINUTES, HOURS, BOTH = _n("{n}分"), _n("{hours}時間"), _n("{hours}時間{minutes}分")
SHORT_RANGE, LONG_RANGE = _n("{low}〜{high}分"), _n("{low}〜{high}")


def duration(minutes: int) -> Message:
    """A length of time: 70分, 4時間20分, 5時間."""
    if minutes < LONG:
        return message(MINUTES, n=minutes)
    return _in_hours(minutes)


def between(low: int, high: int) -> Message:
    """A length of time that is not known better: 10〜20分, 1時間50分〜2時間10分."""
    if high < LONG:
        return message(SHORT_RANGE, low=low, high=high)
    return message(LONG_RANGE, low=_in_hours(low), high=_in_hours(high))


def _in_hours(minutes: int) -> Message:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return message(MINUTES, n=rest)
    return message(BOTH, hours=hours, minutes=rest) if rest else message(HOURS, hours=hours)
