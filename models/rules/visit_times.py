"""Times of a visit as logs write them, and the order in which they must come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from models.core.messages import Message, _n, message

EARLIEST_YEAR, LATEST_YEAR = 2000, 9000

_DAY = r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
_TIME = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?"
_INSTANT = re.compile(_DAY + r"[T ]" + _TIME + r" ?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_TIME_ONLY = re.compile(_TIME, re.ASCII)


class NotATime(ValueError):
    """The text is no time."""


def read_time(text: str, day: str, zone: ZoneInfo) -> datetime | None:
    """The UTC instant of `2026-04-01 09:05`, `2026/4/1 9:05:30`, `2026-04-01T09:05+09:00`, or `9:05` on `day`.

    Without an offset the time is office-local. None for an empty text; `NotATime` for anything else.
    """
    if not text:
        return None
    if day and _TIME_ONLY.fullmatch(text):
        text = f"{day} {text}"
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise NotATime(text)
    *digits, offset = found.groups()
    year, month, date, hour, minute, second = (int(part or 0) for part in digits)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise NotATime(text)
    try:
        at = datetime(year, month, date, hour, minute, second, tzinfo=_offset(offset) if offset else zone)
    except ValueError:
        raise NotATime(text) from None
    return at.astimezone(UTC)


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def order_fault(
    times: Mapping[str, datetime | None], words: Mapping[str, str], zone: ZoneInfo, now: datetime
) -> Message | None:
    """What is wrong with the times of one visit, or None; `words` are the columns' names for the sentence.

    Someone who came has `arrived_at`; someone served also `called_at` and `finished_at`; a booking that never came
    has `booked_for` only.
    """
    return _missing(times, words) or _disorder(times, words) or _far_apart(times, words, zone, now)


def _missing(times: Mapping[str, datetime | None], words: Mapping[str, str]) -> Message | None:
    if times["arrived_at"] is None:
        if times["booked_for"] is None:
            return message(_n("{column} が空です。来た時刻を書いてください。"), column=words["arrived_at"])
        if times["finished_at"] is not None:
            return message(
                _n("{column} が空なのに、終わった時刻があります。来た時刻を書いてください。"),
                column=words["arrived_at"],
            )
    elif times["called_at"] is not None and times["finished_at"] is None:
        return message(
            _n(
                "{column} が空です。終わった時刻を書いてください。受けずに帰った人は、呼んだ時刻も空にします。"
            ),
            column=words["finished_at"],
        )
    elif times["finished_at"] is not None and times["called_at"] is None:
        return message(_n("{column} が空です。呼んだ時刻を書いてください。"), column=words["called_at"])
    return None


def _disorder(times: Mapping[str, datetime | None], words: Mapping[str, str]) -> Message | None:
    before: tuple[str, datetime] | None = None
    for name in ("arrived_at", "called_at", "started_at", "finished_at"):
        at = times[name]
        if at is None:
            continue
        if before is not None and at < before[1]:
            return message(
                _n("{later} が {earlier} より前です。時刻の順番を確かめてください。"),
                later=words[name],
                earlier=words[before[0]],
            )
        before = name, at
    return None


def _far_apart(
    times: Mapping[str, datetime | None], words: Mapping[str, str], zone: ZoneInfo, now: datetime
) -> Message | None:
    given = {name: at for name, at in times.items() if at is not None}
    for name, at in given.items():
        if at > now:
            return message(
                _n("{column} がこれから先の時刻です。済んだ来庁だけを書いてください。"), column=words[name]
            )
    days = {at.astimezone(zone).date() for name, at in given.items() if name != "finished_at"}
    if len(days) > 1:
        return message(
            _n("日付が{count}日に分かれています。1回の来庁は同じ日の時刻で書いてください。"), count=len(days)
        )
    return None
