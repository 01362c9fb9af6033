"""Visits and shifts as a calendar file (iCalendar, RFC 5545), so that a phone reminds its owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

LINE_OCTETS = 75
"""The longest line that RFC 5545, section 3.1, allows."""
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True)
class CalendarVisit:
    """What the calendar shows; instants with zone, `uid` stays the same when the visit moves."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    notes: str
    address: str
    changed_at: datetime
    cancelled: bool = False


def calendar_file(visit: CalendarVisit) -> bytes:
    """The file as UTF-8 with CRLF lines folded at 75 octets; times in UTC, so that no zone table is needed."""
    return calendar_of([visit])


def calendar_of(events: Iterable[CalendarVisit]) -> bytes:
    """The same for many, in one calendar."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Maeniwa//Maeniwa//JA",
        "METHOD:PUBLISH",
        *(line for one in events for line in _event(one)),
        "END:VCALENDAR",
    )
    return "".join(_folded(line) for line in lines).encode()


def _event(visit: CalendarVisit) -> tuple[str, ...]:
    return (
        "BEGIN:VEVENT",
        f"UID:{_text(visit.uid)}",
        f"DTSTAMP:{_instant(visit.changed_at)}",
        f"DTSTART:{_instant(visit.starts_at)}",
        f"DTEND:{_instant(visit.ends_at)}",
        f"SUMMARY:{_text(visit.title)}",
        f"LOCATION:{_text(visit.place)}",
        f"DESCRIPTION:{_text(visit.notes)}",
        *([f"URL:{visit.address}"] if visit.address else []),
        f"STATUS:{'CANCELLED' if visit.cancelled else 'CONFIRMED'}",
        "END:VEVENT",
    )


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _folded(line: str) -> str:
    """A line cut between letters, never inside one; a line that goes on begins with a space."""
    pieces, octets = [""], 0
    for letter in line:
        size = len(letter.encode())
        if octets + size > LINE_OCTETS:
            pieces.append(" ")
            octets = 1
        pieces[-1] += letter
        octets += size
    return "\r\n".join(pieces) + "\r\n"
