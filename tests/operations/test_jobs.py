"""A job runs once a period, whoever asks; what was killed is done again; one scheduler at a time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select

from models.core.db import session
from models.core.errors import NotFound
from models.operations import jobs, slots
from models.queries.jobs import history
from models.tables import Slot
from tests.conftest import BOTH, SQLITE

pytestmark = SQLITE

TODAY = date(2026, 11, 24)


@pytest.mark.usefixtures("city")
class TestJobs:
    @BOTH
    def test_a_job_is_done_once_for_a_day(self) -> None:
        assert jobs.run("forget-keys", TODAY.isoformat()) == {"keys": 0}
        assert jobs.run("forget-keys", TODAY.isoformat()) is None
        assert jobs.run("forget-keys", "2026-11-25") == {"keys": 0}
        assert [(run.job, run.state) for run in history()] == [("forget-keys", "done")] * 2

    @BOTH
    def test_a_run_that_was_killed_is_taken_up_again_and_a_living_one_is_not(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        assert jobs.claim("publish-slots", TODAY.isoformat())
        assert not jobs.claim("publish-slots", TODAY.isoformat())
        clock.tick(jobs.STUCK + timedelta(seconds=1))
        assert jobs.claim("publish-slots", TODAY.isoformat())

    @pytest.mark.parametrize(
        ("job", "period"),
        [
            ("tea", "2026-11-24"),
            ("forget-keys", "2026-W48"),
            ("forget-keys", "2026-02-30"),
            ("forget-keys", ""),
        ],
    )
    def test_an_unknown_job_or_period_is_refused(self, job: str, period: str) -> None:
        for refused in (jobs.run, jobs.rehearse):
            with pytest.raises(NotFound):
                refused(job, period)
        assert history() == ()

    def test_what_failed_is_tried_again_after_longer_and_longer_breaks(
        self, clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_: str) -> dict[str, int]:
            raise ConnectionError("smtp.example.jp")

        monkeypatch.setattr(jobs, "JOBS", {"forget-keys": broken})
        for minutes in (5, 10, 20, 40, 80, 160, 240, 240):
            with pytest.raises(ConnectionError):
                jobs.run("forget-keys", TODAY.isoformat())
            clock.tick(timedelta(minutes=minutes, seconds=-1))
            assert jobs.run("forget-keys", TODAY.isoformat()) is None
            clock.tick(timedelta(seconds=1))
        (run,) = history(failed=True)
        assert (run.state, run.detail["tries"]) == ("failed", 8)
        assert run.problem.startswith("ConnectionError test_jobs.py:")
        monkeypatch.undo()
        assert jobs.run("forget-keys", TODAY.isoformat()) == {"keys": 0}
        assert history(failed=True) == ()

    @BOTH
    def test_f11_a_run_whose_scheduler_lost_its_lease_is_taken_up_at_once(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        jobs.beat("one")
        assert jobs.claim("publish-slots", TODAY.isoformat(), "one")
        clock.tick(jobs.LEASE - timedelta(seconds=1))
        assert not jobs.claim("publish-slots", TODAY.isoformat(), "two")
        clock.tick(timedelta(seconds=2))
        jobs.beat("two")
        assert jobs.claim("publish-slots", TODAY.isoformat(), "two")
        assert not jobs.claim("publish-slots", TODAY.isoformat(), "two")

    @pytest.mark.parametrize("fails", [False, True])
    def test_f11_whoever_slept_through_the_lease_notes_nothing_on_the_run_of_another(
        self, clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch, fails: bool
    ) -> None:
        day = TODAY.isoformat()

        def overslept(period: str) -> dict[str, int]:
            clock.tick(jobs.LEASE + timedelta(seconds=1))
            jobs.beat("two")
            assert jobs.claim("forget-keys", period, "two")
            if fails:
                raise ConnectionError
            return {"keys": 7}

        jobs.beat("one")
        monkeypatch.setattr(jobs, "JOBS", {"forget-keys": overslept})
        if fails:
            with pytest.raises(ConnectionError):
                jobs.run("forget-keys", day, "one")
        else:
            jobs.run("forget-keys", day, "one")
        (run,) = history(job="forget-keys")
        assert (run.state, run.detail["holder"]) == ("running", "two")
        assert jobs.close("forget-keys", day, {"keys": 0}, "two")
        assert not jobs.close("forget-keys", day, {"keys": 7}, "one")

    @BOTH
    def test_only_one_scheduler_holds_the_lease_until_it_goes_unseen(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        assert jobs.beat("one")
        assert not jobs.beat("two")
        clock.tick(jobs.LEASE + timedelta(seconds=1))
        assert jobs.beat("two")
        assert not jobs.beat("one")
        jobs.give_up("two")
        clock.tick(timedelta(seconds=1))
        assert jobs.beat("one")


@pytest.mark.usefixtures("city")
class TestPublishing:
    @BOTH
    def test_publishing_twice_adds_nothing_and_later_adds_the_new_last_days(
        self, clock: FrozenDateTimeFactory
    ) -> None:
        count = select(func.count()).select_from(Slot)
        before = session().scalar(count)
        assert slots.publish() == 0
        clock.tick(timedelta(days=2))
        made = slots.publish()
        assert made > 0
        assert session().scalar(count) == (before or 0) + made

    def test_no_slot_lies_on_a_holiday_a_weekend_or_at_the_turn_of_the_year(self) -> None:
        days = set(session().scalars(select(Slot.day).where(Slot.office_id == 1).distinct()))
        assert all(day.weekday() < 5 for day in days)
        closed = {date(2026, 12, 29), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 11)}
        assert not days & closed
        assert {date(2026, 12, 28), date(2027, 1, 4)} <= days

    def test_thursday_is_longer_and_lunch_has_fewer_places(self) -> None:
        def places(day: date) -> list[tuple[str, int]]:
            rows = session().execute(
                select(Slot.starts_at, Slot.capacity)
                .where(Slot.office_id == 1, Slot.queue == "A", Slot.day == day)
                .order_by(Slot.starts_at)
            )
            return [(f"{at + timedelta(hours=9):%H:%M}", capacity) for at, capacity in rows]

        wednesday, thursday = places(date(2026, 11, 25)), places(date(2026, 11, 26))
        assert (wednesday[0][0], wednesday[-1][0]) == ("08:30", "17:00")
        assert (thursday[0][0], thursday[-1][0]) == ("08:30", "18:50")
