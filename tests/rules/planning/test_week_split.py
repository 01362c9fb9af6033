"""A week's hours split over its days say where counters go, and other hours say whom they touch."""

from __future__ import annotations

import pytest

from models.rules.planning.shorter_hours import Came, Week, cuts, waits
from models.rules.planning.staffing import Cell, Hours
from models.rules.planning.week_split import WeekDay, week_split
from models.rules.planning.weekday_split import TooFewHours
from tests.rules.planning.test_weekday_table import THU, TUE, denmark

MON, FRI = 0, 4


class TestSplit:
    def test_the_danish_week_comes_out_at_the_optimum(self) -> None:
        days = [WeekDay(row.weekday, row.visits, row.open_minutes) for row in denmark()]
        made = week_split(days, 8, 1174)
        assert [day.proposed for day in made.days] == [27, 44, 6, 48, 28, 26]
        assert round(made.wait, 1) == 2.9
        assert made.used <= 1174
        told = made.sentences[0]
        assert (told.values["counters"], told.values["weekday"].template) == (30, "木曜日")

    def test_a_week_that_is_split_wrongly_says_which_days_give_and_take(self) -> None:
        days = [WeekDay(MON, 60, 480, 6.0), WeekDay(TUE, 200, 480, 6.0)]
        made = week_split(days, 10, 96)
        assert made.wait < (made.wait_today or 0)
        assert [one.values.get("weekday") and one.values["weekday"].template for one in made.sentences] == [
            "火曜日", "月曜日", None,
        ]  # fmt: skip
        assert ["増やします" in one.template for one in made.sentences[:2]] == [True, False]
        assert ["減らせます" in one.template for one in made.sentences[:2]] == [False, True]

    def test_todays_wait_is_that_of_whole_counters_and_says_how_many_hours_they_take(self) -> None:
        days = [WeekDay(MON, 170, 480, 7.6), WeekDay(TUE, 170, 480, 7.6)]
        made = week_split(days, 15, 7.6 * 16)
        assert (made.used_today, made.used) == (128.0, 120.0)
        assert made.wait > (made.wait_today or 0), "fifteen counters are more than there are hours for"
        assert week_split([WeekDay(MON, 60, 480)], 10, 96).used_today is None

    def test_too_few_hours_say_how_many_are_needed(self) -> None:
        with pytest.raises(TooFewHours) as refused:
            week_split([WeekDay(THU, 100, 480)], 30, 20)
        assert refused.value.hours == 56


OPEN = {day: (Hours(510, 1035),) for day in range(5)}
SEEN = Week(dict.fromkeys(range(5), 2), OPEN, {Cell(0, 600): 2.0}, [10.0, 14.0])


class TestOtherHours:
    def test_only_who_came_in_the_cut_hours_is_touched(self) -> None:
        visits = [
            Came(MON, 505, "JUM-01", False), Came(MON, 535, "JUM-01", True), Came(MON, 540, "JUM-01", False),
            Came(MON, 989, "JUM-01", False), Came(MON, 990, "IDO-01", False), Came(FRI, 600, "IDO-01", False),
        ]  # fmt: skip
        wanted = {day: Hours(540, 990) for day in range(4)}
        found = [(one.weekday, one.procedure, one.visits, one.bookings) for one in cuts(visits, SEEN, wanted)]
        assert found == [(MON, "JUM-01", 1.0, 0.5), (MON, "IDO-01", 0.5, 0.0), (FRI, "IDO-01", 0.5, 0.0)]

    def test_hours_as_they_are_touch_nobody_and_change_no_wait(self) -> None:
        visits = [Came(MON, minute, "JUM-01", False) for minute in range(500, 1050, 3)]
        today = {day: spans[0] for day, spans in OPEN.items()}
        assert cuts(visits, SEEN, today) == []
        assert all(one.now == one.then for one in waits(visits, SEEN, today))

    def test_who_came_in_a_cut_hour_still_comes_and_waits(self) -> None:
        visits = [Came(MON, minute, "JUM-01", False) for minute in range(510, 540)]
        found = waits(visits, SEEN, {MON: Hours(540, 990)})
        assert found[0].now is not None
        assert found[0].then is not None
        assert found[0].then[0] > 10, "fifteen people come in the first hour"

    def test_shorter_hours_make_the_line_longer_and_a_closed_day_has_none(self) -> None:
        visits = [Came(day, minute, "JUM-01", False) for day in range(5) for minute in range(510, 1035, 6)]
        found = waits(visits, SEEN, {day: Hours(540, 990) for day in range(4)})
        assert found[MON].now is not None
        assert found[MON].then is not None
        assert found[MON].then[0] > found[MON].now[0]
        assert found[FRI].now is not None
        assert found[FRI].then is None
