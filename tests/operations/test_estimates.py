"""What people were told is kept once, costs nobody a ticket, and goes when it is old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.core.errors import Invalid
from models.operations import arrivals, calling, estimates, jobs
from models.operations.idempotency import Key
from models.queries import estimates as told
from models.queries import line
from models.queries.offices import OfficeView, office
from models.rules.planning.wait_scores import Shown
from models.tables import Estimate
from tests.conftest import BOTH, SQLITE

AOKI = "aoki"
TODAY = date(2026, 11, 24)
pytestmark = [pytest.mark.usefixtures("city"), SQLITE]


def honcho() -> OfficeView:
    return office("honcho")


def number(key: str = "") -> arrivals.Issued:
    return arrivals.issue(honcho(), ["JUM-01"], AOKI, key=Key("issue", key, "same") if key else None)


def kept() -> list[Estimate]:
    return list(session().scalars(select(Estimate).order_by(Estimate.id)))


class TestWhatTheSlipSays:
    @BOTH
    def test_a_number_is_kept_with_what_its_holder_was_told(self) -> None:
        issued = number()
        (row,) = kept()
        assert (row.ticket_id, row.shown_on, row.day, row.at) == (issued.ticket_id, "slip", TODAY, now())
        shown = told.of_hall(honcho(), now()).tickets[issued.ticket_id]
        assert (row.p10, row.p50, row.p80, row.p90) == (shown.p10, shown.p50, shown.p80, shown.p90)

    def test_a_repeated_request_tells_nothing_twice(self) -> None:
        assert number("k1") == number("k1")
        assert len(kept()) == 1
        assert not estimates.note_issued(honcho(), kept()[0].ticket_id)

    def test_a_failing_estimate_costs_nobody_a_ticket(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(told, "of_hall", broken)
        issued = number()
        assert line.one(issued.ticket_id).state == "waiting"
        assert kept() == []

    def test_an_absurdly_long_line_is_not_noted_number_by_number(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(estimates, "LONGEST_LINE", 2)
        for _ in range(4):
            number()
        assert len(kept()) == 2


class TestWhatScreensShow:
    def test_everybody_who_waits_is_noted_but_not_more_often_than_boards_are_looked_at(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        for _ in range(3):
            number()
        assert jobs.look("note-estimates") == 3
        assert jobs.look("note-estimates") == 0
        clock.tick(timedelta(minutes=5))
        assert jobs.look("note-estimates") == 3
        assert [row.shown_on for row in kept()] == ["slip"] * 3 + ["screen"] * 6

    def test_nothing_is_noted_outside_office_hours(self, clock: FrozenDateTimeFactory) -> None:
        number()
        clock.move_to("2026-11-24T11:00:00+00:00")
        assert estimates.note_screens() == 0


class TestHoldingItAgainstTheTruth:
    def serve(self, clock: FrozenDateTimeFactory, after: int) -> None:
        clock.tick(timedelta(minutes=after))
        assert calling.call_next(honcho(), "1", AOKI) is not None
        calling.step(honcho(), "A001", "start", AOKI, "1")

    @BOTH
    def test_the_truth_is_the_first_call(self, clock: FrozenDateTimeFactory) -> None:
        number()
        number()
        self.serve(clock, 7)
        (found,) = told.shown(honcho(), TODAY, TODAY)
        assert found == Shown(TODAY, "A", "slip", 0.0, 0.0, 0.0, 0.0, 7.0)
        assert told.shown(honcho(), TODAY, TODAY, queue="B") == []
        assert told.last_shown(honcho()) == TODAY

    def test_what_was_shown_after_the_call_is_not_held_against_it(self, clock: FrozenDateTimeFactory) -> None:
        number()
        self.serve(clock, 1)
        calling.step(honcho(), "A001", "finish", AOKI, "1")
        clock.tick(timedelta(minutes=5))
        estimates.note_screens()
        assert len(told.shown(honcho(), TODAY, TODAY)) == 1

    def test_a_span_that_is_none_is_refused(self) -> None:
        with pytest.raises(Invalid):
            told.shown(honcho(), TODAY, TODAY - timedelta(days=1))


@pytest.mark.parametrize(("days", "left"), [(400, 1), (401, 0)])
@BOTH
def test_old_estimates_are_forgotten(days: int, left: int, clock: FrozenDateTimeFactory) -> None:
    number()
    forget: Callable[[str, str], object] = jobs.run
    assert forget("forget-estimates", (TODAY + timedelta(days=days)).isoformat()) == {"estimates": 1 - left}
    assert len(kept()) == left
