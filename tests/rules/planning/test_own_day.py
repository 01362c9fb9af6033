"""The mean day of an office is what was measured, and a change changes only what is asked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.planning.own_day import Change, changed, own_day
from models.rules.planning.staffing import Cell, Hours
from models.rules.planning.what_if import Scene, compare, play
from models.rules.statistics import HandledTicket

ZONE = ZoneInfo("Asia/Tokyo")
HOURS = {0: (Hours(510, 1035),), 1: (Hours(510, 1035),)}
OPEN = {0: 2, 1: 2}
COUNTERS = {Cell(day, minute): 2.0 for day in (0, 1) for minute in range(540, 1020, 30)}


def ticket(minute, *, booked=False, prefilled=False, handling=20.0, came=True):
    at = datetime(2026, 11, 16, 9, 0, tzinfo=ZONE).astimezone(UTC) + timedelta(minutes=minute)
    called = at + timedelta(minutes=12)
    return HandledTicket(
        at - timedelta(minutes=6) if booked and came else at if came else None,
        at if booked else None,
        called if came else None,
        called if came else None,
        called + timedelta(minutes=handling) if came else None,
        "A",
        "JUM-01",
        "1" if came else None,
        "booked" if booked else "walk_in",
        prefilled,
        "finished" if came else "no_show",
    )


def tickets():
    line = [ticket(minute, handling=20 + minute % 7) for minute in range(0, 400, 8)]
    booked = [
        ticket(minute, booked=True, prefilled=True, handling=10 + minute % 3) for minute in range(0, 400, 16)
    ]
    return [*line, *booked, ticket(60, booked=True, came=False)]


def day():
    return own_day(tickets(), HOURS, OPEN, COUNTERS, ZONE)


def test_the_day_is_as_measured():
    found = day()
    assert found.days == 4
    assert found.visits == 75
    assert found.scene.visitors == pytest.approx(75 / 4)
    assert sum(found.scene.profile) == pytest.approx(75 / 4)
    assert found.booked_share == pytest.approx(25 / 75)
    assert found.prefilled_share == pytest.approx(25 / 75)
    assert found.scene.no_show == pytest.approx(1 / 26)
    assert found.scene.early == pytest.approx(6)
    assert found.handling == pytest.approx(23, abs=0.5)
    assert found.handling_prefilled == pytest.approx(11, abs=0.2)
    assert found.wait == pytest.approx(12)
    assert sum(found.scene.starts.values()) == pytest.approx(26 / 4, abs=1)
    assert max(found.scene.team) == 2
    assert play(found.scene, 60).handling == pytest.approx((50 * 23 + 25 * 11) / 75, rel=0.05)


def team(scene: Scene) -> Sequence[int]:
    assert scene.team is not None
    return scene.team


def test_nothing_asked_changes_nothing():
    assert changed(day(), Change()) == day().scene
    assert changed(day(), Change(hours=Hours(510, 1035))) == day().scene


def test_a_change_changes_what_is_asked():
    found = day()
    assert max(team(changed(found, Change(counters=4)))) == 4
    assert min(team(changed(found, Change(counters=1)))) == 1
    slower = compare(found.scene, changed(found, Change(handling=46.0)), 40)
    assert slower.after.handling == pytest.approx(slower.before.handling + 23 * 2 / 3, rel=0.06), (
        "the pre-filled take as long as before"
    )
    assert slower.after.mean > slower.before.mean
    everybody = compare(found.scene, changed(found, Change(prefilled=1.0)), 40)
    assert everybody.after.handling == pytest.approx(found.handling_prefilled, rel=0.05)
    more = changed(found, Change(booked=0.6))
    assert sum(more.starts.values()) == round(found.scene.visitors * 0.6 / (1 - found.scene.no_show))


def test_one_long_evening_does_not_make_every_day_long():
    long = {**HOURS, 3: (Hours(510, 1140),)}
    found = own_day(tickets(), long, {**OPEN, 3: 2}, COUNTERS, ZONE)
    assert found.closes == 1035
    counters = team(found.scene)
    assert counters[-1] == max(1, sorted(counters)[len(counters) // 2])


def test_other_hours_keep_everybody():
    found = day()
    for hours in (Hours(540, 990), Hours(480, 1200), Hours(700, 760)):
        scene = changed(found, Change(hours=hours))
        assert sum(scene.profile) == pytest.approx(sum(found.scene.profile))
        assert scene.closes == hours.closes - hours.opens
        assert len(team(scene)) == -(-(hours.closes - hours.opens) // 30)
    assert play(changed(found, Change(hours=Hours(700, 760))), 30).mean > play(found.scene, 30).mean


def test_an_office_without_handling_has_no_day_and_few_cases_take_the_usual_measures():
    assert own_day([ticket(0, booked=True, came=False)], HOURS, OPEN, COUNTERS, ZONE) is None
    assert own_day(tickets(), HOURS, {}, COUNTERS, ZONE) is None
    few = own_day([ticket(0), ticket(30, booked=True)], HOURS, OPEN, COUNTERS, ZONE)
    assert few.scene.no_show == pytest.approx(0.07)
    assert few.scene.early == 6.0
    assert few.handling_prefilled is None
    assert few.scene.saved == pytest.approx(15 / 34)
