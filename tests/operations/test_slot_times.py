"""A queue's own times by weekday: staggered, kept for days that are published later, and nobody booked is dropped."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.operations import channels, jobs, slot_changes
from models.operations.booking import SlotTaken, book
from models.operations.slot_changes import SecondPerson
from models.queries import availability, bookings, catalogue, slots
from models.rules.slot_changes import HOURS, TIMES, Change
from models.tables import Message, Slot
from tests.operations.test_booking import asked, free, honcho
from tests.operations.test_slot_changes import AYA, FRIDAY, MAIL, MIKI, booked_on, done, on_friday, seen

pytestmark = pytest.mark.usefixtures("city")
ONE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
LONG = ("IDO-01", "KOK-01", "KOD-01")
"""A visit that takes several slots."""


def of_queue(queue: str, day: date) -> dict[str, int]:
    """The places of a queue on a day by office-local clock."""
    chosen = select(Slot).where(Slot.office_id == honcho().id, Slot.day == day, Slot.queue == queue)
    rows = session().scalars(chosen.order_by(Slot.starts_at).execution_options(populate_existing=True))
    return {f"{row.starts_at.astimezone(honcho().zone):%H:%M}": row.capacity for row in rows if row.capacity}


class TestTimesOfTheirOwn:
    MORNING = Change(
        TIMES, FRIDAY, FRIDAY, queue="A", times=((4, 510, 2), (4, 515, 1), (4, 525, 1), (4, 600, 1))
    )

    @ONE
    def test_slots_begin_at_these_times_alone_and_others_stay(self) -> None:
        before = of_queue("B", FRIDAY), of_queue("A", FRIDAY - timedelta(days=1))
        done(self.MORNING)
        assert of_queue("A", FRIDAY) == {"08:30": 2, "08:35": 1, "08:45": 1, "10:00": 1}
        assert (of_queue("B", FRIDAY), of_queue("A", FRIDAY - timedelta(days=1))) == before
        starts = free(on=FRIDAY)
        assert [f"{at.astimezone(honcho().zone):%H:%M}" for at in starts] == [
            "08:30",
            "08:35",
            "08:45",
            "10:00",
        ]

    @ONE
    def test_t7_nobody_who_has_booked_is_dropped_and_only_who_stands_on_a_closed_time_is_told(self) -> None:
        channels.open_channel("email", MAIL, "test")
        starts = free(on=FRIDAY)
        kept, closed = book(asked(starts[0])), book(asked(starts[-1]))
        found = done(self.MORNING)
        assert [one.reference for one in found.bookings] == [closed.reference]
        assert [one.reference for one in slots.without_place(honcho(), FRIDAY)] == [closed.reference]
        told = session().scalars(select(Message).where(Message.kind == "day_changed")).all()
        assert [one.values["number"] for one in told] == [closed.reference]
        for one in (kept, closed):
            assert bookings.by_token(one.token).state == "booked"
        assert sum(row.capacity for row in on_friday()) == 5, (
            "a booked place is one of those that are offered"
        )

    @ONE
    def test_a_booking_between_preview_and_change_is_no_other_world(self) -> None:
        digest = seen(self.MORNING).digest
        (made,) = booked_on(FRIDAY)
        slot_changes.change(honcho(), self.MORNING, digest, AYA)
        assert bookings.by_token(made.token).state == "booked"

    @ONE
    def test_a_place_takes_a_long_visit_however_long_it_is(self) -> None:
        need = availability.need_of(catalogue.current(), honcho(), LONG)
        assert need.slots > 1
        times = ((4, 510, 1), (4, 525, 1))
        done(Change(TIMES, FRIDAY, FRIDAY, queue=need.queue, times=times))
        starts = free(LONG, FRIDAY)
        assert len(starts) == 2
        made = bookings.by_token(book(asked(starts[0], LONG)).token)
        assert made.ends_at - made.starts_at == timedelta(minutes=need.slots * need.slot_minutes)
        assert free(LONG, FRIDAY) == starts[1:]
        with pytest.raises(SlotTaken):
            book(asked(starts[0], LONG))

    def test_lasting_times_are_published_on_and_given_up_again(self, clock: FrozenDateTimeFactory) -> None:
        lasting = Change(TIMES, FRIDAY, FRIDAY, queue="A", times=self.MORNING.times, lasting=True)
        number = slot_changes.propose(honcho(), lasting, seen(lasting).digest, AYA)
        slot_changes.confirm(number, seen(lasting).digest, MIKI)
        clock.tick(timedelta(days=9))
        later = slots.last_published(honcho())
        assert later is not None
        jobs.run("publish-slots", f"{honcho().day_of(now())}")
        fridays = [
            later + timedelta(days=n) for n in range(1, 10) if (later + timedelta(days=n)).weekday() == 4
        ]
        assert of_queue("A", fridays[0]) == {"08:30": 2, "08:35": 1, "08:45": 1, "10:00": 1}
        assert len(of_queue("A", fridays[0] - timedelta(days=1))) > 10, "other weekdays are as they were"
        done(Change(HOURS, fridays[0], fridays[0], "午前は休み", time(9), time(12)))
        assert of_queue("A", fridays[0]) == {"10:00": 1}, "times outside the hours of a day are not offered"
        away = Change(TIMES, FRIDAY, fridays[0], queue="A")
        slot_changes.confirm(
            slot_changes.propose(honcho(), away, seen(away).digest, AYA), seen(away).digest, MIKI
        )
        assert len(of_queue("A", FRIDAY + timedelta(days=7))) > 10

    @ONE
    def test_o9_many_lasting_or_crowded_times_need_two(self) -> None:
        lasting = Change(TIMES, FRIDAY, FRIDAY, queue="A", times=((4, 510, 1),), lasting=True)
        assert seen(lasting).reasons == ("lasting",)
        crowded = Change(TIMES, FRIDAY, FRIDAY, queue="A", times=((4, 510, 100),))
        assert "high" in seen(crowded).reasons
        for change in (lasting, crowded):
            with pytest.raises(SecondPerson):
                done(change)
