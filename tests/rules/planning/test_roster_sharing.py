"""Who works which shift: nobody on leave, every queue covered as before, and burdens as even as trying everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations, product

import pytest
from hypothesis import given, settings

from models.core.errors import Invalid
from models.rules.planning import roster_sharing as sharing
from models.rules.planning.roster import Roster, RosterDay, roster
from models.rules.planning.roster_document import document, of_document
from models.rules.planning.roster_leave import Leave
from models.rules.planning.roster_model import DayNeed, RosterCase, Shape, Team, solve
from models.rules.planning.roster_rules import SHIPPED, Kind, Person, RosterRules, checked
from models.rules.planning.roster_rules import document as rules_document
from models.rules.planning.roster_sharing import GAP, HALF_DAY, SATURDAY, WEIGHTS, Burden, Given, Hand, shared
from models.rules.planning.roster_text import RulesText, document_of, written
from tests.rules.planning.test_roster import cases, missing

MONDAY = date(2026, 11, 30)
EARLY, LATE = Kind("早番", 510, 870), Kind("遅番", 780, 1140)
STARTS = tuple(range(510, 1140, 30))


def rules(*people: Person, leave: Sequence[Leave] = ()) -> RosterRules:
    return RosterRules((EARLY, LATE), people, leave=tuple(leave))


def day(place: int, counters: int = 1, monday: date = MONDAY, **busy: float) -> RosterDay:
    """Somebody early and somebody late, so many of each."""
    loads = {queue: (load,) * len(STARTS) for queue, load in busy.items()}
    ends = tuple(start + 30 for start in STARTS)
    return RosterDay(place, STARTS, ends, (counters,) * len(STARTS), loads, monday + timedelta(place))


def lates(made: Roster) -> list[int]:
    return sorted(made.burdens().get(one.code, Burden()).late for one in made.people)


def test_nobody_works_on_a_day_of_leave_and_the_others_do() -> None:
    people = [Person(f"{n}") for n in range(3)]
    away = [
        Leave("0", MONDAY, MONDAY + timedelta(1)),
        Leave("1", MONDAY + timedelta(2), MONDAY + timedelta(2)),
    ]
    made = roster(rules(*people, leave=away), [day(n) for n in range(3)], 20)
    assert made.lacking == ()
    who = {place: {duty.code for duty in made.duties if duty.day == place} for place in range(3)}
    assert who == {0: {"1", "2"}, 1: {"1", "2"}, 2: {"0", "2"}}


def test_leave_is_of_dates_and_nobody_has_it_on_a_weekday_without_one() -> None:
    people = [Person("0"), Person("1")]
    always = rules(*people, leave=[Leave("0", MONDAY, MONDAY)])
    assert {one.code for one in roster(always, [replace(day(0), day=None)], 20).duties} == {"0", "1"}
    alone = roster(always, [day(0)], 20)
    assert {one.code for one in alone.duties} == {"1"}
    assert alone.lacking, "one person cannot be there from morning to evening"


def test_leave_is_written_and_read_as_it_was() -> None:
    made = rules(
        Person("1"), Person("2"), leave=[Leave("2", MONDAY, MONDAY), Leave("1", MONDAY, date(2026, 12, 4))]
    )
    text = written(made)
    assert text.leave == "2, 2026-11-30\n1, 2026-11-30, 2026-12-04"
    assert checked(document_of(text), "A") == checked(rules_document(made), "A") == made
    typed = document_of(replace(text, leave="１、２０２６年１１月３０日、2026/12/4\n\n2\t2026-11-30"))
    assert checked(typed, "A").leave == made.leave


WRONG = {
    "somebody else's": "9, 2026-12-01",
    "a day that is none": "1, 2026-02-30",
    "no year": "1, 12/1",
    "the last before the first": "1, 2026-12-03, 2026-12-01",
    "no day": "1",
    "too many": "1, 2026-12-01\n" * 301,
}


@pytest.mark.parametrize("leave", WRONG.values(), ids=WRONG)
def test_leave_that_cannot_be_is_refused(leave: str) -> None:
    text = replace(written(rules(Person("1"))), leave=leave)
    with pytest.raises(Invalid) as refused:
        checked(document_of(text), "A")
    assert {one.field for one in refused.value.problems} == {"leave"}


@pytest.mark.parametrize("leave", ["x", [1], [{"code": ["1"], "from": 5}], {"code": "1"}])
def test_leave_of_another_form_is_refused(leave: object) -> None:
    with pytest.raises(Invalid):
        checked({**rules_document(rules(Person("1"))), "leave": leave}, "A")


def test_rules_that_were_kept_before_leave_was_there_are_read() -> None:
    kept = rules_document(SHIPPED)
    del kept["leave"]
    assert checked(kept, "") == SHIPPED
    assert RulesText().leave == ""


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_same_shifts_are_worked_and_as_little_is_missing(case: RosterCase) -> None:
    solved = solve(case, 20)
    hands = [Hand(f"{team}{n}", team) for team, one in enumerate(case.teams) for n in range(one.people)]
    made = shared(case, solved, hands, [0, SATURDAY])
    assert made.is_even or not solved.shifts
    assert Counter((one.day, one.shape) for one in made.given) == counted(solved.shifts)
    teams = {hand.code: case.teams[hand.team] for hand in hands}
    chosen: dict[str, list[Shape | None]] = {code: [None] * len(case.days) for code in teams}
    for one in made.given:
        assert one.shape in teams[one.code].shapes[one.day]
        assert chosen[one.code][one.day] is None, "one shift a day"
        chosen[one.code][one.day] = one.shape
    for code, team in teams.items():
        assert sum(shape is not None for shape in chosen[code]) <= team.most_days
    assert missing(case, list(teams.values()), list(chosen.values())) == pytest.approx(
        missing_of(case, solved.shifts)
    )


def counted(shifts: Sequence[tuple[int, int, Shape, int]]) -> Counter[tuple[int, Shape]]:
    found: Counter[tuple[int, Shape]] = Counter()
    for at, _, shape, count in shifts:
        found[at, shape] += count
    return found


def missing_of(case: RosterCase, shifts: Sequence[tuple[int, int, Shape, int]]) -> float:
    """What is missing where the shifts are worked by their own teams."""
    people: list[Team] = []
    chosen: list[list[Shape | None]] = []
    for at, team, shape, count in shifts:
        for _ in range(count):
            people.append(case.teams[team])
            chosen.append([shape if at == n else None for n in range(len(case.days))])
    return missing(case, people, chosen)


def cost(
    hands: Sequence[Hand], given: Sequence[Given], weekdays: Sequence[int], able: Sequence[int]
) -> float:
    """What is to be least: hours between two half days count as the straight line."""
    usual = sharing.usual_end(one.shape for one in given)
    total = 0.0
    for hand, days in zip(hands, able, strict=True):
        mine = [one for one in given if one.code == hand.code]
        own = sum((sharing.burden(one.shape, weekdays[one.day], usual) for one in mine), start=Burden())
        halves = sum(one.shape.hours for one in mine) / HALF_DAY
        whole = int(halves)
        total += WEIGHTS[0] * (whole**2 + (halves - whole) * (2 * whole + 1)) / days
        for weight, before, now in zip(
            WEIGHTS[1:], vars(hand.before).values(), vars(own).values(), strict=True
        ):
            total += weight * ((before + now) ** 2 - before**2) / days
    return total


def test_burdens_are_as_even_as_the_best_of_everything_that_can_be() -> None:
    early, late = (
        Shape(kind.name, (True,), kind.minutes / 60, kind.starts, kind.ends) for kind in (EARLY, LATE)
    )
    half = Shape("半日", (True,), 3.5, 510, 720, None)
    shapes = (early, late, half)
    case = RosterCase((DayNeed((3,), (1.0,)),) * 3, (Team(3, (shapes,) * 3, 3), Team(1, (shapes,) * 3, 2)))
    placed = tuple((place, 0, shape, 1) for place in range(3) for shape in shapes)
    solved = replace(solve(case, 20), shifts=placed, missing=(), needs=())
    hands = [Hand("a", 0, Burden(late=2)), Hand("b", 0, Burden(weekend=1)), Hand("c", 0), Hand("d", 1)]
    weekdays = [3, 4, 5]
    made = shared(case, solved, hands, weekdays)
    able = [3, 3, 3, 2]
    best = min(cost(hands, one, weekdays, able) for one in everything(hands, shapes))
    found = cost(hands, made.given, weekdays, able)
    assert best - 1e-6 <= found <= best * (1 + GAP) + 1e-6


def everything(hands: Sequence[Hand], shapes: Sequence[Shape]) -> Iterator[list[Given]]:
    """Every way to give three shifts on each of three days to four people, of whom the last works two days at most."""
    ways = list(permutations([hand.code for hand in hands], len(shapes)))
    for week in product(ways, repeat=3):
        if sum(hands[-1].code in codes for codes in week) <= 2:
            yield [
                Given(code, place, shape)
                for place, codes in enumerate(week)
                for code, shape in zip(codes, shapes, strict=True)
            ]


def test_late_ends_are_even_between_people_who_can_serve_different_things() -> None:
    people = [Person("1", ("A",)), Person("2", ("A", "B")), Person("3", ("B",)), Person("4")]
    made = roster(rules(*people), [day(n, 2) for n in range(4)], 20)
    assert lates(made) == [2, 2, 2, 2]
    assert made.is_even


def test_a_queue_that_one_person_can_serve_outdoes_evenness() -> None:
    people = [Person("1", ("A",)), Person("2", ("A",)), Person("3", ("B",), ("遅番",))]
    made = roster(rules(*people), [day(n, 1, A=0.5) for n in range(4)], 20)
    assert {duty.code for duty in made.duties if duty.kind == "遅番"} <= {"1", "2"}
    assert not made.lacking


def test_two_queues_at_once_are_looked_at_though_the_shifts_never_broke_them() -> None:
    whole = Shape("一日", (True,), 7.0, 510, 990, None)
    both, other = frozenset("AB"), frozenset("C")
    case = RosterCase(
        (DayNeed((2,), (1.0,), {"A": (0.9,), "B": (0.9,)}),),
        (Team(2, ((whole,),), 5, both), Team(1, ((whole,),), 5, other)),
    )
    single = ((0, 0, frozenset("A")), (0, 0, frozenset("B")))
    solved = replace(solve(case, 20), shifts=((0, 0, whole, 2),), missing=(), needs=single)
    hands = [Hand("1", 0), Hand("2", 0, Burden(weekend=5)), Hand("3", 1)]
    made = shared(case, solved, hands, [SATURDAY])
    assert {one.code for one in made.given} == {"1", "2"}
    assert made.solved.missing == ()


def test_over_the_weeks_everybody_has_as_many_saturdays_and_late_ends() -> None:
    people = [Person(f"{n}", most_days=3) for n in range(4)]
    had: dict[str, Burden] = {}
    for week in range(4):
        monday = MONDAY + timedelta(weeks=week)
        made = roster(rules(*people), [day(n, 1, monday) for n in (0, SATURDAY)], 20, before=had)
        assert dict(made.before) == had
        for code, own in made.burdens().items():
            had[code] = had.get(code, Burden()) + own
    assert {(one.late, one.weekend) for one in had.values()} == {(2, 2)}


def test_where_it_takes_too_long_people_of_a_team_go_by_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [Person(f"{n}") for n in range(4)]
    monkeypatch.setattr("models.rules.planning.roster.SECONDS", 0.0)
    made = roster(rules(*people), [day(n) for n in range(4)], 20)
    assert not made.is_even
    assert set(Counter(duty.code for duty in made.duties).values()) == {2}
    assert of_document(document(made)) == made


def test_what_was_had_before_is_kept_with_the_roster() -> None:
    made = roster(
        rules(Person("1"), Person("2")), [day(0)], 20, before={"1": Burden(3, 1, 2), "9": Burden(1)}
    )
    assert made.before == {"1": Burden(3, 1, 2)}
    assert of_document(document(made)) == made
    assert made.burdens()["2"].late == 1, "the other had three"
