"""Past visits of the demo city: seeded, in order, and with waits that follow from the line."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from models.catalogue.definitions import Catalogue
from models.catalogue.loader import load
from models.catalogue.municipality import MunicipalityPlan, load_demo_plan
from models.rules.demo_hall import Desk, Manners, Person, play
from models.rules.demo_visits import PastShift, PastVisit, generate
from models.rules.hall_policy import HallPolicy
from models.rules.statistics import Measures, summarise

TOKYO = ZoneInfo("Asia/Tokyo")
FIRST, LAST = date(2026, 9, 28), date(2026, 11, 22)
HOLIDAYS = {date(2026, 10, 12), date(2026, 11, 3)}
MANNERS = Manners(HallPolicy(), {"A": 15.0, "B": 15.0}, patience=40, leaving_rate=0.03)


def closed(office: str, day: date) -> bool:
    return day in HOLIDAYS


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def city(catalogue: Catalogue) -> MunicipalityPlan:
    return load_demo_plan(catalogue)


@pytest.fixture(scope="module")
def past(catalogue: Catalogue, city: MunicipalityPlan) -> list[PastVisit | PastShift]:
    return list(generate(catalogue, city, FIRST, LAST, closed, seed=7))


@pytest.fixture(scope="module")
def visits(past: list[PastVisit | PastShift]) -> list[PastVisit]:
    return [one for one in past if isinstance(one, PastVisit)]


@pytest.fixture(scope="module")
def shifts(past: list[PastVisit | PastShift]) -> list[PastShift]:
    return [one for one in past if isinstance(one, PastShift)]


def whole(visits: list[PastVisit]) -> Measures:
    return summarise([visit.ticket for visit in visits], [], TOKYO)[0]


def came(visits: list[PastVisit]) -> list[PastVisit]:
    return [visit for visit in visits if visit.ticket.arrived_at]


def person(queue: str, arrives: float, handling: float = 10, slot: float | None = None) -> Person:
    return Person(queue, "JUM-01", arrives, slot, False, handling)


def test_the_same_seed_gives_the_same_visits_and_another_seed_others(
    catalogue: Catalogue, city: MunicipalityPlan, past: list[PastVisit | PastShift]
) -> None:
    week = FIRST + timedelta(days=6)
    again = list(generate(catalogue, city, FIRST, LAST, closed, seed=7))
    assert again == past
    assert list(generate(catalogue, city, FIRST, week, closed, 8)) != list(
        generate(catalogue, city, FIRST, week, closed, 7)
    )


def test_about_two_hundred_and_fifty_people_come_a_day(visits: list[PastVisit]) -> None:
    days = Counter(visit.day for visit in came(visits) if visit.day.weekday() < 5)
    assert len(days) == 38
    assert 200 < sum(days.values()) / len(days) < 270


def test_nobody_comes_when_an_office_is_closed(visits: list[PastVisit]) -> None:
    assert not {visit.day for visit in visits} & HOLIDAYS
    assert {visit.day.weekday() for visit in visits if visit.office == "library"} == {1, 2, 3, 4, 5}
    assert {visit.day.weekday() for visit in visits if visit.office != "library"} == {0, 1, 2, 3, 4}


def test_monday_is_busier_than_wednesday_and_a_day_after_a_holiday_busier_than_others(
    visits: list[PastVisit],
) -> None:
    per_day = Counter(visit.day for visit in came(visits) if visit.office == "honcho")
    by_weekday = {
        weekday: [count for day, count in per_day.items() if day.weekday() == weekday] for weekday in range(5)
    }
    means = {weekday: sum(counts) / len(counts) for weekday, counts in by_weekday.items()}
    assert means[0] > means[2]
    assert per_day[date(2026, 10, 13)] > means[1]


def test_the_instants_of_every_visit_are_in_order(visits: list[PastVisit]) -> None:
    for visit in came(visits):
        ticket = visit.ticket
        instants = [ticket.arrived_at, ticket.called_at, ticket.started_at, ticket.finished_at]
        given = [instant for instant in instants if instant is not None]
        assert given == sorted(given)
        assert len(given) == (1 if ticket.outcome == "abandoned" else 4)


def test_a_counter_serves_one_person_at_a_time(visits: list[PastVisit]) -> None:
    spans: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    for visit in visits:
        ticket = visit.ticket
        if ticket.counter and ticket.called_at and ticket.finished_at:
            spans.setdefault((visit.office, ticket.counter), []).append(
                (ticket.called_at, ticket.finished_at)
            )
    for busy in spans.values():
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(sorted(busy)))


def test_people_arrive_within_the_opening_hours_and_late_ones_only_on_thursday(
    visits: list[PastVisit],
) -> None:
    for visit in came(visits):
        assert visit.ticket.arrived_at is not None
        at = visit.ticket.arrived_at.astimezone(TOKYO).time()
        closes = time(19) if visit.day.weekday() == 3 else time(17, 15)
        if visit.office == "honcho":
            assert time(8, 15) <= at <= closes


def test_numbers_restart_every_day_and_run_in_the_order_of_arrival(visits: list[PastVisit]) -> None:
    day = [visit for visit in came(visits) if visit.office == "honcho" and visit.day == FIRST]
    a_numbers = [visit.number for visit in day if visit.ticket.queue == "A"]
    assert a_numbers == [f"A{number:03}" for number in range(1, len(a_numbers) + 1)]
    assert len({visit.number for visit in day}) == len(day)


def test_booking_and_pre_filling_rise_over_the_span(visits: list[PastVisit]) -> None:
    fortnight = timedelta(days=14)
    early = whole([visit for visit in visits if visit.day < FIRST + fortnight])
    late = whole([visit for visit in visits if visit.day > LAST - fortnight])
    assert early.booking_rate is not None
    assert late.booking_rate is not None
    assert early.booking_rate < 0.14
    assert late.booking_rate > 0.16
    assert early.prefilled / early.visits < late.prefilled / late.visits


def test_some_bookings_never_come_and_have_nothing_but_their_time(visits: list[PastVisit]) -> None:
    absent = [visit for visit in visits if visit.ticket.outcome == "no_show"]
    rate = whole(visits).no_show_rate
    assert rate is not None
    assert 0.03 < rate < 0.1
    assert all(
        visit.ticket.booked_for and not visit.ticket.called_at and not visit.number for visit in absent
    )


def test_pre_filled_visits_are_handled_faster(visits: list[PastVisit]) -> None:
    lines = summarise(
        [visit.ticket for visit in visits if visit.ticket.procedure == "MNC-02"], ["prefilled"], TOKYO
    )
    plain, prefilled = (line.handling_mean for line in lines)
    assert plain is not None
    assert prefilled is not None
    assert prefilled < plain


def test_eleven_o_clock_waits_longer_than_the_opening(visits: list[PastVisit]) -> None:
    lines = {line.keys["hour"]: line for line in summarise([v.ticket for v in visits], ["hour"], TOKYO)}
    opening, eleven = lines[8].wait_mean, lines[11].wait_mean
    assert opening is not None
    assert eleven is not None
    assert opening < eleven


def test_who_comes_first_is_called_first() -> None:
    people = [person("A", minute) for minute in (600, 601, 602, 603)]
    play(people, [Desk("1", ("A",), ((540, 1020),))], MANNERS, Random(1))
    called = [one.called for one in people]
    assert called == sorted(called, key=lambda at: at or 0)
    assert called[1] is not None
    assert called[1] >= (people[0].finished or 0)


def test_a_booking_is_called_at_its_time_before_those_who_wait() -> None:
    walk_ins = [person("A", minute, 30) for minute in (600, 601, 602)]
    booked = person("A", 605, 10, slot=620)
    play([*walk_ins, booked], [Desk("1", ("A",), ((540, 1020),))], MANNERS, Random(1))
    assert walk_ins[0].called is not None
    assert walk_ins[1].called is not None
    assert booked.called is not None
    assert walk_ins[0].called < booked.called < walk_ins[1].called


def test_a_booking_that_is_very_late_takes_its_place_in_the_line() -> None:
    walk_in, late = person("A", 625), person("A", 640, slot=620)
    first = person("A", 600, 60)
    play([first, walk_in, late], [Desk("1", ("A",), ((540, 1020),))], MANNERS, Random(1))
    assert walk_in.called is not None
    assert late.called is not None
    assert walk_in.called < late.called


def test_a_counter_helps_the_queues_that_it_lists_and_no_others() -> None:
    people = [person("A", 600, 200), person("A", 601), person("B", 605), person("A", 606)]
    desks = [
        Desk("1", ("A",), ((540, 1020),)),
        Desk("2", ("B",), ((540, 1020),)),
        Desk("3", ("B", "A"), ((604, 1020),)),
    ]
    play(people, desks, MANNERS, Random(1))
    assert [one.counter for one in people] == ["1", "3", "2", "3"]


def test_a_run_of_bookings_lets_a_walk_in_through_who_has_waited_long() -> None:
    first, walk_in = person("A", 540, 60), person("A", 545)
    booked = [person("A", 590, 10, slot=590 + number) for number in range(4)]
    play([first, walk_in, *booked], [Desk("1", ("A",), ((540, 1020),))], MANNERS, Random(1))
    called = sorted([walk_in, *booked], key=lambda one: one.called or 0)
    assert called.index(walk_in) == HallPolicy().ahead_in_a_row


def test_nobody_is_called_at_a_counter_that_is_away() -> None:
    people = [person("A", 690 + minute, 3) for minute in range(0, 60, 5)]
    play(people, [Desk("1", ("A",), ((540, 700), (750, 1020)))], MANNERS, Random(1))
    assert not [one for one in people if one.called is not None and 702 < one.called < 750]


def test_lunch_begins_after_whoever_is_served_then_and_is_a_whole_one() -> None:
    people = [person("A", 680, 30), person("A", 700)]
    desk = Desk("1", ("A",), ((540, 1020),), lunch=(690, 750))
    play(people, [desk], MANNERS, Random(1))
    assert desk.away is not None
    assert desk.away[0] >= (people[0].finished or 0) > 690
    assert desk.away[1] - desk.away[0] == pytest.approx(60)
    assert (people[1].called or 0) >= desk.away[1]


def test_everybody_is_served_while_the_counter_is_on(
    visits: list[PastVisit], shifts: list[PastShift]
) -> None:
    on = {(one.office, one.day, one.counter): [] for one in shifts}
    for one in shifts:
        on[one.office, one.day, one.counter].append((one.opened_at, one.closed_at))
    for visit in visits:
        called, finished, counter = visit.ticket.called_at, visit.ticket.finished_at, visit.ticket.counter
        if called and finished and counter:
            spans = on[visit.office, visit.day, counter]
            assert [1 for opened, shut in spans if opened <= called and finished <= shut]


def test_counters_of_a_whole_day_close_for_an_hour_of_lunch(shifts: list[PastShift]) -> None:
    day = [one for one in shifts if one.office == "honcho" and one.day == FIRST]
    lunches = [one for one in day if one.ending == "lunch"]
    assert 4 <= len(lunches) <= 8
    for one in lunches:
        (back,) = (later for later in day if later.counter == one.counter and later.opened_at > one.opened_at)
        assert back.opened_at - one.closed_at >= timedelta(hours=1)
        assert time(11, 30) <= one.closed_at.astimezone(TOKYO).time() < time(14)
    assert not [one for one in shifts if one.office == "higashi" and one.ending == "lunch"]
