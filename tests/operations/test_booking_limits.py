"""One contact holds so many visits and no more, however it writes its address, and not after giving up too many."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.space import Space
from models.operations import booking_limits, purging
from models.operations.booking import Made, Request, book, cancel, move
from models.operations.booking_limits import Limit, TooSoon
from models.operations.places_policy import set_policy
from models.queries import availability, catalogue
from models.queries.bookings import Contact
from models.queries.offices import OfficeView, office
from models.tables import BookingPerson

pytestmark = pytest.mark.usefixtures("city")
ONE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
CODES = ("JUM-01",)


def decide(most_booked: int = 3, most_cancelled: int = 0, cancelled_minutes: int = 60) -> None:
    numbers = {
        "most_booked": most_booked, "most_cancelled": most_cancelled, "cancelled_minutes": cancelled_minutes,
    }  # fmt: skip
    for code in ("honcho", "higashi"):
        set_policy(office(code), numbers, "test")


def free(place: OfficeView, day: date | None = None) -> datetime:
    """The first free time, or that of a day."""
    need = availability.need_of(catalogue.current(), place, CODES)
    first, last = availability.horizon(place, now())
    return availability.free_times(place, need, day or first, day or last, now())[0].starts_at


def visit(email: str = "", phone: str = "", place: OfficeView | None = None) -> Made:
    """The next free time, for this contact."""
    where = place or office("honcho")
    return book(Request(where, CODES, free(where), Contact("マエニワ　アイコ", email, phone)))


def kept() -> int:
    return session().scalar(select(func.count()).select_from(BookingPerson)) or 0


def test_b1_fifty_aliases_are_one_person() -> None:
    decide(most_booked=3)
    made = 0
    for number in range(50):
        name = ("a.iko", "AIKO", "ａｉｋｏ", "aiko")[number % 4]
        try:
            visit(f"{name}+{number}@example.jp", ("080-1234-5678", "+81 80 1234 5678")[number % 2])
        except Limit:
            continue
        made += 1
    assert made == 3
    visit("somebody@example.jp")


@ONE
def test_b1_either_address_counts_and_the_refusal_says_what_to_do() -> None:
    decide(most_booked=1)
    visit("aiko@example.jp", "080-1234-5678")
    for email, phone in (("other@example.jp", "08012345678"), ("a.iko+x@example.jp", "")):
        with pytest.raises(Limit) as refused:
            visit(email, phone)
        assert refused.value.kind == "limit"
        assert refused.value.extra == {"telephone": office("honcho").telephone}
        assert refused.value.message.values == {"most": 1}
    assert kept() == 2


@ONE
def test_b1_the_next_one_may_be_made_when_one_was_cancelled_or_is_over(clock: FrozenDateTimeFactory) -> None:
    decide(most_booked=1)
    cancel(visit("aiko@example.jp").token)
    moved = visit("aiko@example.jp")
    with pytest.raises(Limit):
        visit("aiko@example.jp")
    move(moved.token, free(office("honcho"), date(2026, 11, 26)))
    with pytest.raises(Limit):
        visit("aiko@example.jp")
    clock.tick(timedelta(days=3))
    visit("aiko@example.jp")


@ONE
def test_b1_each_office_counts_its_own_and_nobody_is_counted_without_an_address() -> None:
    decide(most_booked=1)
    visit("aiko@example.jp")
    visit("aiko@example.jp", place=office("higashi"))
    for _ in range(3):
        visit()


@ONE
def test_b4_who_gave_up_three_within_the_hour_waits_until_the_first_is_an_hour_old(
    clock: FrozenDateTimeFactory,
) -> None:
    decide(most_booked=0, most_cancelled=3, cancelled_minutes=60)
    for _ in range(3):
        cancel(visit("aiko@example.jp").token)
        clock.tick(timedelta(minutes=10))
    with pytest.raises(TooSoon) as refused:
        visit("A.IKO+2@example.jp")
    assert refused.value.message.values == {"minutes": 30}
    assert refused.value.retry_after == 30 * 60
    visit("somebody@example.jp")
    clock.tick(timedelta(minutes=29, seconds=59))
    with pytest.raises(TooSoon) as refused:
        visit("aiko@example.jp")
    assert refused.value.retry_after == 1
    clock.tick(timedelta(seconds=2))
    visit("aiko@example.jp")


@ONE
def test_whose_a_booking_is_cannot_be_read_and_goes_with_its_day(
    city: Space, clock: FrozenDateTimeFactory
) -> None:
    first, second = visit("aiko@example.jp", "080-1234-5678"), visit("b@example.jp")
    cancel(first.token)
    assert kept() == 3
    rows = session().scalars(select(BookingPerson.person_hash)).all()
    assert set(booking_limits.hashes(Contact("", "aiko@example.jp", "080-1234-5678"))) < set(rows)
    assert all(len(one) == 32 and b"aiko" not in one for one in rows)
    session().rollback()
    purging.purge(office("honcho").day_of(now()))
    assert kept() == 3, "who gave up a visit is known for a day"
    clock.tick(timedelta(days=1, minutes=1))
    move(second.token, free(office("honcho"), date(2026, 11, 27)))
    purging.purge(office("honcho").day_of(now()))
    assert kept() == 1
    clock.tick(timedelta(days=4))
    purging.purge(office("honcho").day_of(now()))
    assert kept() == 0
