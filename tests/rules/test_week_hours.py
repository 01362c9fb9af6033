"""Weekly hours as people type them, and special days as they are kept."""

from __future__ import annotations

from datetime import date, time

import pytest

from models.core.errors import Invalid
from models.rules import exceptional_days, week_hours
from models.rules.opening import ExceptionalHours, Span, Week, Weekdays, gaps

MORNING, AFTERNOON = Span(time(8, 30), time(12)), Span(time(13), time(17, 15))
USUAL = ((MORNING, AFTERNOON),) * 5 + ((), ())


def typed(**days: str) -> Weekdays:
    return week_hours.typed({f"hours.{number.removeprefix('d')}": text for number, text in days.items()})


@pytest.mark.parametrize(
    "text",
    [
        "8:30-12:00、13:00-17:15",
        "08:30~12:00 13:00~17:15",
        "８：３０〜１２：００，１３：００〜１７：１５",
        "8:30 － 12:00、13:00 ー 17:15",
        "8:30から12:00、13:00から17:15",
    ],
)
def test_a_day_is_read_however_it_is_typed(text):
    assert typed(d0=text)[0] == (MORNING, AFTERNOON)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("朝から", "8:30-17:15"),
        ("17:15-8:30", "閉じる時刻より前"),
        ("13:00-17:15、8:30-12:00", "早いほうから"),
        ("8:30-12:00、11:00-17:00", "重ならない"),
        ("25:00-26:00", "24時間の時刻"),
        ("", "1つ以上の曜日"),
    ],
)
def test_what_is_no_hours_is_said_at_its_day(text, said):
    with pytest.raises(Invalid) as refused:
        typed(d0=text)
    (problem,) = refused.value.problems
    assert problem.field == "hours.0"
    assert said in str(problem.message)


def test_a_week_is_written_and_read_again():
    assert week_hours.read(week_hours.written(USUAL)) == USUAL
    for broken in ("", "mon0830", "mon1715-0830", "mon0830-1200 mon1100-1300", "mon0830-1200 " * 40):
        assert week_hours.read(broken) is None


def test_special_days_are_kept_and_read_again():
    day, other = date(2026, 12, 1), date(2026, 12, 2)
    special = ((day, ExceptionalHours(day, MORNING, "訓練")), (other, None))
    assert exceptional_days.from_data(exceptional_days.as_data(special)) == special


def test_hours_from_a_day_on_leave_those_before_and_those_that_begin_later():
    first, later = date(2027, 1, 12), date(2027, 4, 1)
    evening = ((Span(time(9), time(19)),),) * 5 + ((), ())
    week = Week(USUAL).from_day(later, evening).from_day(first, ((MORNING,),) * 7)
    assert week.on(date(2027, 1, 6)) == (MORNING, AFTERNOON)
    assert week.on(date(2027, 1, 16)) == (MORNING,)
    assert week.on(date(2027, 4, 2)) == evening[4]


def test_what_is_left_between_held_spans():
    held = (Span(time(9), time(10)), Span(time(11, 30), time(12, 30)))
    assert gaps((MORNING, AFTERNOON), held) == (
        Span(time(8, 30), time(9)),
        Span(time(10), time(11, 30)),
        AFTERNOON,
    )
