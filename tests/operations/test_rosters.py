"""Rosters of an office: made at once or in the background, of the open days, by rules that keep their history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from freezegun import freeze_time

from models.core.errors import Invalid, NotFound
from models.operations import roster_rules, tuning
from models.operations.tuning import Rest
from models.queries import open_plans, rosters, tunings
from models.queries import roster_rules as rules_now
from models.queries.offices import OfficeView, office
from models.rules.planning.roster import roster
from models.rules.planning.roster_leave import Leave
from models.rules.planning.roster_model import OutOfTime
from models.rules.planning.roster_rules import SHIPPED, Person, RosterRules, document
from models.rules.planning.staffing import Target
from tests.conftest import BOTH, SQLITE
from tests.past_visits import MONDAY, past

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]
TARGET = Target(0.9, 10)
REST = Rest(MONDAY - timedelta(weeks=3), MONDAY)
WEEK = date(2026, 11, 30)


def honcho() -> OfficeView:
    return office("honcho")


def visits() -> None:
    for week in range(4):
        past(
            MONDAY - timedelta(weeks=week),
            *(f"10:{at:02} 10:{at:02} 10:{at:02} 10:{at + 20:02}" for at in range(0, 30, 5)),
        )


def rules(*people: Person) -> RosterRules:
    return RosterRules(SHIPPED.kinds, people or tuple(Person(f"P{n}", ("A",)) for n in range(9)))


def asked(monday: date = WEEK, made_of: RosterRules | None = None) -> int:
    return tuning.ask_roster(honcho(), TARGET, REST, monday, made_of or rules(), "chie")


@BOTH
def test_a_roster_that_is_quickly_proven_is_there_at_once() -> None:
    visits()
    number = asked()
    assert tuning.at_once(number)
    found = rosters.made(number)
    assert (found.state, found.progress, found.monday, found.rules) == ("done", 100, WEEK, rules())
    assert found.roster is not None
    assert found.roster.proven
    assert [day.day for day in found.roster.days] == [WEEK + timedelta(days=n) for n in range(5)]
    assert rosters.recent(honcho()) == [found]
    assert not open_plans.any_open()
    with pytest.raises(NotFound):
        tunings.tuning(number)


def test_one_that_takes_longer_is_left_to_the_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    visits()
    number = asked()
    monkeypatch.setattr(tuning, "QUICK_SECONDS", 0.0)
    real = roster
    monkeypatch.setattr(
        tuning,
        "roster",
        lambda rules, days, seconds, told, before: _late(seconds) or real(rules, days, 20, told, before),
    )
    assert not tuning.at_once(number)
    assert (rosters.made(number).state, open_plans.any_open()) == ("asked", True)
    assert tuning.work() == 1
    assert rosters.made(number).state == "done"


def _late(seconds: float) -> None:
    if not seconds:
        raise OutOfTime


def test_it_can_be_stopped_and_asking_for_the_same_keeps_the_first() -> None:
    visits()
    first = asked()
    assert asked() == first
    plan = tuning.ask(honcho(), TARGET, REST, "chie")
    assert rosters.made(first).is_open, "a plan of counters is another thing"
    other = asked(WEEK + timedelta(weeks=1))
    assert (rosters.made(first).state, rosters.made(other).state) == ("cancelled", "asked")
    assert tuning.cancel(other, "chie")
    assert not tuning.at_once(other)
    with pytest.raises(NotFound):
        rosters.made(plan)


def test_days_that_are_closed_need_nobody() -> None:
    visits()
    with freeze_time("2026-11-24T00:00:00Z"):
        number = asked(date(2026, 12, 28))
    assert tuning.at_once(number)
    made = rosters.made(number).roster
    assert made is not None
    assert [day.day for day in made.days] == [date(2026, 12, 28)], "the office is closed from the 29th on"


def test_a_week_without_a_day_and_a_span_without_visits_make_none() -> None:
    number = asked()
    assert not tuning.at_once(number)
    assert rosters.made(number).state == "failed"


def test_burdens_are_those_of_the_newest_roster_of_each_week_before() -> None:
    visits()
    next_week = WEEK + timedelta(weeks=1)
    for monday, people in ((WEEK, 9), (WEEK, 5), (next_week, 9)):
        assert tuning.at_once(asked(monday, rules(*(Person(f"P{n}", ("A",)) for n in range(people)))))
    first, newest = (one.roster for one in rosters.recent(honcho())[:0:-1])
    assert first is not None
    assert newest is not None
    assert first.burdens() != newest.burdens()
    assert rosters.burdens_before(honcho(), next_week) == newest.burdens()
    assert rosters.burdens_before(honcho(), WEEK) == {}
    assert rosters.burdens_before(office("higashi"), next_week) == {}
    made = rosters.recent(honcho())[0].roster
    assert made is not None
    assert made.before == newest.burdens()
    later = next_week + timedelta(weeks=8)
    assert rosters.burdens_before(honcho(), later) == made.burdens(), "nine weeks ago is forgotten"


def test_who_is_on_leave_is_in_no_shift_of_the_day() -> None:
    visits()
    away = Leave("P0", WEEK, WEEK + timedelta(days=3))
    number = asked(made_of=RosterRules(SHIPPED.kinds, (Person("P0"), Person("P1")), leave=(away,)))
    assert tuning.at_once(number)
    made = rosters.made(number).roster
    assert made is not None
    worked = {(one.code, one.day) for one in made.duties}
    assert not worked & {("P0", place) for place in range(4)}
    assert {code for code, _ in worked} >= {"P1"}


@BOTH
def test_who_can_serve_what_came_is_asked_for() -> None:
    visits()
    number = asked(made_of=rules(*(Person(f"P{n}", ("B",)) for n in range(9))))
    assert tuning.at_once(number)
    made = rosters.made(number).roster
    assert made is not None
    unskilled = [one for one in made.lacking if one.queues]
    assert {one.queues for one in unskilled} == {("A",)}
    assert {made.days[one.day].weekday for one in unskilled} == {0}, "people came on Mondays"
    assert {made.days[one.day].weekday for one in made.lacking if not one.queues} == {3}, "Thursday evening"


def test_rules_are_kept_version_by_version() -> None:
    place = honcho()
    assert rules_now.current(place) is None
    first = roster_rules.keep(place, document(rules()), "chie")
    assert roster_rules.keep(place, document(rules()), "aya") == first, "nothing has changed"
    second = roster_rules.keep(place, document(rules(Person("X"))), "aya")
    assert (first, second) == (1, 2)
    assert [(one.version, one.by) for one in rules_now.history(place)] == [(2, "aya"), (1, "chie")]
    assert rules_now.version(place, 1).rules == rules()
    found = rules_now.current(place)
    assert found is not None
    assert found.rules == rules(Person("X"))
    assert rules_now.current(office("higashi")) is None
    with pytest.raises(NotFound):
        rules_now.version(place, 3)


def test_rules_that_cannot_be_are_refused_and_nothing_is_kept() -> None:
    with pytest.raises(Invalid):
        roster_rules.keep(honcho(), {**document(rules()), "people": [{"code": "山田"}]}, "chie")
    assert rules_now.history(honcho()) == []


def test_old_versions_go_and_the_one_that_holds_stays() -> None:
    place = honcho()
    with freeze_time("2025-01-06T00:00:00Z"):
        roster_rules.keep(place, document(rules()), "chie")
        roster_rules.keep(place, document(rules(Person("X"))), "chie")
    roster_rules.keep(place, document(rules(Person("Y"))), "chie")
    assert [one.version for one in rules_now.history(place)] == [3, 2]
