"""Weekly hours and special days: whoever has booked stays, nothing else moves, and every change can be taken back."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Invalid
from models.operations import slot_changes, slots
from models.operations.booking import Made, book
from models.queries import bookings, hours_changes, offices, setting_changes
from models.queries import slots as places
from models.queries.setting_changes import ChangeView
from models.queries.slots import Preview
from models.rules.opening import Span, Weekdays
from models.rules.slot_changes import CAPACITY, CLOSE, HOURS, Change
from models.tables import AuditEntry
from tests.operations.test_booking import asked, free, honcho

pytestmark = pytest.mark.usefixtures("three_weeks")
FRIDAY, THURSDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 26), date(2026, 12, 5)
MONDAY = date(2026, 11, 30)
AYA = "aya"


def today() -> date:
    return honcho().day_of(now())


def seen(change: Change) -> Preview:
    return places.preview(honcho(), change, today())


def done(change: Change) -> Preview:
    return slot_changes.change(honcho(), change, seen(change).digest, AYA)


def confirmed(change: Change) -> None:
    number = slot_changes.propose(honcho(), change, seen(change).digest, AYA)
    slot_changes.confirm(number, seen(change).digest, "miki")


def week(**days: str) -> Weekdays:
    """The present week with other spans on some weekdays: `d5="09:00-12:00"`."""
    found = list(offices.week_of(honcho()).weekdays)
    for day, text in days.items():
        pair = [time.fromisoformat(one) for one in text.split("-")] if text else []
        found[int(day[1:])] = (Span(*pair),) if pair else ()
    return tuple(found)


def from_monday(**days: str) -> Change:
    return hours_changes.from_day(honcho(), MONDAY, week(**days), today())


def clocks(day: date) -> list[str]:
    """When one may still book the certificate on a day."""
    zone = honcho().zone
    return [f"{at.astimezone(zone):%H:%M}" for at in free(on=day)]


def slots_of(day: date) -> list[tuple[str, str, int, int]]:
    return [
        (one.queue, f"{one.starts_at:%H%M}", one.capacity, one.taken)
        for one in places.published(honcho(), day, day)
    ]


def booked(day: date, clock: str) -> Made:
    return book(asked(free(on=day)[clocks(day).index(clock)]))


def test_other_weekly_hours_move_what_they_must_and_nothing_else() -> None:
    thursday, friday = THURSDAY + timedelta(days=7), FRIDAY + timedelta(days=7)
    closed = SATURDAY + timedelta(days=7)
    made = booked(thursday, "18:00")
    done(Change(CAPACITY, friday, friday, queue="A", capacity=4))
    done(Change(CLOSE, closed, closed, "停電のため"))
    before, tuesday = slots_of(FRIDAY), slots_of(THURSDAY + timedelta(days=5))
    change = from_monday(d3="08:30-17:15", d4="08:30-18:00", d5="09:00-12:00")
    shown = seen(change)
    assert [one.reference for one in shown.bookings] == [made.reference]
    assert {one.day.weekday() for one in shown.effects} == {3, 4, 5}
    assert not clocks(SATURDAY)
    confirmed(change)
    assert clocks(THURSDAY)[-1] > "18:00", "before the first day nothing changes"
    assert clocks(thursday)[-1] < "17:15"
    assert bookings.by_token(made.token).state == "booked"
    assert [one.reference for one in places.without_place(honcho(), today())] == [made.reference]
    assert (slots_of(FRIDAY), slots_of(THURSDAY + timedelta(days=5))) == (before, tuesday)
    capacities = [capacity for queue, _, capacity, _ in slots_of(friday) if queue == "A"]
    assert (capacities[0], clocks(friday)[-1] >= "17:15") == (4, True)
    assert (clocks(SATURDAY)[0], clocks(SATURDAY)[-1][:2]) == ("09:00", "11")
    assert not clocks(closed), "a closed day stays closed"
    last = places.last_published(honcho())
    assert last is not None
    slots.publish(last + timedelta(days=1), last + timedelta(days=7))
    later = next(day for offset in range(1, 8) if (day := last + timedelta(days=offset)).weekday() == 5)
    assert slots_of(later), "days that are published later have the new hours"


def test_going_back_sets_the_week_as_it_was_as_one_more_change() -> None:
    before = slots_of(SATURDAY), slots_of(THURSDAY + timedelta(days=7))
    confirmed(from_monday(d5="09:00-12:00", d3=""))
    (kept,) = setting_changes.history(setting_changes.WEEK, of="honcho")
    change = hours_changes.back(honcho(), kept, today())
    assert change is not None
    confirmed(change)
    open_slots = [one for one in slots_of(SATURDAY) if one[2]]
    assert (open_slots, slots_of(THURSDAY + timedelta(days=7))) == before
    newest, oldest = setting_changes.history(setting_changes.WEEK, of="honcho")
    assert newest.after["week"] == oldest.before["week"]
    assert "slots.change" in session().scalars(select(AuditEntry.action)).all()
    with pytest.raises(Invalid):
        hours_changes.from_day(honcho(), today(), week(d5="09:00-12:00"), today())
    for waiting in (from_monday(d5="09:00-12:00"), hours_changes.usual_again(FRIDAY, MONDAY)):
        assert Change.from_data(waiting.as_data()) == waiting


def test_a_closed_day_is_taken_back_with_its_bookings_until_it_is_over(clock: FrozenDateTimeFactory) -> None:
    before, made = slots_of(FRIDAY), booked(FRIDAY, "10:00")
    done(Change(HOURS, FRIDAY, FRIDAY, "訓練のため", time(9), time(12)))
    done(Change(CLOSE, FRIDAY, MONDAY, "停電のため"))
    assert [one.reference for one in places.without_place(honcho(), today())] == [made.reference]
    newest, first = setting_changes.history(setting_changes.DAYS, of="honcho")
    assert (first.by, first.before) == (AYA, {"2026-11-27": None})
    done(taken_back(newest))
    (special,) = offices.week_of(honcho()).exceptions
    assert (special.day, special.reason, clocks(FRIDAY)[0]) == (FRIDAY, "訓練のため", "09:00")
    assert clocks(MONDAY)
    done(taken_back(first))
    assert [one[:3] for one in slots_of(FRIDAY) if one[2]] == [one[:3] for one in before]
    assert sum(one[3] for one in slots_of(FRIDAY)) == 1
    assert not places.without_place(honcho(), today())
    assert not offices.week_of(honcho()).exceptions
    clock.tick(timedelta(days=7))
    assert hours_changes.back(honcho(), newest, today()) is None


def taken_back(kept: ChangeView) -> Change:
    found = hours_changes.back(honcho(), kept, today())
    assert found is not None
    return found
