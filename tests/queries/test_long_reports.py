"""A look at years shows what the tickets say, exact to a bucket, and does not read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory

from models.core.db import session
from models.core.errors import Invalid
from models.operations import facts
from models.operations.baselines import Typed, freeze
from models.queries import long_reports, measures, reports
from models.queries.offices import OfficeView, office
from tests.conftest import Template, copied, inside, written
from tests.past_visits import MONDAY, past

FIRST, LAST = MONDAY - timedelta(weeks=15), MONDAY + timedelta(6)


def honcho() -> OfficeView:
    return office("honcho")


def months() -> None:
    for week in range(0, 15, 3):
        day = MONDAY - timedelta(weeks=week)
        past(day, *[f"9:00 9:{10 + week % 5:02} 9:20 9:35"] * 10, "9:30 9:40 9:41 9:50 9:45", "- - - - 10:00")
        past(day, *["10:00 10:30 10:31 10:40"] * 5, queue="B", procedure="IDO-01", prefilled=True)
    freeze(Typed("JUM-01", 34, 40, "測定"), "test")


@dataclass(frozen=True)
class Months:
    """A city with these months and their facts, and what its reports said before there were facts."""

    city: Template
    exact: dict[str, reports.Report]


@pytest.fixture(scope="module")
def of_months(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Months:
    """Made once for all who only read."""
    with written(sqlite_template, tmp_path_factory.mktemp("months") / "instance") as city:
        months()
        assert not long_reports.is_long(honcho(), FIRST, LAST)
        exact = {by: reports.report(honcho(), FIRST, LAST, by) for by in reports.CUTS}
        facts.make_all()
        session().rollback()
    return Months(city, exact)


@pytest.fixture
def read(
    of_months: Months, tmp_path: Path, request: pytest.FixtureRequest, clock: FrozenDateTimeFactory
) -> Iterator[None]:
    """Inside a copy of it."""
    with copied(of_months.city, tmp_path / "instance", request) as settings, inside(settings):
        yield


@pytest.mark.usefixtures("read")
def test_a_long_span_says_the_same_as_its_tickets_which_are_read_until_facts_are_there(
    of_months: Months,
) -> None:
    assert long_reports.is_long(honcho(), FIRST, LAST)
    assert not long_reports.is_long(honcho(), LAST - timedelta(50), LAST)
    for by, slow in of_months.exact.items():
        quick = reports.report(honcho(), FIRST, LAST, by)
        assert (slow.of_facts, quick.of_facts) == (False, True)
        assert [(one.keys, one.visits, one.served) for one in quick.lines] == [
            (one.keys, one.visits, one.served) for one in slow.lines
        ]
        for mine, its in zip((quick.total, *quick.lines), (slow.total, *slow.lines), strict=True):
            assert mine.wait_mean == pytest.approx(its.wait_mean)
            assert mine.handling_mean == pytest.approx(its.handling_mean)
            assert mine.called_minus_booked_mean == its.called_minus_booked_mean
        assert quick.within_target == pytest.approx(slow.within_target)
        assert (quick.target, quick.target_queue) == (slow.target, slow.target_queue)
        assert [day for day, _ in quick.heat.rows] == [day for day, _ in slow.heat.rows]
        assert quick.savings.hours == pytest.approx(slow.savings.hours)
        assert quick.staffing is not None


@pytest.mark.usefixtures("read")
def test_five_years_are_answered_and_more_than_ten_refused() -> None:
    found = reports.report(honcho(), date(2021, 11, 1), LAST)
    assert (found.total.visits, found.total.no_shows, found.before) == (5 * 16, 5, None)
    with pytest.raises(Invalid):
        reports.report(honcho(), date(2001, 1, 1), LAST)
    assert reports.report(honcho(), date(1, 1, 1), date(5, 1, 1)).total.visits == 0


@pytest.mark.usefixtures("read")
def test_of_one_queue_only_the_cuts_that_facts_hold_are_offered() -> None:
    assert long_reports.cuts_of(honcho(), FIRST, LAST, "A", reports.CUTS) == ("weekday", "hour")
    assert long_reports.cuts_of(honcho(), FIRST, LAST, None, reports.CUTS) == reports.CUTS
    assert reports.report(honcho(), FIRST, LAST, "hour", "B").total.visits == 25
    with pytest.raises(Invalid):
        reports.report(honcho(), FIRST, LAST, "procedure", "B")


@pytest.mark.usefixtures("read")
def test_stats_go_on_beyond_the_days_of_which_tickets_are_read() -> None:
    begins = LAST - timedelta(measures.LONGEST_SPAN_DAYS)
    (found,) = long_reports.stats(honcho(), begins, LAST, ())
    assert found.visits == 5 * 16
    assert [one.keys for one in long_reports.stats(honcho(), begins, LAST, ("prefilled",))] == [
        {"prefilled": False},
        {"prefilled": True},
    ]
    with pytest.raises(Invalid):
        long_reports.stats(honcho(), begins, LAST, ("queue", "counter"))
