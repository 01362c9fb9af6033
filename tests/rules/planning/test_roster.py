"""Rosters: the optimum is that of trying everything, and nobody works what is not theirs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult

from models.core.errors import Invalid
from models.rules.demo_roster import ROSTERS
from models.rules.planning import roster as rosters
from models.rules.planning import roster_model
from models.rules.planning.roster import Duty, RosterDay, bindings, roster, shapes_of
from models.rules.planning.roster_document import document, of_document
from models.rules.planning.roster_model import DayNeed, OutOfTime, RosterCase, Shape, Team, solve
from models.rules.planning.roster_rows import Rows, Values, solving
from models.rules.planning.roster_rules import SHIPPED, Kind, Person, RosterRules, checked
from models.rules.planning.roster_rules import document as rules_document
from models.rules.planning.roster_text import document_of as document_of_text
from models.rules.planning.roster_text import written
from models.rules.planning.staffing_tuning import Cancelled

QUEUES = ("A", "B", "C")
SLOTS = 3
SHAPES = tuple(
    Shape("".join(map(str, on)), tuple(map(bool, on)), sum(on) / 2)
    for on in ((1, 1, 1), (1, 1, 0), (0, 1, 1), (1, 0, 1))
)


def subsets(queues: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(queues, size) for size in range(1, len(queues) + 1))


@st.composite
def cases(draw: st.DrawFn) -> RosterCase:
    days = draw(st.integers(1, 2))
    busy = st.sampled_from([0.0, 0.3, 0.9, 1.0, 1.4])
    needs = tuple(
        DayNeed(
            tuple(draw(st.lists(st.integers(0, 3), min_size=SLOTS, max_size=SLOTS))),
            (0.5,) * SLOTS,
            {queue: tuple(draw(busy) for _ in range(SLOTS)) for queue in QUEUES[: draw(st.integers(0, 3))]},
        )
        for _ in range(days)
    )
    teams = tuple(
        Team(
            draw(st.integers(1, 2)),
            tuple(
                tuple(draw(st.lists(st.sampled_from(SHAPES), max_size=2, unique=True))) for _ in range(days)
            ),
            draw(st.integers(1, 2)),
            draw(st.sampled_from([None, frozenset("A"), frozenset("AB"), frozenset("BC")])),
        )
        for _ in range(draw(st.integers(1, 2)))
    )
    hours = draw(st.sampled_from([None, 1.0, 2.5]))
    return RosterCase(needs, teams, hours, draw(st.sampled_from([None, 1, 2])))


def tried(case: RosterCase) -> tuple[float, float]:
    """The least missing and the least hours of everything that a person after the other can do."""
    people = [team for team in case.teams for _ in range(team.people)]
    choices = [
        [
            days
            for days in product(*((None, *shapes) for shapes in team.shapes))
            if works(days) <= team.most_days
        ]
        for team in people
    ]
    best = (math.inf, math.inf)
    for chosen in product(*choices):
        hours = sum(shape.hours for days in chosen for shape in days if shape)
        if case.most_hours is not None and hours > case.most_hours:
            continue
        if case.most_people is not None and any(
            works(day) > case.most_people for day in zip(*chosen, strict=True)
        ):
            continue
        best = min(best, (missing(case, people, chosen), hours))
    return best


def works(shapes: Sequence[Shape | None]) -> int:
    return sum(shape is not None for shape in shapes)


def missing(case: RosterCase, people: Sequence[Team], chosen: Sequence[Sequence[Shape | None]]) -> float:
    total = 0.0
    for day, need in enumerate(case.days):
        for slot in range(SLOTS):
            on = [
                team
                for team, days in zip(people, chosen, strict=True)
                if (shape := days[day]) is not None and shape.on[slot]
            ]
            total += max(0, need.counters[slot] - len(on)) * 0.5
            short = [0]
            for queues in subsets(sorted(need.busy)):
                busy = sum(need.busy[queue][slot] for queue in queues)
                able = sum(team.queues is None or bool(team.queues & set(queues)) for team in on)
                short.append(math.ceil(round(busy, 6)) - able)
            total += max(short) * 0.5
    return total


@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_optimum_is_that_of_trying_everything(case: RosterCase) -> None:
    found = solve(case, 20)
    assert found.proven
    short: dict[tuple[int, int, bool], int] = {}
    for one in found.missing:
        of = (one.day, one.slot, bool(one.queues))
        short[of] = max(one.count, short.get(of, 0))
    assert (sum(short.values()) * 0.5, found.hours) == pytest.approx(tried(case))


MORNING, WHOLE, EVENING = Kind("午前", 510, 750), Kind("一日", 510, 1035, 60), Kind("午後", 780, 1035)
STARTS = tuple(range(510, 1020, 30))


def day(counters: int | Sequence[int] = 2, weekday: int = 0, **busy: float) -> RosterDay:
    needed = (counters,) * len(STARTS) if isinstance(counters, int) else tuple(counters)
    return RosterDay(
        weekday,
        STARTS,
        tuple(start + 30 for start in STARTS),
        needed,
        {queue: (load,) * len(STARTS) for queue, load in busy.items()},
    )


def rules(*people: Person, **more: object) -> RosterRules:
    return replace(RosterRules((WHOLE, MORNING, EVENING), people), **more)  # type: ignore[arg-type]


def test_a_lunch_lies_inside_its_window_and_the_others_stay() -> None:
    people = [Person(str(n), kinds=("一日",)) for n in range(3)]
    made = roster(rules(*people, lunch_from=660, lunch_to=840), [day(2)], 20)
    assert made.lacking == ()
    assert len({duty.lunch for duty in made.duties}) == 3, "never two at lunch at a time"
    for duty in made.duties:
        assert duty.lunch is not None
        assert 660 <= duty.lunch[0] < duty.lunch[1] <= 840
        assert duty.lunch[1] - duty.lunch[0] == 60
        assert not duty.is_on(*duty.lunch)
    assert all(made.on(0, start, start + 30) >= 2 for start in STARTS)


@pytest.mark.parametrize(("starts", "ends"), [(735, 780), (720, 765)])
def test_a_half_hour_that_is_partly_lunch_is_nobodys(starts: int, ends: int) -> None:
    duty = Duty("1", 0, "一日", 510, 1035, (starts, ends), 8.0)
    assert not duty.is_on(720, 750)
    assert not duty.is_on(750, 780)
    assert duty.is_on(690, 720)
    assert duty.is_on(780, 810)
    assert not duty.is_on(480, 510)
    assert not duty.is_on(1020, 1050)


def test_everybody_works_only_their_kinds_days_and_queues() -> None:
    people = (
        Person("1", ("A",), ("一日",), (0, 1), 1),
        Person("2", ("A", "B"), ("午前",), (1,), 5),
        Person("3", (), (), (0, 1, 2), 2),
    )
    made = roster(rules(*people), [day(2, n, A=0.8, B=0.5) for n in range(3)], 20)
    worked = Counter(duty.code for duty in made.duties)
    for person in people:
        mine = [duty for duty in made.duties if duty.code == person.code]
        assert {made.days[duty.day].weekday for duty in mine} <= set(person.weekdays)
        assert {duty.kind for duty in mine} <= set(person.kinds or ("一日", "午前", "午後"))
        assert worked[person.code] <= person.most_days
        assert len({duty.day for duty in mine}) == len(mine), "one shift a day"
    assert {one.queues for one in made.lacking if one.day == 2} >= {(), ("A",)}, (
        "half a Wednesday is nobody's"
    )


def test_whoever_serves_two_queues_stands_at_one_counter_at_a_time() -> None:
    both = Person("1", ("A", "B"), ("一日",))
    other = Person("2", ("C",), ("一日",))
    made = roster(rules(both, other), [day(2, A=0.9, B=0.9)], 20)
    assert ("A", "B") in {one.queues for one in made.lacking}
    enough = roster(rules(both, replace(other, queues=("B",))), [day(1, A=0.9, B=0.9)], 20)
    assert {one.starts for one in enough.lacking} <= set(range(660, 840, 30)), "but over lunch"


def test_too_few_hours_say_which_half_hours_stay_open() -> None:
    people = [Person(str(n)) for n in range(6)]
    whole = roster(rules(*people), [day(2)], 20)
    short = roster(rules(*people, most_hours=8.0), [day(2)], 20)
    assert (whole.lacking, whole.proven) == ((), True)
    assert short.hours <= 8.0
    assert short.lacking_hours == pytest.approx(sum(one.count for one in short.lacking) / 2)
    open_ = {one.starts: one.count for one in short.lacking}
    assert {
        start: 2 - short.on(0, start, start + 30) for start in STARTS if short.on(0, start, start + 30) < 2
    } == open_


def test_no_more_people_a_day_than_are_wanted() -> None:
    made = roster(rules(*(Person(str(n)) for n in range(6)), most_people=2), [day(3), day(3, 1)], 20)
    assert set(Counter(duty.day for duty in made.duties).values()) == {2}


def test_every_shift_of_a_proven_roster_is_needed_in_some_half_hour() -> None:
    people = [Person("1", ("A",)), Person("2", ("A", "B")), *(Person(str(n)) for n in range(3, 7))]
    made = roster(
        rules(*people), [day([1, 2, 3, 3, 3, 3, 2, 2, 2, 2, 2, 3, 3, 2, 2, 1, 1], A=0.8, B=0.6)], 20
    )
    assert made.proven
    for duty in made.duties:
        why = bindings(made, duty)
        assert why
        for one in why:
            assert duty.is_on(one.starts, one.ends)
            assert one.on <= one.needed


def test_those_who_are_alike_work_as_much_as_one_another() -> None:
    people = [Person(f"P{n}", most_days=4, kinds=("午前", "午後")) for n in range(5)]
    made = roster(rules(*people), [day(1, n) for n in range(5)], 20)
    days = Counter(duty.code for duty in made.duties)
    assert max(days.values()) - min(days.values()) <= 1
    assert max(days.values()) <= 4


def test_without_people_as_many_shifts_are_made_as_are_needed() -> None:
    made = roster(SHIPPED, [day(4), day(2, 1)], 20)
    assert made.proven
    assert made.lacking == ()
    assert {duty.code for duty in made.duties} == {""}


def test_a_roster_is_kept_and_read_as_it_was() -> None:
    made = roster(rules(Person("1", ("A",)), Person("2")), [day(2, A=0.5)], 20)
    assert of_document(document(made)) == made


def test_it_can_be_stopped_and_runs_out_of_time_with_what_it_has() -> None:
    people = [Person(str(n)) for n in range(8)]
    with pytest.raises(Cancelled):
        roster(rules(*people), [day(5)], 20, lambda part: False)
    told: list[float] = []
    roster(rules(*people), [day(5)], 20, lambda part: told.append(part) or True)
    assert told
    assert all(0 <= part <= 1 for part in told)


@pytest.mark.parametrize("ends", [1, 0])
def test_what_was_not_proven_in_time_shows_its_gap(monkeypatch: pytest.MonkeyPatch, ends: int) -> None:
    real = solving

    def late(rows: Rows, cost: Values) -> Callable[[float], OptimizeResult]:
        """A solver that ends so, with less than it found as what is needed at least."""
        work = real(rows, cost)

        def run(seconds: float) -> OptimizeResult:
            found = work(seconds)
            return OptimizeResult(x=found.x, fun=found.fun, status=ends, mip_dual_bound=0.75 * found.fun)

        return run

    monkeypatch.setattr(roster_model, "solving", late)
    made = roster(rules(*(Person(str(n)) for n in range(6))), [day(2)], 20)
    assert made.proven == (not ends)
    assert made.gap == pytest.approx(0.25 * ends)
    assert made.least_hours == pytest.approx((1 - 0.25 * ends) * made.hours)


def test_the_same_cover_is_looked_at_once() -> None:
    shapes = shapes_of([WHOLE, replace(WHOLE, name="同じ")], SHIPPED, day())
    assert len({shape.on for shape in shapes}) == len(shapes) == 5


def test_the_rules_are_read_as_they_were_written() -> None:
    made = rules(Person("1", ("A",), ("一日",), (0, 2), 3), Person("2"), most_hours=120.0, most_people=9)
    assert checked(rules_document(made), QUEUES) == made


WRONG = {
    "no kinds": ({"kinds": []}, "kinds"),
    "a kind without a name": ({"kinds": [{"starts": "8:30", "ends": "12:00"}]}, "kinds"),
    "a kind that ends before it begins": (
        {"kinds": [{"name": "夜", "starts": "18:00", "ends": "9:00"}]},
        "kinds",
    ),
    "a kind off the quarter hours": ({"kinds": [{"name": "夜", "starts": "8:31", "ends": "9:30"}]}, "kinds"),
    "seven hours without a break": ({"kinds": [{"name": "長", "starts": "8:30", "ends": "15:30"}]}, "kinds"),
    "nine hours with too short a break": (
        {"kinds": [{"name": "長", "starts": "8:30", "ends": "18:15", "lunch_minutes": 45}]},
        "kinds",
    ),
    "no time for lunch": ({"lunch": {"from": "18:00", "to": "19:00"}}, "lunch"),
    "a lunch that ends before it begins": ({"lunch": {"from": "14:00", "to": "11:00"}}, "lunch"),
    "a lunch that is none": ({"lunch": "noon"}, "lunch"),
    "a name for a code": ({"people": [{"code": "山田花子"}]}, "people"),
    "a code twice": ({"people": [{"code": "1"}, {"code": "1"}]}, "people"),
    "a queue that is not ours": ({"people": [{"code": "1", "queues": ["Z"]}]}, "people"),
    "a kind that is not there": ({"people": [{"code": "1", "kinds": ["夜"]}]}, "people"),
    "an eighth day": ({"people": [{"code": "1", "days": 8}]}, "people"),
    "a weekday that is none": ({"people": [{"code": "1", "weekdays": [7]}]}, "people"),
    "people that are no list": ({"people": "everybody"}, "people"),
    "too many people": ({"people": [{"code": str(n)} for n in range(81)]}, "people"),
    "no hours": ({"budget_hours": 0}, "budget_hours"),
    "hours that are no number": ({"budget_hours": float("nan")}, "budget_hours"),
    "half a person": ({"max_per_day": 1.5}, "max_per_day"),
}


@pytest.mark.parametrize(("part", "field"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_by_name(part: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked({**rules_document(SHIPPED), **part}, QUEUES, "shifts.")
    assert {one.field for one in refused.value.problems} == {f"shifts.{field}"}


def test_nothing_found_in_time_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*given: object) -> None:
        raise OutOfTime

    monkeypatch.setattr(rosters, "solve", late)
    with pytest.raises(OutOfTime):
        roster(SHIPPED, [day()], 0.1)


@pytest.mark.parametrize("code", ROSTERS)
def test_text_of_rules_is_read_as_the_same_rules(code: str) -> None:
    assert checked(document_of_text(written(ROSTERS[code])), "ABCDFGHKS") == ROSTERS[code]
