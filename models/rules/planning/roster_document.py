"""A roster as it is kept, and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from models.rules.planning.roster import Duty, Lacking, Roster, RosterDay
from models.rules.planning.roster_rules import Person
from models.rules.planning.roster_sharing import Burden


def document(made: Roster) -> dict[str, Any]:
    """A roster as it is kept."""
    kept = asdict(made)
    for day in kept["days"]:
        day["day"] = day["day"].isoformat() if day["day"] else None
    return kept


def of_document(kept: Mapping[str, Any]) -> Roster:
    """A roster that was kept."""
    days = [
        RosterDay(
            one["weekday"],
            tuple(one["starts"]),
            tuple(one["ends"]),
            tuple(one["counters"]),
            {queue: tuple(values) for queue, values in one["busy"].items()},
            date.fromisoformat(one["day"]) if one["day"] else None,
        )
        for one in kept["days"]
    ]
    people = [
        Person(
            one["code"], tuple(one["queues"]), tuple(one["kinds"]), tuple(one["weekdays"]), one["most_days"]
        )
        for one in kept["people"]
    ]
    duties = [
        Duty(**{**one, "lunch": tuple(one["lunch"]) if one["lunch"] else None}) for one in kept["duties"]
    ]
    lacking = [Lacking(**{**one, "queues": tuple(one["queues"])}) for one in kept["lacking"]]
    return Roster(
        tuple(days),
        tuple(people),
        tuple(duties),
        tuple(lacking),
        kept["hours"],
        kept["least_hours"],
        kept["proven"],
        kept.get("is_even", False),
        {code: Burden(**own) for code, own in kept.get("before", {}).items()},
    )
