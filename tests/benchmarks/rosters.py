"""Rosters: how long a week of shifts takes, whether it is proven, and how even the burdens are beside going by turns.

`python -m tests.benchmarks.rosters`: the demo office's people on two weeks of different load, and a large office of 80.
"""

from __future__ import annotations

import time
from unittest.mock import patch

from models.rules.demo_roster import FULL, PART, ROSTERS
from models.rules.planning import roster as rosters
from models.rules.planning.roster import Roster, RosterDay, roster
from models.rules.planning.roster_rules import Person, RosterRules

SHAPE = (0.5, 0.7, 0.9, 1, 1, 0.9, 0.8, 0.6, 0.6, 0.7, 0.9, 0.9, 0.8, 0.8, 0.7, 0.6, 0.4, 0.4, 0.3, 0.3, 0.3)
BUSY = {"A": 0.3, "B": 0.1, "C": 0.04, "D": 0.1, "F": 0.1, "G": 0.06, "H": 0.02, "K": 0.02, "S": 0.04}
"""Busy counters of each queue as a part of the counters at the peak."""
LATE_DAY = 3
SECONDS = 60.0
SKILLS: tuple[tuple[str, ...], ...] = (("A", "B", "C"), ("A", "D", "K"), ("F", "G", "H", "S"), ())


def main() -> None:
    """Print the table."""
    demo = ROSTERS["honcho"]
    print(f"{'':28}{'hours':>8}{'lacking':>9}{'proven':>8}{'s':>7}{'late':>8}{'lunch':>8}{'days':>8}")
    for name, rules, peak, days in (
        ("13 people, 6 counters", demo, 6, 5),
        ("13 people, 8 counters", demo, 8, 5),
        ("80 people, 40 counters", large(), 40, 6),
    ):
        week = [day(place, peak) for place in range(days)]
        begun = time.perf_counter()
        row(name, roster(rules, week, SECONDS), time.perf_counter() - begun)
        with patch.object(rosters, "SECONDS", 0.0):
            begun = time.perf_counter()
            row("  by turns", roster(rules, week, SECONDS), time.perf_counter() - begun)


def day(place: int, peak: int) -> RosterDay:
    """A weekday with so many counters at its peak; Thursday is long."""
    starts = tuple(range(510, 1140 if place == LATE_DAY else 1035, 30))
    shape = SHAPE[: len(starts)]
    busy = {queue: tuple(round(peak * part * one, 3) for one in shape) for queue, part in BUSY.items()}
    return RosterDay(
        place,
        starts,
        tuple(start + 30 for start in starts),
        tuple(max(2, round(peak * one)) for one in shape),
        busy,
    )


def large() -> RosterRules:
    """Sixty full days and twenty part-timers, Saturdays too."""
    people = (
        Person(f"{n:02}", SKILLS[n % 4], FULL if n < 60 else PART, (0, 1, 2, 3, 4, 5), 5 if n < 60 else 3)
        for n in range(80)
    )
    return RosterRules(ROSTERS["honcho"].kinds, tuple(people))


def row(name: str, made: Roster, seconds: float) -> None:
    """Hours and time, and from the fewest to the most late ends, odd lunches and days of those who work full days."""
    full = [one.code for one in made.people if set(one.kinds) == set(FULL)]
    burdens = made.burdens()
    late, lunch = ([getattr(burdens[one], kind) for one in full] for kind in ("late", "lunch"))
    days = [sum(duty.code == one for duty in made.duties) for one in full]
    print(
        f"{name:28}{made.hours:>8.1f}{made.lacking_hours:>9.1f}{made.proven!s:>8}{seconds:>7.1f}"
        + "".join(f"{f'{min(of)}-{max(of)}':>8}" for of in (late, lunch, days)),
        flush=True,
    )


if __name__ == "__main__":
    main()
