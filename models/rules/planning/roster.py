"""勤務表: from counters needed and the office's people to who works when in a week, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from models.rules.planning.roster_model import (
    EVERYBODY,
    DayNeed,
    Missing,
    RosterCase,
    Shape,
    Team,
    solve,
)
from models.rules.planning.roster_rules import Kind, Person, RosterRules, lunch_begins
from models.rules.planning.roster_sharing import (
    SECONDS,
    Burden,
    Hand,
    Shared,
    burden,
    by_turns,
    shared,
    usual_end,
)
from models.rules.planning.staffing_tuning import Progress

ANYBODY = 200
"""So many people are there where the rules name none."""


@dataclass(frozen=True)
class RosterDay:
    """A day that is open: half hours in minutes after midnight, counters needed, busy counters by queue."""

    weekday: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    counters: tuple[int, ...]
    busy: Mapping[str, tuple[float, ...]]
    day: date | None = None

    @property
    def need(self) -> DayNeed:
        """The same as the calculation asks for it."""
        lengths = tuple((end - start) / 60 for start, end in zip(self.starts, self.ends, strict=True))
        return DayNeed(self.counters, lengths, self.busy)

    @property
    def hours(self) -> float:
        """Counter-hours needed."""
        return sum(n * length for n, length in zip(self.counters, self.need.slot_hours, strict=True))


@dataclass(frozen=True)
class Duty:
    """One shift of one person (by code; empty where the rules name nobody) on a day (its place in the week)."""

    code: str
    day: int
    kind: str
    starts: int
    ends: int
    lunch: tuple[int, int] | None
    hours: float

    def is_on(self, starts: int, ends: int) -> bool:
        """Whether at a counter for the whole stretch."""
        away = self.lunch is not None and starts < self.lunch[1] and ends > self.lunch[0]
        return self.starts <= starts and ends <= self.ends and not away


@dataclass(frozen=True)
class Lacking:
    """People fewer than needed in a half hour, of whom can serve one of `queues` (none: counters)."""

    day: int
    starts: int
    ends: int
    queues: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Binding:
    """From `starts` to `ends` nobody can be spared: `needed` people who can serve one of `queues` (none: counters)."""

    starts: int
    ends: int
    queues: tuple[str, ...]
    needed: int
    on: int


@dataclass(frozen=True)
class Roster:
    """A week's duties by day and begin; `least_hours` is proven to be needed for as little lacking.

    Where it `is_even`, its burdens and those of the weeks `before` (by code) are shared out as evenly as can be.
    """

    days: tuple[RosterDay, ...]
    people: tuple[Person, ...]
    duties: tuple[Duty, ...]
    lacking: tuple[Lacking, ...]
    hours: float
    least_hours: float
    proven: bool
    is_even: bool = False
    before: Mapping[str, Burden] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """What part of the hours might still be saved; 0.0 where the optimum is proven."""
        return 0.0 if self.proven or not self.hours else max(0.0, self.hours - self.least_hours) / self.hours

    @property
    def needed_hours(self) -> float:
        """Counter-hours that the plan asks for."""
        return sum(day.hours for day in self.days)

    @property
    def lacking_hours(self) -> float:
        """Counter-hours that stay open."""
        return sum(one.count * (one.ends - one.starts) / 60 for one in self.lacking if not one.queues)

    def burdens(self) -> Mapping[str, Burden]:
        """What each person has of what should be even, in this week alone."""
        usual = usual_end(self.duties)
        found: dict[str, Burden] = {}
        for duty in self.duties:
            own = burden(duty, self.days[duty.day].weekday, usual)
            found[duty.code] = found.get(duty.code, Burden()) + own
        return found

    def on(self, day: int, starts: int, ends: int, queues: Iterable[str] = ()) -> int:
        """People at a counter for the whole stretch who can serve one of the queues (none: whoever is there)."""
        wanted = frozenset(queues)
        able = {
            one.code for one in self.people if not wanted or not one.queues or wanted & frozenset(one.queues)
        }
        return sum(
            duty.day == day and (not self.people or duty.code in able) and duty.is_on(starts, ends)
            for duty in self.duties
        )


def roster(
    rules: RosterRules,
    days: Sequence[RosterDay],
    seconds: float,
    told: Progress = lambda part: True,
    before: Mapping[str, Burden] | None = None,
) -> Roster:
    """The least lacking, of those the least hours, and those shared out evenly with the weeks `before`.

    Raises `OutOfTime`, and `Cancelled` where `told` says no.
    """
    teams, members = _teams(rules, days)
    case = RosterCase(tuple(day.need for day in days), teams, rules.most_hours, rules.most_people)
    solved = solve(case, seconds, told)
    if not rules.people:
        return named(days, (), by_turns(solved, members))
    had = before or {}
    hands = [
        Hand(code, team, had.get(code, Burden())) for team, codes in enumerate(members) for code in codes
    ]
    made = shared(case, solved, hands, [day.weekday for day in days], min(seconds, SECONDS))
    return named(days, rules.people, made, had)


def named(
    days: Sequence[RosterDay],
    people: Sequence[Person],
    made: Shared,
    before: Mapping[str, Burden] | None = None,
) -> Roster:
    """Shifts that were given to people, as a roster."""
    solved = made.solved
    lacking = [
        Lacking(
            one.day,
            days[one.day].starts[one.slot],
            days[one.day].ends[one.slot],
            tuple(sorted(one.queues)),
            one.count,
        )
        for one in solved.missing
        if not _is_said_by_fewer(one, solved.missing)
    ]
    duties = [
        Duty(one.code, one.day, shape.kind, shape.starts, shape.ends, shape.lunch, shape.hours)
        for one in made.given
        for shape in [one.shape]
    ]
    return Roster(
        tuple(days),
        tuple(people),
        tuple(sorted(duties, key=lambda one: (one.day, one.starts, one.ends, one.lunch or (0, 0), one.code))),
        tuple(sorted(lacking, key=lambda one: (one.day, one.starts, one.queues))),
        solved.hours,
        solved.least_hours,
        solved.proven,
        made.is_even,
        {one.code: before[one.code] for one in people if one.code in before} if before else {},
    )


def _is_said_by_fewer(one: Missing, missing: Iterable[Missing]) -> bool:
    """Whether some of its queues lack as many people alone."""
    return any(
        (other.day, other.slot) == (one.day, one.slot)
        and EVERYBODY < other.queues < one.queues
        and other.count >= one.count
        for other in missing
    )


def shapes_of(kinds: Iterable[Kind], rules: RosterRules, day: RosterDay) -> tuple[Shape, ...]:
    """The ways to work a day by these kinds: a lunch at every half hour that is allowed, the same cover only once."""
    found: dict[tuple[tuple[bool, ...], float], Shape] = {}
    for kind in kinds:
        for begin in lunch_begins(kind, rules.lunch_from, rules.lunch_to) if kind.lunch else [None]:
            lunch = None if begin is None else (begin, begin + kind.lunch)
            duty = Duty("", 0, kind.name, kind.starts, kind.ends, lunch, kind.minutes / 60)
            on = tuple(duty.is_on(*slot) for slot in zip(day.starts, day.ends, strict=True))
            if any(on):
                found.setdefault(
                    (on, duty.hours), Shape(kind.name, on, duty.hours, kind.starts, kind.ends, lunch)
                )
    return tuple(found.values())


def bindings(made: Roster, duty: Duty) -> list[Binding]:
    """Why a duty is there: the stretches in which nobody of its people can be spared, counters before queues.

    Empty only where a shorter roster may exist that was not found in time.
    """
    day = made.days[duty.day]
    mine = next((one.queues for one in made.people if one.code == duty.code), ()) or tuple(day.busy)
    singles: list[tuple[str, ...]] = [(), *((queue,) for queue in day.busy if queue in mine)]
    found = _binding(made, duty, singles)
    if found:
        return found
    sets = [
        chosen
        for size in range(2, len(day.busy) + 1)
        for chosen in combinations(sorted(day.busy), size)
        if set(chosen) & set(mine)
    ]
    return _binding(made, duty, sets)[:1]


def _binding(made: Roster, duty: Duty, sets: Iterable[tuple[str, ...]]) -> list[Binding]:
    day = made.days[duty.day]
    need = day.need
    found: list[Binding] = []
    for queues in sets:
        for slot, span in enumerate(zip(day.starts, day.ends, strict=True)):
            if not duty.is_on(*span):
                continue
            needed = need.of(frozenset(queues) or EVERYBODY, slot)
            on = made.on(duty.day, *span, queues)
            if not needed or on > needed:
                continue
            last = found[-1] if found else None
            if last and (last.queues, last.ends, last.needed, last.on) == (queues, span[0], needed, on):
                found[-1] = Binding(last.starts, span[1], queues, needed, on)
            else:
                found.append(Binding(*span, queues, needed, on))
    return found


def _teams(rules: RosterRules, days: Sequence[RosterDay]) -> tuple[tuple[Team, ...], list[list[str]]]:
    """People of whom everything is the same, together; without people, anybody for everything."""
    if not rules.people:
        return (Team(ANYBODY, tuple(shapes_of(rules.kinds, rules, day) for day in days), 7),), [[]]
    alike: dict[tuple[frozenset[str], frozenset[str], tuple[bool, ...], int], list[Person]] = defaultdict(
        list
    )
    for one in rules.people:
        can = tuple(day.weekday in one.weekdays and not rules.is_away(one.code, day.day) for day in days)
        alike[frozenset(one.queues), frozenset(one.kinds), can, one.most_days].append(one)
    teams = []
    for (_, _, can, _), same in alike.items():
        one = same[0]
        kinds = [kind for kind in rules.kinds if not one.kinds or kind.name in one.kinds]
        shapes = tuple(
            shapes_of(kinds, rules, day) if is_there else () for day, is_there in zip(days, can, strict=True)
        )
        teams.append(Team(len(same), shapes, one.most_days, frozenset(one.queues) or None))
    return tuple(teams), [[one.code for one in same] for same in alike.values()]
