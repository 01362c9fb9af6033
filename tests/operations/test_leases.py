"""Numbers for when the line is cut: leased before, handed over after, each once whatever is sent again (F14)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Unavailable
from models.core.tokens import new_token
from models.operations import arrivals, devices, hall, leases
from models.operations.leases import GivenOut
from models.queries import holder
from models.queries.offices import office
from models.tables import Ticket
from tests.conftest import BOTH, SQLITE
from tests.kiosk.browser_key import BrowserKey

pytestmark = SQLITE


@pytest.fixture
def place(city):
    return office("honcho")


def device(place) -> int:
    made = devices.enrol(devices.new_code("kiosk", place.code, "aya"), BrowserKey().open)
    devices.approve(made.number, "aya")
    return made.number


def numbers() -> list[str]:
    return list(session().scalars(select(Ticket.number).order_by(Ticket.number)))


@BOTH
def test_a_kiosk_has_five_numbers_of_each_line_and_no_two_kiosks_the_same(place):
    one, other = leases.stock(place, device(place)), leases.stock(place, device(place))
    assert one["A"] == ["A900", "A901", "A902", "A903", "A904"]
    assert other["A"] == ["A905", "A906", "A907", "A908", "A909"]
    assert "R" not in one
    assert set(one) == set(other)


def test_asking_again_gives_the_same_numbers_and_new_ones_when_they_run_out(place):
    kiosk = device(place)
    first = leases.stock(place, kiosk)["A"]
    assert leases.stock(place, kiosk)["A"] == first
    used = [GivenOut(number, new_token(), now()) for number in first[:3]]
    leases.synchronise(place, kiosk, used, "kiosk/1")
    assert leases.stock(place, kiosk)["A"] == [*first[3:], "A905", "A906", "A907", "A908", "A909"]


@BOTH
def test_f14_thirty_minutes_cut_and_sent_twice_nothing_is_doubled_and_nothing_lost(place, clock):
    kiosk = device(place)
    stock = leases.stock(place, kiosk)
    given = []
    for minute in range(0, 30, 6):
        letter = "AB"[minute // 6 % 2]
        given.append(GivenOut(stock[letter].pop(0), new_token(), now() + timedelta(minutes=minute)))
    clock.tick(timedelta(minutes=30))
    for _ in range(2):
        handed = leases.synchronise(place, kiosk, given, "kiosk/1")
        assert handed.settled == tuple(one.number for one in given)
        assert handed.refused == ()
    assert numbers() == sorted(one.number for one in given)
    for one in given:
        held = holder.held(holder.opened(one.token), now())
        assert held.ticket.number == one.number
        assert held.ticket.arrived_at == one.at


def test_f14_what_broke_off_half_way_is_finished_by_sending_all_of_it_again(place, monkeypatch):
    kiosk = device(place)
    given = [GivenOut(number, new_token(), now()) for number in leases.stock(place, kiosk)["A"]]
    took, calls = arrivals.issued, iter(range(9))

    def breaks(*args):
        if next(calls) == 2:
            raise Unavailable
        return took(*args)

    monkeypatch.setattr(arrivals, "issued", breaks)
    with pytest.raises(Unavailable):
        leases.synchronise(place, kiosk, given, "kiosk/1")
    assert len(numbers()) == 2
    assert leases.synchronise(place, kiosk, given, "kiosk/1").refused == ()
    assert numbers() == [one.number for one in given]


def test_a_number_of_another_kiosk_day_holder_or_of_nobody_is_refused(place, clock):
    mine, other = device(place), device(place)
    stock, others = leases.stock(place, mine)["A"], leases.stock(place, other)["A"]
    held = GivenOut(stock[0], new_token(), now())
    leases.synchronise(place, mine, [held], "kiosk/1")
    wrong = [
        GivenOut(others[0], new_token(), now()),
        GivenOut("A001", new_token(), now()),
        GivenOut("nix", new_token(), now()),
        GivenOut(stock[1], "short", now()),
        GivenOut(stock[1], new_token(), now() - timedelta(days=1)),
        GivenOut(stock[1], new_token(), now() - timedelta(hours=1)),
        GivenOut(stock[1], new_token(), now() + timedelta(hours=1)),
        GivenOut(stock[0], new_token(), now()),
        GivenOut(stock[1], held.token, now()),
    ]
    for one in wrong:
        assert leases.synchronise(place, mine, [one], "kiosk/1").refused == (one.number,), one
    assert numbers() == [held.number]


def test_what_was_given_out_is_taken_in_after_numbers_have_ended(place):
    kiosk = device(place)
    number = leases.stock(place, kiosk)["A"][0]
    hall.stop_issuing(place, "aya")
    assert leases.synchronise(place, kiosk, [GivenOut(number, new_token(), now())], "kiosk/1").refused == ()
    assert session().scalar(select(func.count()).select_from(Ticket)) == 1


def test_when_all_numbers_of_the_day_are_leased_a_kiosk_goes_on_with_what_it_has(place):
    for _ in range(20):
        leases.stock(place, device(place))
    assert leases.stock(place, device(place)) == {}
