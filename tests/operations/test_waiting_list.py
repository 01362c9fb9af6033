"""キャンセル待ち: whoever waited longest is offered what was given up, holds it for a while, and nobody hoards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.db import session
from models.core.errors import Conflict, Gone, Invalid, NotFound
from models.core.settings import Settings
from models.core.space import Space
from models.core.tokens import new_token
from models.core.transaction import act
from models.operations import offers
from models.operations.booking import Made, Request, SlotTaken, book, cancel, move
from models.operations.waiting_list import Wish, accept, decline, join, leave
from models.queries import availability, bookings, catalogue
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.queries.waiting_list import by_token, crowds
from models.tables import BookingSlot, FreedPlace, OfferedSlot, OfficePolicy, Slot, WaitingEntry
from tests.conftest import BOTH, SQLITE
from tests.operations.sessions import at_once, two

pytestmark = [pytest.mark.usefixtures("city"), SQLITE]
DAY = date(2026, 11, 30)
CODES = ("JUM-01",)


def honcho() -> OfficeView:
    return office("honcho")


def somebody(number: int) -> Contact:
    return Contact("マエニワ　アイコ", f"aiko{number}@example.jp")


@act
def two_slots(db: Session) -> None:
    """One day with two slots of one place each, and no other place on it."""
    mine = (Slot.office_id == honcho().id, Slot.queue == "A", Slot.day == DAY)
    db.execute(update(Slot).where(*mine).values(capacity=0))
    chosen = db.scalars(select(Slot.id).where(*mine).order_by(Slot.starts_at).limit(2)).all()
    db.execute(update(Slot).where(Slot.id.in_(chosen)).values(capacity=1))


@act
def decide(db: Session, /, **own: object) -> None:
    """Let the office decide on its places."""
    db.merge(
        OfficePolicy(office_id=honcho().id, topic="places", own=own, changed_at=now(), changed_by="test")
    )


def free() -> list[availability.FreeTime]:
    need = availability.need_of(catalogue.current(), honcho(), CODES)
    return list(availability.free_times(honcho(), need, DAY, DAY, now()))


@pytest.fixture
def full(city: Space) -> list[Made]:
    """A day of which every place is booked: the two bookings."""
    two_slots()
    return [book(Request(honcho(), CODES, one.starts_at, somebody(90 + at))) for at, one in enumerate(free())]


def wait(number: int, first: date = DAY, last: date = DAY, codes: tuple[str, ...] = CODES) -> Made:
    return join(Wish(honcho(), codes, first, last, somebody(number)))


@contextmanager
def refused(words: str) -> Iterator[None]:
    """What is done is refused with these words."""
    with pytest.raises(Invalid) as found:
        yield
    assert words in str(found.value.problems[0].message)


def state(made: Made) -> str:
    session().rollback()
    return by_token(made.token).state


def adds_up() -> bool:
    """Whether every slot counts as taken what bookings, offers and freed places hold."""
    session().rollback()
    held = [
        select(func.count()).where(table.slot_id == Slot.id).scalar_subquery()
        for table in (BookingSlot, OfferedSlot, FreedPlace)
    ]
    return session().scalars(select(Slot.id).where(Slot.taken != held[0] + held[1] + held[2])).all() == []


@BOTH
def test_who_waited_longest_is_offered_what_was_given_up_and_nobody_else_gets_it(full: list[Made]) -> None:
    first, second = wait(1), wait(2)
    assert by_token(second.token).ahead == 1
    cancel(full[0].token)
    assert (state(first), state(second)) == ("offered", "waiting")
    assert free() == []
    starts_at = by_token(first.token).offered_for
    assert starts_at is not None
    with pytest.raises(SlotTaken):
        book(Request(honcho(), CODES, starts_at, somebody(3)))
    assert adds_up()


@BOTH
def test_an_offer_that_is_accepted_is_a_booking_of_the_held_time(full: list[Made]) -> None:
    entry = wait(1)
    cancel(full[0].token)
    made = accept(entry.token)
    booked = bookings.by_token(made.token)
    assert booked.live
    assert booked.day == DAY
    assert bookings.contact_of(booked) == somebody(1)
    assert state(entry) == "booked"
    assert by_token(entry.token).booking_id == booked.id
    assert session().scalar(select(WaitingEntry.contact)) is None
    assert adds_up()
    with pytest.raises(Gone):
        accept(entry.token)


def test_a_declined_offer_goes_to_the_next_at_once(full: list[Made]) -> None:
    first, second = wait(1), wait(2)
    cancel(full[0].token)
    decline(first.token)
    assert (state(first), state(second)) == ("waiting", "offered")
    assert by_token(first.token).ahead == 0
    leave(second.token)
    assert (state(first), state(second)) == ("offered", "left")
    assert adds_up()


@BOTH
def test_an_offer_lapses_to_the_next_and_a_second_lapse_ends_the_entry(
    full: list[Made], clock: FrozenDateTimeFactory
) -> None:
    first, second = wait(1), wait(2)
    cancel(full[0].token)
    clock.tick(timedelta(minutes=59))
    assert offers.look() == 0
    clock.tick(timedelta(minutes=2))
    with pytest.raises(Gone):
        accept(first.token)
    assert offers.look() == 1
    assert (state(first), state(second)) == ("waiting", "offered")
    clock.tick(timedelta(minutes=61))
    offers.look()
    assert (state(first), state(second)) == ("offered", "waiting")
    clock.tick(timedelta(minutes=61))
    offers.look()
    assert (state(first), state(second)) == ("expired", "offered")
    clock.tick(timedelta(minutes=61))
    offers.look()
    assert state(second) == "expired"
    assert len(free()) == 1
    assert adds_up()


def test_what_nobody_waits_for_is_free_at_once(full: list[Made]) -> None:
    cancel(full[0].token)
    assert len(free()) == 1
    assert session().scalar(select(func.count()).select_from(FreedPlace)) == 0


def test_a_moved_booking_leaves_its_place_to_the_line(full: list[Made]) -> None:
    entry = wait(1)
    need = availability.need_of(catalogue.current(), honcho(), CODES)
    later = availability.free_times(honcho(), need, DAY + timedelta(1), DAY + timedelta(1), now())
    move(full[1].token, later[0].starts_at)
    assert state(entry) == "offered"
    assert adds_up()


def test_at_night_an_offer_is_held_until_an_hour_after_eight(
    full: list[Made], clock: FrozenDateTimeFactory
) -> None:
    entry = wait(1)
    clock.move_to("2026-11-26T22:30:00+09:00")
    cancel(full[0].token)
    until = by_token(entry.token).offered_until
    assert until is not None
    assert until.astimezone(honcho().zone).strftime("%d %H:%M") == "27 09:00"


def test_places_that_open_later_are_offered_when_somebody_looks(full: list[Made]) -> None:
    entry = wait(1)

    @act
    def widen(db: Session) -> None:
        mine = (Slot.office_id == honcho().id, Slot.queue == "A", Slot.day == DAY, Slot.capacity == 1)
        db.execute(update(Slot).where(*mine).values(capacity=2))

    widen()
    assert offers.look() == 1
    assert state(entry) == "offered"
    assert offers.look() == 0
    assert adds_up()


def test_the_line_is_for_full_days_within_a_month_only(full: list[Made]) -> None:
    with refused("空いている時間"):
        wait(1, DAY, DAY + timedelta(1))
    with refused("31日以内"):
        wait(1, DAY, DAY + timedelta(40))
    with refused("予約できる日"):
        wait(1, date(2026, 11, 1), DAY)
    decide(waiting_list=False)
    with refused("受け付けていません"):
        wait(1)


def test_one_person_waits_once_for_the_same_however_the_address_is_written(full: list[Made]) -> None:
    wait(1)
    again = Contact("マエニワ　アイコ", "ＡＩＫＯ1@EXAMPLE.jp")
    with pytest.raises(Conflict, match="もう並んでいます"):
        join(Wish(honcho(), CODES, DAY, DAY, again))
    decide(most_waiting=1)
    with pytest.raises(Conflict, match="1件まで"):
        join(Wish(honcho(), ("JUM-02",), DAY, DAY, again))


@BOTH
def test_a_place_of_a_full_slot_opens_later_where_the_office_wants_it(
    full: list[Made], clock: FrozenDateTimeFactory
) -> None:
    decide(reopen_from_minutes=1, reopen_to_minutes=10)
    cancel(full[0].token)
    assert free() == []
    assert adds_up()
    assert offers.open_freed() == 0
    clock.tick(timedelta(minutes=10))
    assert offers.open_freed() == 1
    assert len(free()) == 1
    assert adds_up()


def test_who_waits_goes_before_a_place_that_opens_later(full: list[Made]) -> None:
    decide(reopen_from_minutes=1, reopen_to_minutes=10)
    entry = wait(1)
    cancel(full[0].token)
    assert state(entry) == "offered"
    assert session().scalar(select(func.count()).select_from(FreedPlace)) == 0


def test_who_joined_meanwhile_goes_before_a_place_that_opens(
    full: list[Made], clock: FrozenDateTimeFactory
) -> None:
    decide(reopen_from_minutes=1, reopen_to_minutes=10)
    cancel(full[0].token)
    entry = wait(1)
    clock.tick(timedelta(minutes=10))
    assert offers.open_freed() == 1
    assert state(entry) == "offered"
    assert free() == []
    assert adds_up()


@BOTH
def test_two_who_press_at_once_wait_once(full: list[Made], settings: Settings) -> None:
    session().rollback()
    wish = Wish(honcho(), CODES, DAY, DAY, somebody(1))
    with two(settings) as seats:
        found = at_once(seats, [partial(join, wish), partial(join, wish)])
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Made"]


def test_entries_end_with_their_last_day(full: list[Made], clock: FrozenDateTimeFactory) -> None:
    entry = wait(1)
    clock.move_to("2026-12-01T09:00:00+09:00")
    assert offers.look() == 1
    assert state(entry) == "expired"
    assert crowds(honcho()) == ()


def test_staff_see_how_many_wait_and_for_when(full: list[Made]) -> None:
    wait(1)
    (crowd,) = crowds(honcho())
    assert (crowd.queue, crowd.waiting, crowd.offered, crowd.first_day) == ("A", 1, 0, DAY)


def test_no_other_token_opens_an_entry(full: list[Made]) -> None:
    for act_of in (leave, decline, accept):
        with pytest.raises(NotFound):
            act_of(new_token())
    with pytest.raises(NotFound):
        by_token("x")
