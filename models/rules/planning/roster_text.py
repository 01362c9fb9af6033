"""勤務の決まりの書き方: a line of text for every person and every kind of shift, as pasted from a spreadsheet."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from models.rules.planning.roster_rules import WEEKDAYS, RosterRules, clock

CELLS = re.compile(r"[,\t、]")
WORDS = re.compile(r"[\s・/]+")
LONGEST = 6000


@dataclass(frozen=True)
class RulesText:
    """The rules as they stand in a form; empty budgets are none."""

    kinds: str = ""
    people: str = ""
    lunch_from: str = ""
    lunch_to: str = ""
    hours: str = ""
    most: str = ""
    leave: str = ""


def written(rules: RosterRules) -> RulesText:
    """The rules as text that `document_of` reads as the same rules."""
    return RulesText(
        "\n".join(f"{one.name}, {clock(one.starts)}, {clock(one.ends)}, {one.lunch}" for one in rules.kinds),
        "\n".join(
            ", ".join(
                (
                    one.code,
                    " ".join(one.queues),
                    " ".join(one.kinds),
                    ""
                    if len(one.weekdays) == len(WEEKDAYS)
                    else "".join(WEEKDAYS[day] for day in one.weekdays),
                    str(one.most_days),
                )
            )
            for one in rules.people
        ),
        clock(rules.lunch_from),
        clock(rules.lunch_to),
        "" if rules.most_hours is None else f"{rules.most_hours:g}",
        "" if rules.most_people is None else str(rules.most_people),
        "\n".join(
            ", ".join((one.code, *(day.isoformat() for day in dict.fromkeys((one.first, one.last)))))
            for one in rules.leave
        ),
    )


def document_of(text: RulesText) -> dict[str, Any]:
    """The document of a form; what is no number stays text, so that `checked` can name it."""
    return {
        "kinds": [
            {"name": name, "starts": starts, "ends": ends, "lunch_minutes": _number(lunch or "0")}
            for name, starts, ends, lunch in _lines(text.kinds, 4)
        ],
        "people": [
            {
                "code": code,
                "queues": _words(queues),
                "kinds": _words(kinds),
                "weekdays": [WEEKDAYS.find(day) for day in weekdays if not day.isspace()],
                "days": _number(days or "5"),
            }
            for code, queues, kinds, weekdays, days in _lines(text.people, 5)
        ],
        "lunch": {"from": _plain(text.lunch_from), "to": _plain(text.lunch_to)},
        "budget_hours": _number(text.hours) if text.hours.strip() else None,
        "max_per_day": _number(text.most) if text.most.strip() else None,
        "leave": [{"code": code, "from": first, "to": last} for code, first, last in _lines(text.leave, 3)],
    }


def _lines(text: str, cells: int) -> list[list[str]]:
    found = []
    for line in text.splitlines():
        parts = [_plain(part) for part in CELLS.split(unicodedata.normalize("NFKC", line))]
        if any(parts):
            found.append([*parts, *[""] * cells][:cells])
    return found


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _words(text: str) -> list[str]:
    return [word for word in WORDS.split(text) if word]


def _number(text: str) -> int | float | str:
    plain = _plain(text).replace(",", "")
    try:
        return int(plain) if plain.isdecimal() else float(plain)
    except ValueError:
        return text
