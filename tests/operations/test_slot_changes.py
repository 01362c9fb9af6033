"""R5, T7, O9: slots change as previewed; who has booked stays and is listed; two people look where they must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Invalid, NotFound
from models.operations import channels, jobs, slot_changes
from models.operations.booking import Made, SlotTaken, book, cancel, move
from models.operations.slot_changes import OtherWorld, SecondPerson
from models.queries import availability, bookings, catalogue, offices, slots
from models.queries.slots import Preview
from models.rules.slot_changes import CAPACITY, CLOSE, HOURS, Change
from models.tables import AuditEntry, Message, Slot
from tests.operations.test_booking import asked, fill, free, honcho

FRIDAY = date(2026, 11, 27)
FAR = date(2027, 6, 1)
CLOSED = Change(CLOSE, FRIDAY, FRIDAY, "停電のため")
AYA, MIKI = "aya", "miki"
MAIL = {"url": "smtp://localhost:2525", "sender": "yoyaku@city.example.jp"}

pytestmark = pytest.mark.usefixtures("three_weeks")


def seen(change: Change) -> Preview:
    return slots.preview(honcho(), change, honcho().day_of(now()))


def done(change: Change, actor: str = AYA) -> Preview:
    return slot_changes.change(honcho(), change, seen(change).digest, actor)


def capacity_of(one: int) -> Change:
    return Change(CAPACITY, FRIDAY, FRIDAY, queue="A", capacity=one)


def booked_on(day: date, count: int = 1) -> list[Made]:
    return [book(asked(start)) for start in free(on=day)[:count]]


def on_friday() -> list[Slot]:
    chosen = select(Slot).where(Slot.office_id == honcho().id, Slot.day == FRIDAY, Slot.queue == "A")
    return list(session().scalars(chosen.order_by(Slot.starts_at)))


def days_with_places() -> set[date]:
    place = honcho()
    return {place.day_of(at) for at in free()}


class TestClosingADay:
    def test_t7_bookings_stay_and_are_listed_and_nobody_books_there_any_more(self) -> None:
        made = booked_on(FRIDAY, 2)
        references = [one.reference for one in made]
        before = seen(CLOSED)
        assert [one.reference for one in before.bookings] == references
        assert before.count("vanishes") == len(before.effects) > 100
        assert not before.reasons
        done(CLOSED)
        assert FRIDAY not in days_with_places()
        assert [one.reference for one in slots.without_place(honcho(), FRIDAY)] == references
        assert all(bookings.by_token(one.token).state == "booked" for one in made)
        assert offices.week_of(honcho()).why_closed(FRIDAY) == "停電のため"
        need = availability.need_of(catalogue.current(), honcho(), ("JUM-01",))
        (shown,) = availability.calendar(honcho(), need, FRIDAY, FRIDAY, now())
        assert (shown.state, shown.reason) == ("closed", "停電のため")

    def test_t7_whoever_left_an_address_is_told_once_and_nobody_else(self) -> None:
        channels.open_channel("email", MAIL, "test")
        (told,) = booked_on(FRIDAY)
        booked_on(FRIDAY + timedelta(days=3))
        done(CLOSED)
        (message,) = session().scalars(select(Message).where(Message.kind == "day_changed"))
        assert message.booking_id == bookings.by_token(told.token).id
        assert message.values["number"] == told.reference

    def test_t7_who_is_left_a_place_is_not_told(self) -> None:
        channels.open_channel("email", MAIL, "test")
        booked_on(FRIDAY)
        done(capacity_of(1))
        assert session().scalars(select(Message).where(Message.kind == "day_changed")).all() == []

    def test_a_place_that_is_given_up_on_a_closed_day_is_given_to_nobody(self) -> None:
        first, second = booked_on(FRIDAY, 2)
        start = bookings.by_token(first.token).starts_at
        done(CLOSED)
        cancel(first.token)
        with pytest.raises(Invalid):
            book(asked(start))
        move(second.token, free(on=FRIDAY + timedelta(days=3))[0])
        assert slots.without_place(honcho(), FRIDAY) == ()
        assert FRIDAY not in days_with_places()

    def test_it_stays_closed_when_slots_are_published_again(self, clock: FrozenDateTimeFactory) -> None:
        done(CLOSED)
        clock.tick(timedelta(days=1))
        jobs.run("publish-slots", "2026-11-25")
        assert FRIDAY not in days_with_places()

    def test_a_closed_day_is_opened_again_with_other_hours(self) -> None:
        (made,) = booked_on(FRIDAY)
        whole = len(on_friday())
        done(CLOSED)
        done(Change(HOURS, FRIDAY, FRIDAY, "午前のみ", time(8, 30), time(12)))
        opened = [row for row in on_friday() if row.capacity]
        assert 0 < len(opened) < whole
        assert slots.without_place(honcho(), FRIDAY) == ()
        assert bookings.by_token(made.token).state == "booked"

    def test_a_day_that_has_no_slots_yet_is_closed_for_later(self, clock: FrozenDateTimeFactory) -> None:
        later = date(2027, 2, 1)
        before = done(Change(CLOSE, later, later, "設備点検"))
        assert before.effects == ()
        clock.tick(timedelta(days=40))
        jobs.run("publish-slots", "2027-01-03")
        assert date(2027, 2, 2) in days_with_places()
        assert later not in days_with_places()

    def test_a_holiday_can_be_opened(self) -> None:
        sunday = date(2026, 11, 29)
        assert sunday not in days_with_places()
        opened = done(Change(HOURS, sunday, sunday, "休日開庁", time(9), time(12)))
        assert opened.count("appears") == len(opened.effects) > 0
        assert sunday in days_with_places()


class TestCapacity:
    def test_r5_below_what_is_taken_everybody_stays_and_nobody_new_comes_until_it_falls(self) -> None:
        done(capacity_of(4))
        start = free(on=FRIDAY)[0]
        made = fill(start)
        assert len(made) == 4
        done(capacity_of(1))
        (row,) = [row for row in on_friday() if row.starts_at == start]
        assert (row.capacity, row.taken, row.kept) == (1, 4, 3)
        assert len(slots.without_place(honcho(), FRIDAY)) == len(made)
        for one in made[:-1]:
            cancel(one.token)
            with pytest.raises(SlotTaken):
                book(asked(start))
        assert slots.without_place(honcho(), FRIDAY) == ()
        cancel(made[-1].token)
        book(asked(start))

    def test_it_grows_for_one_queue_alone(self) -> None:
        before = {(row.queue, row.starts_at): row.capacity for row in session().scalars(select(Slot))}
        found = done(capacity_of(4))
        assert found.effects
        session().expire_all()
        for row in session().scalars(select(Slot)):
            mine = row.queue == "A" and row.day == FRIDAY and row.office_id == honcho().id
            assert (
                row.capacity == (4 if mine else before[row.queue, row.starts_at])
                or row.office_id != honcho().id
            )

    def test_a_booking_between_preview_and_change_is_kept(self) -> None:
        digest = seen(capacity_of(0)).digest
        (made,) = booked_on(FRIDAY)
        found = slot_changes.change(honcho(), capacity_of(0), digest, AYA)
        assert [one.reference for one in found.bookings] == [made.reference]

    def test_what_was_previewed_in_another_world_is_refused(self) -> None:
        digest = seen(capacity_of(4)).digest
        done(capacity_of(2))
        with pytest.raises(OtherWorld):
            slot_changes.change(honcho(), capacity_of(4), digest, AYA)


class TestTwoPersons:
    WRONG_WEEK = Change(CAPACITY, date(2026, 12, 6), date(2026, 12, 12), queue="A", capacity=1000)

    def test_o9_a_capacity_of_1000_is_not_done_by_one_person(self) -> None:
        digest = seen(self.WRONG_WEEK).digest
        with pytest.raises(SecondPerson):
            slot_changes.change(honcho(), self.WRONG_WEEK, digest, AYA)
        assert max(session().scalars(select(Slot.capacity))) < 1000

    def test_o9_who_proposed_it_cannot_confirm_it_and_another_can(self) -> None:
        digest = seen(self.WRONG_WEEK).digest
        number = slot_changes.propose(honcho(), self.WRONG_WEEK, digest, AYA)
        (waiting,) = slots.proposals()
        assert (waiting.id, waiting.change, waiting.proposed_by, waiting.reasons) == (
            number, self.WRONG_WEEK, AYA, ("high",)
        )  # fmt: skip
        with pytest.raises(SecondPerson):
            slot_changes.confirm(number, digest, AYA)
        slot_changes.confirm(number, digest, MIKI)
        assert max(session().scalars(select(Slot.capacity))) == 1000
        assert slots.proposals() == ()
        with pytest.raises(NotFound):
            slot_changes.confirm(number, digest, MIKI)
        chosen = select(AuditEntry.actor, AuditEntry.action).where(AuditEntry.action.like("slots.%"))
        assert [tuple(row) for row in session().execute(chosen.order_by(AuditEntry.id))] == [
            (AYA, "slots.propose"), (MIKI, "slots.change"), (MIKI, "slots.confirm"),
        ]  # fmt: skip

    @pytest.mark.parametrize("who", [AYA, MIKI])
    def test_a_proposal_can_be_put_away_by_anybody(self, who: str) -> None:
        number = slot_changes.propose(honcho(), self.WRONG_WEEK, seen(self.WRONG_WEEK).digest, AYA)
        slot_changes.drop(number, who)
        with pytest.raises(NotFound):
            slot_changes.confirm(number, "", MIKI)

    def test_o9_a_proposal_whose_world_has_changed_is_refused(self) -> None:
        digest = seen(self.WRONG_WEEK).digest
        number = slot_changes.propose(honcho(), self.WRONG_WEEK, digest, AYA)
        done(Change(CLOSE, date(2026, 12, 8), date(2026, 12, 8), "台風"))
        for shown in (digest, seen(self.WRONG_WEEK).digest):
            with pytest.raises(OtherWorld):
                slot_changes.confirm(number, shown, MIKI)
        assert max(session().scalars(select(Slot.capacity))) < 1000

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (Change(CLOSE, FAR, FAR, "年度の休み"), "far"),
            (Change(CLOSE, date(2026, 11, 20), FRIDAY, "誤り"), "past"),
            (Change(CLOSE, FRIDAY, date(2026, 12, 11), "改修"), "many"),
        ],
    )
    def test_o9_far_past_and_many_need_two(self, change: Change, why: str) -> None:
        assert why in seen(change).reasons
        refused: Callable[[Change], Preview] = done
        with pytest.raises(SecondPerson):
            refused(change)
