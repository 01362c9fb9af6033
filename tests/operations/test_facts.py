"""Facts are what the tickets say, however often they are made; any span of them gives the measures of its tickets."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.core.db import session
from models.core.space import Space
from models.core.transaction import act
from models.operations import facts, visit_log
from models.queries import facts as read
from models.queries import measures
from models.queries.offices import OfficeView, office
from models.rules.histograms import bucket_of, edges_of
from models.tables import DailyFact, FactDay, PeriodFact, Ticket
from models.tables.fact import EVERY
from tests.conftest import BOTH, SQLITE, Template, copied, inside, written
from tests.past_visits import MONDAY, past

pytestmark = SQLITE
COUNTS = ("visits", "served", "booked", "prefilled", "abandoned", "no_shows", "wait_max")
MEANS = (
    "wait_mean",
    "handling_mean",
    "called_minus_booked_mean",
    "no_show_rate",
    "booking_rate",
    "prefill_rate",
)
FIRST = date(2026, 9, 28)


def honcho() -> OfficeView:
    return office("honcho")


def clock(minutes: float) -> str:
    return f"{int(minutes) // 60}:{int(minutes) % 60:02}"


def visits(draw: random.Random) -> list[str]:
    """Twenty visits of a day: some booked, some gone, some that never came."""
    found = []
    for _ in range(20):
        came = draw.randint(9 * 60, 15 * 60)
        called = came + draw.randint(0, 90)
        booked = clock(came + draw.randint(-5, 15)) if draw.random() < 0.4 else ""
        found.append(
            f"{clock(came)} {clock(called)} {clock(called + 1)} {clock(called + 12)} {booked}".strip()
        )
    return [*found, "- - - - 10:00"]


def weeks() -> None:
    """Six weeks of visits: a whole month, and parts of the one before it and the one after it."""
    draw = random.Random(7)
    for at in range(6):
        for weekday in range(5):
            day = FIRST + timedelta(weeks=at, days=weekday)
            past(day, *visits(draw), queue="AB"[weekday % 2], procedure=("JUM-01", "IDO-01")[weekday % 2])
            past(day, "11:00 11:07 11:08 11:30", queue="B", procedure="IDO-01", counter="3", prefilled=True)


@pytest.fixture(scope="module")
def with_facts(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A city with these weeks and their facts."""
    with written(sqlite_template, tmp_path_factory.mktemp("weeks") / "instance") as made:
        weeks()
        assert facts.make_all()["days"] > 50
    return made


@pytest.fixture
def added_up(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenDateTimeFactory
) -> Iterator[None]:
    """Inside a copy of it; in PostgreSQL it is made anew."""
    if engine == "postgresql":
        request.getfixturevalue("city")
        weeks()
        facts.make_all()
        yield
        return
    template = request.getfixturevalue("with_facts")
    with copied(template, tmp_path / "instance", request) as settings, inside(settings):
        yield


def close(found: float | None, exact: float | None) -> bool:
    """Whether a percentile lies within a bucket of the exact one."""
    if found is None or exact is None:
        return found is exact
    low, high = edges_of(bucket_of(exact))
    return low - 0.6 - 0.1 * abs(low) <= found <= high + 0.6 + 0.1 * abs(high)


def same(by: tuple[str, ...], first: date, last: date) -> bool:
    exact = measures.stats(honcho(), first, last, by)
    found = [one.measures for one in read.lines([honcho()], first, last, by)]
    assert [one.keys for one in found] == [one.keys for one in exact]
    for mine, its in zip(found, exact, strict=True):
        assert [getattr(mine, name) for name in COUNTS] == [getattr(its, name) for name in COUNTS], by
        for name in MEANS:
            assert getattr(mine, name) == pytest.approx(getattr(its, name)), (by, name)
        for name in ("wait_p50", "wait_p90", "handling_p50", "handling_p90"):
            assert close(getattr(mine, name), getattr(its, name)), (by, name)
    return bool(exact)


SPANS = [
    (FIRST, MONDAY),
    (date(2026, 10, 1), date(2026, 10, 31)),
    (date(2026, 9, 30), date(2026, 11, 2)),
    (date(2025, 12, 20), date(2026, 12, 31)),
    (date(2026, 10, 7), date(2026, 10, 7)),
]
CUTS: list[tuple[str, ...]] = [
    (), ("weekday",), ("queue",), ("procedure",), ("counter",), ("source",), ("hour",), ("month",), ("day",),
    ("prefilled",), ("weekday", "half_hour"),
]  # fmt: skip


@BOTH
def test_any_span_of_facts_gives_the_measures_of_its_tickets(added_up: None) -> None:
    assert all(same(by, first, last) for first, last in SPANS for by in CUTS)


def test_of_one_queue_facts_give_the_measures_of_its_tickets(added_up: None) -> None:
    (found,) = read.lines([honcho()], FIRST, MONDAY, queue="B")
    exact = measures.handled(honcho(), FIRST, MONDAY, "B")
    assert found.measures.visits == sum(ticket.came for ticket in exact)
    by_hour = read.lines([honcho()], FIRST, MONDAY, ("hour",), queue="B")
    assert sum(one.measures.visits for one in by_hour) == found.measures.visits
    with pytest.raises(ValueError, match="procedure"):
        read.lines([honcho()], FIRST, MONDAY, ("procedure",), queue="B")


def everything() -> list[Any]:
    session().rollback()
    found = []
    for table in (DailyFact, PeriodFact):
        columns = [one for one in table.__table__.columns]  # noqa: C416
        found += [tuple(row) for row in session().execute(select(*columns).order_by(*columns[:6]))]
    return found


def test_making_facts_again_changes_nothing(added_up: None) -> None:
    before = everything()
    assert len(before) > 100
    assert facts.make_all()["days"] == facts.AGAIN_DAYS
    assert everything() == before


def test_a_day_whose_log_comes_late_is_made_again_and_no_other(added_up: None) -> None:
    line = "ticket_id,queue,procedure,arrived_at,booked_for,called_at,finished_at,counter\n"
    line += "X1,A,JUM-01,2026-10-15T09:00:00+09:00,,2026-10-15T09:05:00+09:00,2026-10-15T09:15:00+09:00,1\n"
    assert visit_log.import_log(honcho(), line, "test").imported == 1
    session().rollback()
    marked = session().scalars(select(FactDay.day).where(FactDay.made_at.is_(None))).all()
    assert marked == [date(2026, 10, 15)]
    session().rollback()
    assert facts.make_all()["days"] == facts.AGAIN_DAYS + 1
    assert same(("source",), date(2026, 10, 1), date(2026, 10, 31))


def test_today_is_not_made_and_its_tickets_wait_for_the_night(city: Space) -> None:
    past(date(2026, 11, 24), "9:00 9:05 9:06 9:10")
    facts.make_all()
    assert session().scalar(select(func.count()).select_from(DailyFact)) == 0
    assert session().scalar(select(func.count()).select_from(Ticket)) == 1


def test_cuts_that_facts_do_not_hold_are_refused(city: Space) -> None:
    with pytest.raises(ValueError, match="language"):
        read.lines([honcho()], FIRST, MONDAY, ("language",))
    with pytest.raises(ValueError, match="queue, counter"):
        read.lines([honcho()], FIRST, MONDAY, ("queue", "counter"))


@act
def _forget_wholes(db: Session) -> None:
    db.execute(delete(PeriodFact).where(PeriodFact.weekday == EVERY))


def test_months_that_were_added_up_by_weekday_only_get_their_whole(added_up: None) -> None:
    before = everything()
    _forget_wholes()
    facts.make_all()
    assert everything() == before
