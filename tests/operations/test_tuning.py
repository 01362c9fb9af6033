"""Plans that are computed in the background: asked once, done once, stopped, and taken up again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from freezegun import freeze_time
from sqlalchemy.orm import Session

from models.core.transaction import act
from models.operations import jobs, tuning
from models.operations.tuning import Rest
from models.queries import open_plans, tunings
from models.queries.offices import OfficeView, office
from models.rules.planning import staffing_tuning, week_tuning
from models.rules.planning.staffing import Target
from models.tables import StaffingTuning
from tests.conftest import BOTH, SQLITE
from tests.past_visits import MONDAY, past

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]
TARGET = Target(0.9, 10)
REST = Rest(MONDAY - timedelta(weeks=3), MONDAY)


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty played days are enough here."""

    real = staffing_tuning.played_days
    monkeypatch.setattr(week_tuning, "played_days", partial(real, days=30))
    monkeypatch.setattr(tuning, "TELL_SECONDS", 0)


def honcho() -> OfficeView:
    return office("honcho")


def visits() -> None:
    for week in range(4):
        past(
            MONDAY - timedelta(weeks=week),
            *(f"10:{at:02} 10:{at:02} 10:{at:02} 10:{at + 20:02}" for at in range(0, 30, 5)),
        )


def asked(target: Target = TARGET) -> int:
    return tuning.ask(honcho(), target, REST, "chie")


def state(number: int) -> str:
    return tunings.tuning(number).state


def test_what_was_asked_for_is_computed_and_shown_beside_the_formula() -> None:
    visits()
    number = asked()
    assert (state(number), open_plans.any_open()) == ("asked", True)
    assert tuning.work() == 1
    found = tunings.tuning(number)
    assert (found.state, found.progress, open_plans.any_open()) == ("done", 100, False)
    assert [day.weekday for day in found.days] == [0, 1, 2, 4], "Thursday has other hours, and nobody came"
    monday = found.days[0]
    assert len(monday.counters) == len(monday.shares) == len(monday.formula)
    assert found.worst is not None
    assert found.worst >= 0.9
    assert found.saved_hours == pytest.approx(sum(day.formula_hours - day.hours for day in found.days))
    assert tuning.work() == 0
    assert tunings.newest(honcho(), None, TARGET) == found
    assert tunings.newest(honcho(), None, Target(0.9, 20)) is None
    assert tunings.newest(honcho(), "A", TARGET) is None


def test_each_number_is_the_least_because_one_counter_less_keeps_no_share() -> None:
    visits()
    number = asked()
    tuning.work()
    monday = tunings.tuning(number).days[0]
    assert len(monday.fewer) == len(monday.counters)
    for count, without in zip(monday.counters, monday.fewer, strict=True):
        assert (without is None) == (count == 1)
    there = [without for without in monday.fewer if without]
    assert there, "the rush needs more than one"
    for starts, share in there:
        kept = monday.shares[monday.starts.index(starts)]
        assert share < kept, "somebody is called later"
        assert share < 0.95, "less than what is asked of thirty played days"


def test_asking_again_for_the_same_keeps_the_first_and_another_target_ends_it() -> None:
    visits()
    first = asked()
    assert asked() == first
    second = asked(Target(0.8, 20))
    assert second != first
    assert state(first) == "cancelled"


def test_a_span_without_visits_fails_and_keeps_nobody_waiting() -> None:
    number = asked()
    assert tuning.work() == 0
    assert state(number) == "failed"
    assert tuning.work() == 0


def test_cancelled_while_it_is_computed_it_stays_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    visits()
    number = asked()
    real = tuning._tell

    def told(*given: object) -> bool:
        tuning.cancel(number, "chie")
        return real(*given)  # type: ignore[arg-type]  # what the caller gave

    monkeypatch.setattr(tuning, "_tell", told)
    assert tuning.work() == 0
    assert state(number) == "cancelled"
    assert not tuning.cancel(number, "chie")


def test_at_the_end_of_the_scheduler_it_is_left_to_the_next_one() -> None:
    visits()
    number = asked()
    answers = iter([False, False, False, True, True])
    assert tuning.work(lambda: next(answers)) == 0
    assert state(number) == "asked"
    assert tuning.work() == 1


@BOTH
def test_of_a_killed_scheduler_it_is_taken_up_again_and_given_up_the_third_time() -> None:
    visits()
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    with freeze_time(at) as clock:
        number = asked()
        for _ in range(tuning.MOST_TRIES):
            assert tuning._take("killed") is not None
            assert tuning._take("other") is None, "whoever was just heard of is at work"
            clock.tick(tuning.SILENT + timedelta(seconds=1))
        assert tuning._take("other") is None
    assert state(number) == "failed"


def test_whoever_was_thought_dead_cannot_end_what_another_has_taken_up() -> None:
    visits()
    with freeze_time(datetime(2026, 11, 24, 9, tzinfo=UTC)) as clock:
        number = asked()
        tuning._take("slow")
        clock.tick(tuning.SILENT + timedelta(seconds=1))
        tuning._take("next")
        assert not tuning._tell(number, "slow", 50)
        assert not tuning._end(number, "slow", "done", {})
        assert tuning._tell(number, "next", 50)


@BOTH
def test_others_write_while_it_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    visits()
    asked()
    wrote = []
    real = staffing_tuning.tune

    def tuned(*given: object) -> list[int]:
        wrote.append(_somebody_writes(date(2026, 1, 1)))
        return real(*given)  # type: ignore[arg-type]  # what the caller gave

    monkeypatch.setattr(week_tuning, "tune", tuned)
    assert tuning.work() == 1
    assert wrote


@act
def _somebody_writes(session: Session, day: date) -> bool:
    row = session.get(StaffingTuning, 1)
    if row is not None:
        row.first = day
    return True


def test_every_week_the_plans_of_offices_with_visits_are_asked_for_anew() -> None:
    visits()
    with freeze_time(datetime(2026, 11, 30, 0, tzinfo=UTC)):
        assert jobs.run("refresh-plans", "2026-W49") == {"plans": 1}
        assert jobs.run("refresh-plans", "2026-W49") is None
    assert open_plans.any_open()
    assert tunings.newest(honcho(), None, TARGET) is not None
