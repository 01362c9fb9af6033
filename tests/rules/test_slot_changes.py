"""What a change does to published slots, and when a second person must agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.core.errors import Invalid
from models.rules.slot_changes import (
    CAPACITY,
    CLOSE,
    FAR,
    HIGH,
    HOURS,
    LASTING,
    MANY,
    MANY_SLOTS,
    PAST,
    TIMES,
    Change,
    Effect,
    Published,
    checked,
    difference,
    digest,
    effects,
    reasons,
    with_capacity,
    with_times,
)

DAY = date(2026, 12, 1)
TODAY = date(2026, 11, 24)


def slot(minute: int, capacity: int = 3, taken: int = 0, length: int = 30, queue: str = "A") -> Published:
    starts = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=minute)
    return Published(queue, DAY, starts, starts + timedelta(minutes=length), capacity, taken)


def met(found: tuple[Effect, ...]) -> list[tuple[str, int | None, int, int]]:
    return [(one.kind, one.before, one.after, one.above) for one in found]


CLOSED = Change(CLOSE, DAY, DAY, "臨時閉庁")
FIVE = Change(CAPACITY, DAY, DAY, queue="A", capacity=5)
MORNING = Change(HOURS, DAY, DAY, "午前のみ", time(8, 30), time(12))


def test_slots_appear_vanish_grow_and_shrink_and_what_stays_is_not_told() -> None:
    present = [slot(0), slot(30), slot(60, 5), slot(90)]
    wanted = [slot(0), slot(30, 4), slot(60, 2), slot(120)]
    assert met(effects(present, wanted)) == [
        ("grows", 3, 4, 0), ("shrinks", 5, 2, 0), ("vanishes", 3, 0, 0), ("appears", None, 3, 0),
    ]  # fmt: skip


def timed(present: list[Published], planned: list[Published]) -> list[tuple[int, int]]:
    """Minutes and places of what is wanted."""
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    wanted = with_times(present, planned)
    return sorted(((one.starts_at - midnight) // timedelta(minutes=1), one.capacity) for one in wanted)


class TestTimes:
    NEW = (slot(5, 2), slot(10, 1), slot(20, 1), slot(60, 1))

    def test_new_times_take_the_place_of_the_old_ones(self) -> None:
        present = [slot(0), slot(30), slot(60)]
        assert timed(present, list(self.NEW)) == [(5, 2), (10, 1), (20, 1), (60, 1)]
        found = difference(present, with_times(present, self.NEW))
        assert [one.kind for one in found] == [
            "vanishes",
            "appears",
            "appears",
            "appears",
            "vanishes",
            "shrinks",
        ]

    def test_who_has_booked_keeps_the_place_and_it_is_taken_from_the_nearest_new_ones(self) -> None:
        present = [slot(0, 3, 3), slot(30, 3), slot(60, 3, 2)]
        assert timed(present, list(self.NEW)) == [(0, 3), (5, 0), (10, 0), (20, 0), (60, 2)]
        found = difference(present, with_times(present, self.NEW))
        assert not any(one.above for one in found)

    def test_a_time_over_which_nothing_is_offered_any_more_is_closed_and_its_bookings_are_above(self) -> None:
        present = [slot(0, 3, 1), slot(120, 3, 2)]
        found = difference(present, with_times(present, self.NEW))
        assert [(one.kind, one.above) for one in found if one.above] == [("vanishes", 2)]

    def test_a_closed_day_stays_closed(self) -> None:
        assert with_times([slot(0, 0), slot(30, 0)], self.NEW) == ()

    def test_a_new_time_that_is_booked_itself_gives_no_place_away(self) -> None:
        present = [slot(0, 3, 1), slot(5, 2, 2)]
        assert timed(present, [slot(5, 2), slot(10, 2)]) == [(0, 1), (5, 2), (10, 1)]

    @pytest.mark.parametrize(
        "times", [((0, 511, 1),), ((7, 510, 1),), ((0, 510, 0),), ((0, 510, 1), (0, 510, 2)), ((0, 1440, 1),)]
    )
    def test_times_that_are_none_are_refused(self, times: tuple[tuple[int, int, int], ...]) -> None:
        with pytest.raises(Invalid):
            checked(Change(TIMES, DAY, DAY, queue="A", times=times), ["A"])
        with pytest.raises(Invalid):
            checked(Change(TIMES, DAY, DAY, queue="Z", times=((0, 510, 1),)), ["A"])

    def test_times_are_kept_and_read_again_and_lasting_ones_need_two(self) -> None:
        change = Change(TIMES, DAY, DAY, queue="A", times=((1, 510, 2), (1, 515, 1)), lasting=True)
        assert Change.from_data(change.as_data()) == checked(change, ["A"])
        assert "times" not in CLOSED.as_data(), "what was proposed before there were times is read as it was"
        assert reasons(change, (), TODAY, 1) == (LASTING,)
        assert reasons(replace(change, lasting=False, times=((1, 510, 9),)), (), TODAY, 1) == (HIGH,)


def test_a_slot_that_was_closed_appears_again() -> None:
    assert met(effects([slot(0, 0)], [slot(0)])) == [("appears", 0, 3, 0)]


def test_places_that_are_taken_stand_above_the_new_capacity() -> None:
    assert met(effects([slot(0, 5, 4), slot(30, 3, 2)], [slot(0, 1)])) == [
        ("shrinks", 5, 1, 3), ("vanishes", 3, 0, 2),
    ]  # fmt: skip


def test_bookings_of_old_slots_count_against_new_ones_that_lie_across_them() -> None:
    found = effects([slot(0, 3, 2), slot(30, 3, 3)], [slot(15), slot(45)])
    assert met(found) == [("vanishes", 3, 0, 2), ("vanishes", 3, 0, 3)]
    assert met(effects([slot(0, 3, 2)], [slot(15, 4)])) == [("vanishes", 3, 0, 2), ("appears", None, 2, 0)]
    assert met(effects([slot(0, 3, 2)], [slot(15, queue="B")])) == [
        ("vanishes", 3, 0, 2), ("appears", None, 3, 0),
    ]  # fmt: skip


def test_another_capacity_leaves_closed_slots_closed() -> None:
    present = [slot(0, 3), slot(30, 0)]
    assert met(effects(present, with_capacity(present, FIVE))) == [("grows", 3, 5, 0)]


@given(some.lists(some.tuples(some.integers(0, 9), some.integers(0, 9)), max_size=8), some.integers(0, 9))
def test_r5_no_place_that_is_taken_is_lost_and_none_is_new_above_the_capacity(
    slots: list[tuple[int, int]], capacity: int
) -> None:
    present = [slot(30 * index, max(has, taken), taken) for index, (has, taken) in enumerate(slots)]
    change = replace(FIVE, capacity=capacity)
    after = {one.starts_at: one for one in effects(present, with_capacity(present, change))}
    for old in present:
        new = after.get(old.starts_at)
        if new is not None:
            assert new.after == capacity
            assert new.after + new.above >= old.taken


class TestASecondPerson:
    def asked(self, change: Change, count: int = 1, usual: int = 3) -> tuple[str, ...]:
        return reasons(change, effects([slot(30 * one) for one in range(count)], []), TODAY, usual)

    def test_o9_an_everyday_change_needs_one_person(self) -> None:
        for change in (CLOSED, FIVE, MORNING):
            assert self.asked(change, 100) == ()

    def test_o9_many_slots_past_and_far_days_and_a_high_capacity_need_two(self) -> None:
        assert self.asked(CLOSED, MANY_SLOTS + 1) == (MANY,)
        assert self.asked(replace(CLOSED, first=TODAY - timedelta(days=1))) == (PAST,)
        assert self.asked(replace(CLOSED, last=TODAY + timedelta(days=181))) == (FAR,)
        assert self.asked(replace(FIVE, capacity=10)) == (HIGH,)
        assert self.asked(replace(FIVE, capacity=9)) == ()
        assert self.asked(FIVE, usual=1) == ()
        assert self.asked(replace(FIVE, capacity=6), usual=1) == (HIGH,)
        assert self.asked(replace(FIVE, capacity=1000, first=date(2026, 6, 12))) == (PAST, HIGH)


class TestTheDigest:
    def test_it_differs_where_the_change_or_a_slot_differs(self) -> None:
        found = effects([slot(0), slot(30)], [])
        other = effects([slot(0), slot(30, 4)], [])
        seen = {
            digest(CLOSED, found), digest(CLOSED, other), digest(CLOSED, found[:1]),
            digest(replace(CLOSED, reason="台風"), found), digest(MORNING, found),
        }  # fmt: skip
        assert len(seen) == 5

    def test_a_booking_that_came_meanwhile_is_no_difference(self) -> None:
        before, after = effects([slot(0)], []), effects([slot(0, taken=2)], [])
        assert digest(CLOSED, before) == digest(CLOSED, after)

    def test_what_was_kept_is_read_again(self) -> None:
        for change in (CLOSED, FIVE, MORNING):
            assert Change.from_data(change.as_data()) == change


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (replace(CLOSED, kind="tea"), "kind"),
        (replace(CLOSED, last=DAY - timedelta(days=1)), "last"),
        (replace(CLOSED, last=DAY + timedelta(days=366)), "last"),
        (replace(CLOSED, first=date.min, last=date.min), "last"),
        (replace(CLOSED, first=date.max, last=date.max), "last"),
        (replace(CLOSED, reason=" "), "reason"),
        (replace(CLOSED, reason="あ" * 101), "reason"),
        (replace(CLOSED, reason="a\x00"), "reason"),
        (replace(MORNING, opens=time(12)), "opens"),
        (replace(MORNING, closes=None), "opens"),
        (replace(FIVE, capacity=1001), "capacity"),
        (replace(FIVE, capacity=-1), "capacity"),
        (replace(FIVE, capacity=None), "capacity"),
        (replace(FIVE, queue="Z"), "capacity"),
    ],
)
def test_what_may_not_be_is_named(change: Change, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(change, ["A", "B"])
    assert field in [problem.field for problem in refused.value.problems]
