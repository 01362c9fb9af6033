"""予約の一覧（日ごと）: what a day-list says of each booking, and nothing else of it. No name, no address, no answer.

`code` is the hash of what the booking's QR code shows; an envelope is what the resident sealed, for the counter alone.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.papers import carried
from models.papers.sealed import MOST_FORMS, checked
from models.rules import references

MOST_LINES = 5000
CODE_BYTES = 32
MOST_MINUTES, MOST_CARDS, MOST_PROCEDURES = 600, 99, 20
NAMES = {
    "reference", "code", "queue", "starts_at", "ends_at", "minutes", "cards", "procedures", "language", "envelopes",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One booking of the day; instants are UTC."""

    reference: str
    code: bytes
    queue: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    cards: int
    procedures: tuple[str, ...]
    language: str
    envelopes: tuple[bytes, ...] = ()


def content(lines: Sequence[Line]) -> bytes:
    """The bytes that are sealed."""
    return carried.packed([_told(one) for one in lines])


def lines(packed: bytes) -> tuple[Line, ...]:
    """The bookings again; ValueError for anything that is not of this shape, or names one twice."""
    told = carried.unpacked(packed)
    if not isinstance(told, list) or len(told) > MOST_LINES:
        raise ValueError("not a day-list")
    found = tuple(_line(one) for one in told)
    if len({one.reference for one in found}) != len(found) or len({one.code for one in found}) != len(found):
        raise ValueError("the same booking twice")
    return found


def _told(one: Line) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "code": base64.b64encode(one.code).decode(),
        "queue": one.queue,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "minutes": one.minutes,
        "cards": one.cards,
        "procedures": list(one.procedures),
        "language": one.language,
        "envelopes": [base64.b64encode(whole).decode() for whole in one.envelopes],
    }


def _line(told: Any) -> Line:
    if not isinstance(told, dict) or set(told) != NAMES:
        raise ValueError("not a booking")
    reference, code = references.parse(_text(told["reference"], 8)), carried.bytes_of(told["code"])
    if reference is None or len(code) != CODE_BYTES:
        raise ValueError("not a booking")
    procedures, envelopes = told["procedures"], told["envelopes"]
    if not isinstance(procedures, list) or not 0 < len(procedures) <= MOST_PROCEDURES:
        raise ValueError("no procedures")
    if not isinstance(envelopes, list) or len(envelopes) > MOST_FORMS:
        raise ValueError("too many envelopes")
    return Line(
        reference,
        code,
        _text(told["queue"], 4),
        carried.instant(told["starts_at"]),
        carried.instant(told["ends_at"]),
        whole_number(told["minutes"], MOST_MINUTES),
        whole_number(told["cards"], MOST_CARDS),
        tuple(_text(one, 20) for one in procedures),
        _text(told["language"], 12),
        tuple(checked(carried.bytes_of(one)) for one in envelopes),
    )


def whole_number(value: Any, most: int) -> int:
    """A number of a file, from 0 to `most`; ValueError otherwise."""
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError("not such a number")
    return value


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise ValueError("not such a text")
    return value
