"""使い始めるまで: what a new municipality has still to look at, and from when on residents may book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

OFFICE, HOURS, COUNTERS, PROCEDURES, PEOPLE, MAIL, OPEN = QUESTIONS = (
    "office",
    "hours",
    "counters",
    "procedures",
    "people",
    "mail",
    "open",
)
"""One question a page, in this order."""
MOST_AHEAD = timedelta(days=92)


@dataclass(frozen=True)
class Preparation:
    """Which questions were answered, and from which day on residents may book; None until that is decided."""

    answered: tuple[str, ...] = ()
    first_day: date | None = None

    def waits(self, today: date) -> bool:
        """Whether residents cannot book yet."""
        return self.first_day is None or today < self.first_day

    def with_answer(self, question: str) -> Preparation:
        """The same with one more answered question."""
        answered = {*self.answered, question}
        return Preparation(tuple(one for one in QUESTIONS if one in answered), self.first_day)

    def as_data(self) -> dict[str, Any]:
        """For keeping."""
        return {
            "answered": list(self.answered),
            "first_day": self.first_day.isoformat() if self.first_day else "",
        }


def kept(data: Mapping[str, Any]) -> Preparation:
    """What `as_data` gave."""
    first_day = data["first_day"]
    return Preparation(tuple(data["answered"]), date.fromisoformat(first_day) if first_day else None)


def may_open(day: date, today: date) -> bool:
    """Whether residents may be let in from a day on: from today on, within three months."""
    return today <= day <= today + MOST_AHEAD


def following(question: str, asked: tuple[str, ...]) -> str:
    """The question after this one, of those that are asked here; empty after the last."""
    later = asked[asked.index(question) + 1 :]
    return later[0] if later else ""
