"""Booking, moving and cancelling: nothing oversold, nothing lost, nothing half-written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Gone, Invalid, NotFound
from models.core.tokens import new_token
from models.operations.booking import Made, Request, SlotTaken, book, cancel, move
from models.operations.idempotency import Key
from models.queries import availability, bookings, catalogue
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.tables import Booking, BookingSlot, Slot
from tests.conftest import BOTH, SQLITE

pytestmark = SQLITE

AIKO = Contact(name="マエニワ　アイコ", email="aiko@example.jp")


def honcho() -> OfficeView:
    return office("honcho")


def free(codes: tuple[str, ...] = ("JUM-01",), on: date | None = None) -> list[datetime]:
    """The times that one may book, or those of one day."""
    place = honcho()
    need = availability.need_of(catalogue.current(), place, codes)
    times = availability.free_times(place, need, *availability.horizon(place, now()), now())
    return [one.starts_at for one in times if on in (None, place.day_of(one.starts_at))]


def asked(starts_at: datetime, codes: tuple[str, ...] = ("JUM-01",)) -> Request:
    return Request(honcho(), codes, starts_at, AIKO)


def fill(starts_at: datetime, codes: tuple[str, ...] = ("JUM-01",)) -> list[Made]:
    made = []
    while True:
        try:
            made.append(book(asked(starts_at, codes)))
        except SlotTaken:
            return made


def places_taken() -> int:
    return session().scalar(select(func.sum(Slot.taken))) or 0


@pytest.mark.usefixtures("city")
class TestBooking:
    @BOTH
    def test_a_booking_takes_one_place_and_can_be_found_by_its_token_only(self) -> None:
        starts_at = free()[0]
        made = book(asked(starts_at))
        found = bookings.by_token(made.token)
        assert found.reference == made.reference
        assert found.starts_at == starts_at
        assert bookings.contact_of(found) == AIKO
        assert places_taken() == 1
        with pytest.raises(NotFound):
            bookings.by_token(new_token())

    @BOTH
    def test_a_full_time_is_refused_with_the_three_nearest_free_ones(self) -> None:
        starts_at = free()[0]
        fill(starts_at)
        before = places_taken()
        with pytest.raises(SlotTaken) as refused:
            book(asked(starts_at))
        assert places_taken() == before
        assert list(refused.value.alternatives) == free()[:3]

    @BOTH
    def test_several_procedures_take_adjoining_slots(self) -> None:
        codes = ("IDO-01", "KOK-01", "KOD-01")
        starts_at = free(codes)[0]
        made = book(asked(starts_at, codes))
        found = bookings.by_token(made.token)
        need = availability.need_of(catalogue.current(), honcho(), codes)
        assert need.slots > 1
        assert places_taken() == need.slots
        assert found.ends_at - found.starts_at == timedelta(minutes=need.slots * need.slot_minutes)

    @BOTH
    def test_the_same_key_books_once_and_another_request_under_it_is_refused(self) -> None:
        first, second = free()[:2]
        key = Key("book", "k1", "same")
        made = book(asked(first), key)
        assert book(asked(first), key) == made
        assert places_taken() == 1
        with pytest.raises(Invalid):
            book(asked(second), Key("book", "k1", "other"))

    def test_a_time_that_was_never_offered_is_refused(self) -> None:
        for starts_at in (free()[0] + timedelta(minutes=1), datetime(2020, 1, 6, 1, 0, tzinfo=UTC)):
            with pytest.raises(Invalid):
                book(asked(starts_at))
        assert places_taken() == 0

    def test_moving_to_a_full_time_keeps_the_old_one(self) -> None:
        first, second = free()[:2]
        made = book(asked(first))
        fill(second)
        before = places_taken()
        with pytest.raises(SlotTaken):
            move(made.token, second)
        assert bookings.by_token(made.token).starts_at == first
        assert places_taken() == before

    @BOTH
    def test_moving_frees_the_old_time_and_keeps_who_it_is(self) -> None:
        first, later = free()[0], free()[-1]
        made = book(asked(first))
        move(made.token, later)
        found = bookings.by_token(made.token)
        assert (found.starts_at, bookings.contact_of(found)) == (later, AIKO)
        assert places_taken() == 1
        assert first in free()

    def test_cancelling_frees_the_place_at_once_forgets_the_contact_and_may_be_said_twice(self) -> None:
        made = book(asked(free()[0]))
        cancel(made.token)
        cancel(made.token)
        assert places_taken() == 0
        assert session().scalar(select(Booking.contact)) is None
        with pytest.raises(Gone):
            move(made.token, free()[1])

    def test_the_counters_agree_with_the_rows(self) -> None:
        made = [book(asked(at)) for at in free()[:6]]
        cancel(made[0].token)
        move(made[1].token, free()[-1])
        held = select(BookingSlot.slot_id, func.count().label("n")).group_by(BookingSlot.slot_id).subquery()
        rows = (
            session().execute(select(Slot.taken, held.c.n).outerjoin(held, held.c.slot_id == Slot.id)).all()
        )
        assert all(taken == (count or 0) for taken, count in rows)
        assert sum(taken for taken, _ in rows) == 5
