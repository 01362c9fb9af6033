"""Weekly hours and special days: whoever has booked stays, nothing else moves, and every change can be taken back."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Invalid
from models.operations import slot_changes, slots
from models.operations.booking import Made, book
from models.queries import bookings, hours_changes, offices, setting_changes
from models.queries import slots as places
from models.queries.slots import Preview
from models.rules.opening import Span, Weekdays
from models.rules.slot_changes import CLOSE, HOURS, Change
from models.tables import AuditEntry
from tests.operations.test_booking import asked, free, honcho

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
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
    local = [at.astimezone(honcho().zone) for at in free()]
    return [f"{at:%H:%M}" for at in local if at.date() == day]


def slots_of(day: date) -> list[tuple[str, str, int, int]]:
    return [
        (one.queue, f"{one.starts_at:%H%M}", one.capacity, one.taken)
        for one in places.published(honcho(), day, day)
    ]


def booked(day: date, clock: str) -> Made:
    start = next(at for at in free() if f"{at.astimezone(honcho().zone):%Y-%m-%d %H:%M}" == f"{day} {clock}")
    return book(asked(start))


class TestWeeklyHours:
    def test_a_shorter_thursday_keeps_its_booking_and_lists_it(self) -> None:
        thursday = THURSDAY + timedelta(days=7)
        made = booked(thursday, "18:00")
        before, shown = slots_of(FRIDAY), seen(from_monday(d3="08:30-17:15"))
        assert [one.reference for one in shown.bookings] == [made.reference]
        assert shown.count("vanishes") == len(shown.effects)
        assert {one.day.weekday() for one in shown.effects} == {3}
        confirmed(from_monday(d3="08:30-17:15"))
        assert clocks(THURSDAY)[-1] > "18:00"
        assert clocks(thursday)[-1] < "17:15"
        assert bookings.by_token(made.token).state == "booked"
        assert [one.reference for one in places.without_place(honcho(), today())] == [made.reference]
        assert slots_of(FRIDAY) == before

    def test_a_saturday_opens_with_new_slots_and_no_other_day_moves(self) -> None:
        friday = slots_of(SATURDAY - timedelta(days=1))
        assert not clocks(SATURDAY)
        confirmed(from_monday(d5="09:00-12:00"))
        assert (clocks(SATURDAY)[0], clocks(SATURDAY)[-1][:2]) == ("09:00", "11")
        assert slots_of(SATURDAY - timedelta(days=1)) == friday

    def test_inside_both_hours_a_capacity_that_was_set_by_hand_stays(self) -> None:
        friday = FRIDAY + timedelta(days=7)
        done(Change("capacity", friday, friday, queue="A", capacity=4))
        confirmed(from_monday(d4="08:30-18:00"))
        assert {capacity for queue, _, capacity, _ in slots_of(friday) if queue == "A"} >= {4}
        assert clocks(friday)[-1] >= "17:15"

    def test_days_that_are_published_later_get_the_new_hours(self) -> None:
        confirmed(from_monday(d5="09:00-12:00"))
        last = places.last_published(honcho())
        assert last is not None
        slots.publish(last + timedelta(days=1), last + timedelta(days=7))
        saturday = next(
            day for offset in range(1, 8) if (day := last + timedelta(days=offset)).weekday() == 5
        )
        assert slots_of(saturday)

    def test_a_closed_day_stays_closed(self) -> None:
        done(Change(CLOSE, SATURDAY, SATURDAY, "停電のため"))
        confirmed(from_monday(d5="09:00-12:00"))
        assert not clocks(SATURDAY)
        assert clocks(SATURDAY + timedelta(days=7))

    def test_going_back_sets_the_week_as_it_was_as_one_more_change(self) -> None:
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

    def test_nobody_changes_the_hours_of_today(self) -> None:
        with pytest.raises(Invalid):
            hours_changes.from_day(honcho(), today(), week(d5="09:00-12:00"), today())


class TestSpecialDays:
    def test_a_closed_day_that_is_taken_back_opens_again_with_its_bookings(self) -> None:
        before, made = slots_of(FRIDAY), booked(FRIDAY, "10:00")
        done(Change(CLOSE, FRIDAY, FRIDAY, "停電のため"))
        assert [one.reference for one in places.without_place(honcho(), today())] == [made.reference]
        (kept,) = setting_changes.history(setting_changes.DAYS, of="honcho")
        assert (kept.by, kept.before) == (AYA, {"2026-11-27": None})
        change = hours_changes.back(honcho(), kept, today())
        assert change is not None
        done(change)
        assert [one[:3] for one in slots_of(FRIDAY)] == [one[:3] for one in before]
        assert sum(one[3] for one in slots_of(FRIDAY)) == 1
        assert not places.without_place(honcho(), today())
        assert not offices.week_of(honcho()).exceptions

    def test_going_back_to_other_hours_of_a_day_brings_those(self) -> None:
        done(Change(HOURS, FRIDAY, FRIDAY, "訓練のため", time(9), time(12)))
        done(Change(CLOSE, FRIDAY, MONDAY, "停電のため"))
        (newest, _) = setting_changes.history(setting_changes.DAYS, of="honcho")
        change = hours_changes.back(honcho(), newest, today())
        assert change is not None
        done(change)
        (special,) = offices.week_of(honcho()).exceptions
        assert (special.day, special.reason) == (FRIDAY, "訓練のため")
        assert clocks(FRIDAY)[0] == "09:00"
        assert clocks(MONDAY)

    def test_what_is_over_is_not_taken_back(self, clock) -> None:
        done(Change(CLOSE, FRIDAY, FRIDAY, "停電のため"))
        (kept,) = setting_changes.history(setting_changes.DAYS, of="honcho")
        clock.tick(timedelta(days=7))
        assert hours_changes.back(honcho(), kept, today()) is None

    def test_a_change_that_waits_is_kept_whole(self) -> None:
        for change in (from_monday(d5="09:00-12:00"), hours_changes.usual_again(FRIDAY, MONDAY)):
            assert Change.from_data(change.as_data()) == change
