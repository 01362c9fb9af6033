"""An office's logged days are played as they were, and a change changes only what is asked."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from models.rules.planning.day_changes import changed
from models.rules.planning.logged_days import logged_days
from models.rules.planning.own_day import Change, own_day
from models.rules.planning.placed_bookings import room
from models.rules.planning.played_days import compared
from models.rules.planning.staffing import Hours
from models.rules.statistics import HandledTicket

ZONE = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 11, 16)
HOURS = {weekday: (Hours(510, 1035),) for weekday in range(5)}
KNOWN = {"1": ("A",), "2": ("B",)}
MOST = 20_000


def at(day, minute):
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=ZONE).astimezone(UTC)
    return midnight + timedelta(seconds=round(minute * 60))


def ticket(day, came, called, takes, *, counter="1", queue="A", booked=None, prefilled=False):
    ended = None if called is None else at(day, called + takes)
    return HandledTicket(
        None if called is None else at(day, came), None if booked is None else at(day, booked),
        None if called is None else at(day, called), None if called is None else at(day, called), ended,
        queue, "JUM-01", counter, "walk_in" if booked is None else "booked", prefilled,
        "no_show" if called is None else "finished",
    )  # fmt: skip


def line(day, begins, count, every=6.0, takes=9.0, **more):
    """People in a line at one counter that calls them one after the other."""
    free, found = begins, []
    for came in (begins + every * place for place in range(count)):
        called = max(free, came)
        found.append((day, ticket(day, came, called, takes, **more)))
        free = called + takes + 1.0
    return found


def week():
    """Five days: a line at counter 1, another queue at counter 2, booked people, and one who did not come."""
    found = []
    for offset in range(5):
        day = MONDAY + timedelta(offset)
        found += line(day, 540, 20)
        found += line(day, 600, 10, every=20, takes=12, queue="B", counter="2")
        found += [(day, ticket(day, 895, 901, 9, booked=900, prefilled=True))]
        found += [(day, ticket(day, 990, None, 0, booked=990))] if offset < 2 else []
    return found


def own(recorded=None, queue=None):
    recorded = week() if recorded is None else recorded
    logged = logged_days(recorded, HOURS, ZONE, KNOWN)
    assert logged is not None
    return own_day(logged, [one for _, one in recorded], queue)


def waits(day, change):
    return compared(day, change, MOST).comparison


def test_the_days_are_as_measured():
    day = own()
    assert (day.days, day.visits, day.counters, day.opens, day.closes) == (5, 155, 2, 510, 1035)
    assert day.booked_share == pytest.approx(5 / 155)
    assert day.prefilled_share == pytest.approx(5 / 155)
    assert day.handling == pytest.approx(10)
    assert day.no_show == pytest.approx(0.07), "seven bookings are too few to tell"
    assert day.saved == pytest.approx(15 / 34), "and so are five pre-filled forms"
    assert own(queue="B").visits == 50
    assert own(queue="Z") is None


def test_the_days_as_they_were_wait_as_the_log_says():
    day = own()
    before = waits(day, Change()).before
    assert before.every.mean == pytest.approx(day.wait, rel=0.05)
    assert waits(own(queue="A"), Change()).before.every.mean == pytest.approx(own(queue="A").wait, rel=0.05)


def test_nothing_asked_changes_nothing():
    found = waits(own(), Change())
    assert found.before == found.after


def test_a_counter_that_lets_people_wait_was_away():
    lunch = [(MONDAY, ticket(MONDAY, 600, 600, 9))]
    lunch += [(MONDAY, ticket(MONDAY, 620 + place, 680 + 10 * place, 9)) for place in range(3)]
    logged = logged_days(lunch, HOURS, ZONE, KNOWN)
    assert logged is not None
    spans = [
        (on, off) for on, off in zip(logged.on[:, 0, 0], logged.off[:, 0, 0], strict=True) if np.isfinite(on)
    ]
    assert spans == [(510.0, 620.0), (680.0, np.inf)]
    day = own_day(logged, [one for _, one in lunch])
    assert waits(day, Change()).before.every.mean == pytest.approx(day.wait, abs=1.5)


def test_counters_help_other_queues_only_after_the_wait_that_the_log_shows():
    alone = line(MONDAY, 540, 30, every=4, takes=9, queue="B", counter="2")
    helped = [
        (MONDAY, ticket(MONDAY, 560 + place, 600 + 12 * place, 9, queue="B", counter="1"))
        for place in range(12)
    ]
    own_work = line(MONDAY, 800, 30)
    logged = logged_days(alone + helped + own_work, HOURS, ZONE, KNOWN)
    assert 35 < logged.help_after < 60
    assert logged_days(alone + own_work, HOURS, ZONE, KNOWN).help_after == np.inf


def test_one_counter_more_shortens_and_one_less_lengthens_the_waits():
    day = own()
    assert waits(day, Change(counters=3)).after.mean < waits(day, Change(counters=3)).before.mean / 2
    fewer = waits(day, Change(counters=1))
    assert fewer.after.mean > fewer.before.mean
    assert fewer.after.every.people == pytest.approx(fewer.before.every.people), (
        "nobody is left without a counter"
    )


def test_handling_changes_only_for_whom_it_is_asked():
    day = own()
    slower = waits(day, Change(handling=15.0))
    assert slower.after.handling == pytest.approx((150 * 15 + 5 * 9) / 155, rel=0.001)
    assert slower.after.mean > slower.before.mean
    everybody = waits(day, Change(prefilled=1.0, handling_prefilled=5.0))
    assert everybody.after.handling == pytest.approx(10 * 5 / 10, rel=0.15)


def test_bookings_come_at_their_times_on_the_grid_and_everybody_still_comes():
    day = own(queue="A")
    found = changed(day, Change(booked=0.5), copies=4)
    assert found.logged.is_booked[found.logged.of("A")].mean() == pytest.approx(0.5, abs=0.03)
    times = found.logged.booked_for[found.logged.is_booked]
    assert (times % 5 == 0).all()
    assert times.min() >= 510
    assert times.max() <= 1015
    assert set(found.places) == {"A"}
    assert {sum(of.values()) for of in found.places["A"].values()} <= {11, 12}, "a little more than come"
    assert not found.logged.is_booked[found.logged.of("B")].any(), "the other queue stays as it was"
    both = waits(day, Change(booked=0.5))
    assert both.after.every.people == pytest.approx(both.before.every.people)
    assert both.after.mean < both.before.mean / 2, "the rush of the morning is spread over the day"


def test_other_hours_keep_everybody():
    day = own()
    for hours in (Hours(600, 990), Hours(480, 1100), Hours(700, 760)):
        found = changed(day, Change(hours=hours))
        since = np.where(found.logged.is_booked, found.logged.booked_for, found.logged.arrives)
        inside = since[found.logged.here]
        assert len(inside) == day.visits
        assert inside.min() >= min(hours.opens, 540) if hours.opens <= 510 else inside.min() >= hours.opens
        assert inside.max() <= max(hours.closes, 0)
    assert waits(day, Change(hours=Hours(700, 760))).after.mean > 2 * day.wait


def test_a_log_without_anybody_served_has_no_days():
    assert logged_days([(MONDAY, ticket(MONDAY, 540, None, 0, booked=540))], HOURS, ZONE) is None
    assert logged_days([], HOURS, ZONE) is None


def test_bookings_find_what_others_leave_and_are_not_counted_among_them():
    logged = own().logged
    rows, at = range(len(logged.days)), logged.queues.index("A")
    mine = logged.of("A")
    everybody, half, nobody = (
        room(logged, rows, at, placed, HOURS[0], 20)
        for placed in (mine, mine & (np.arange(mine.shape[1]) % 2 == 0), np.zeros_like(mine))
    )
    assert everybody.others == 0, "nobody else is served at that counter"
    assert 0 < half.others < nobody.others
    assert everybody.case.busy.sum() == 0
    assert nobody.others == pytest.approx((logged.handling + logged.takes)[mine].sum() / len(logged.days))
    assert everybody.load(21) == pytest.approx(nobody.load(0)), "the same work, booked or not"
