"""The scheduler: each job once a day whoever runs, what was missed is caught up, the lease tells who works."""

import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest

from models.core.clock import now
from models.operations import jobs, readiness
from models.queries.jobs import history, scheduler_seen_until
from models.rules.timetable import OFTEN, TIMETABLE, Entry
from scheduler import runner as runner_module
from scheduler.runner import Runner
from tests.conftest import START, inside

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def runner(settings, clock):
    return Runner(settings)


@pytest.fixture
def done(settings):
    """Which (job, period) pairs are done, oldest first."""

    def asked():
        with inside(settings):
            return [(run.job, run.period) for run in reversed(history()) if run.state == "done"]

    return asked


def due(day):
    return [(entry.job, day.isoformat()) for entry in TIMETABLE]


def test_the_timetable_knows_every_job_and_no_other():
    assert sorted(entry.job for entry in TIMETABLE) == sorted(jobs.JOBS)
    assert sorted(often.job for often in OFTEN) == sorted(jobs.OFTEN)


@pytest.mark.parametrize(
    ("at", "period"),
    [
        ("2026-11-23T15:04:59+00:00", "2026-11-23"),
        ("2026-11-23T15:05:00+00:00", "2026-11-24"),
        ("2026-11-24T14:59:59+00:00", "2026-11-24"),
        ("2026-12-31T15:05:00+00:00", "2027-01-01"),
    ],
)
def test_a_job_is_due_from_its_time_in_japan(at, period):
    assert Entry("any", time(0, 5), "").last_due(datetime.fromisoformat(at)) == period


def test_everything_due_is_done_once_however_often_it_looks(runner, done):
    runner.catch_up()
    runner.catch_up()
    assert done() == due(TUESDAY)


def test_a_house_that_was_closed_for_days_catches_up_at_once(runner, done, clock):
    runner.catch_up()
    clock.move_to(START + timedelta(days=9))
    runner.catch_up()
    assert done()[-len(TIMETABLE) :] == due(TUESDAY + timedelta(days=9))


def test_a_job_waits_for_its_time(runner, done, clock):
    clock.move_to(datetime(2026, 11, 24, 15, 10, tzinfo=UTC))
    runner.catch_up()
    assert ("publish-slots", "2026-11-25") in done()
    assert ("forget-keys", "2026-11-24") in done()
    clock.move_to(datetime(2026, 11, 24, 18, 30, tzinfo=UTC))
    runner.catch_up()
    assert ("forget-keys", "2026-11-25") in done()


def test_a_dead_scheduler_is_followed_by_another_once_its_lease_is_over(settings, runner, done, clock):
    Runner(settings).beat()
    runner.catch_up()
    assert done() == []
    clock.tick(jobs.LEASE)
    runner.catch_up()
    assert done() == due(TUESDAY)


def test_only_the_holder_of_the_lease_works(settings, done, runner):
    other = Runner(settings)
    other.beat()
    runner.catch_up()
    assert done() == []
    other.leave()
    runner.catch_up()
    assert done() == due(TUESDAY)


def test_two_at_once_do_each_job_once(settings, done, monkeypatch):
    calls = []
    together = threading.Barrier(2, timeout=30)
    real = jobs.claim

    def claim(job, period, holder):
        if job == TIMETABLE[0].job:
            together.wait()
        return real(job, period, holder)

    def counted(name):
        return lambda day: calls.append(name) or {}

    monkeypatch.setattr(jobs, "claim", claim)
    monkeypatch.setattr(jobs, "beat", lambda holder: True)
    monkeypatch.setattr(jobs, "JOBS", {entry.job: counted(entry.job) for entry in TIMETABLE})
    both = [threading.Thread(target=Runner(settings).catch_up) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(calls) == sorted(entry.job for entry in TIMETABLE)


def test_a_run_that_was_killed_half_way_is_taken_up_again(settings, runner, done, clock):
    with inside(settings):
        assert jobs.claim("publish-slots", TUESDAY.isoformat())
    runner.catch_up()
    assert ("publish-slots", TUESDAY.isoformat()) not in done()
    clock.tick(jobs.STUCK + timedelta(seconds=1))
    runner.catch_up()
    assert ("publish-slots", TUESDAY.isoformat()) in done()


def test_one_job_that_fails_keeps_no_other_from_running(runner, done, clock, monkeypatch, capsys):
    def broken(_):
        raise RuntimeError("名前 is not for the log")

    monkeypatch.setattr(jobs, "JOBS", {**jobs.JOBS, "publish-slots": broken})
    runner.catch_up()
    assert [job for job, _ in done()] == ["end-days", "mark-no-shows", "forget-keys", "forget-estimates"]
    said = capsys.readouterr()
    assert "名前" not in said.out + said.err
    monkeypatch.undo()
    clock.tick(jobs.STUCK + timedelta(seconds=1))
    runner.catch_up()
    assert ("publish-slots", TUESDAY.isoformat()) in done()


def test_a_scheduler_that_beats_makes_the_house_ready(settings, runner):
    def findings():
        with inside(settings):
            return readiness.findings()

    assert findings() == [f"maeniwa: {readiness.NO_SCHEDULER}"]
    runner.beat()
    assert findings() == []
    runner.leave()
    assert findings() == [f"maeniwa: {readiness.NO_SCHEDULER}"]


@contextmanager
def running(runner):
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        yield thread
    finally:
        runner.stop()
        thread.join(60)
        assert not thread.is_alive()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_it_beats_and_catches_up_at_its_start_and_gives_the_lease_back_at_its_end(settings, monkeypatch):
    caught_up = threading.Event()
    real = Runner.catch_up

    def noted(self):
        real(self)
        caught_up.set()

    monkeypatch.setattr(Runner, "catch_up", noted)
    runner = Runner(settings)
    with running(runner):
        assert caught_up.wait(60)
        with inside(settings):
            assert scheduler_seen_until() > now()
            assert {run.job for run in history()} == set(jobs.JOBS)
    with inside(settings):
        assert scheduler_seen_until() <= now()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_it_ends_even_when_asked_before_it_began(settings, monkeypatch):
    monkeypatch.setattr(runner_module, "LOOK_SECONDS", 0.01)
    runner = Runner(settings)
    runner.stop()
    runner.run()
    with inside(settings):
        assert scheduler_seen_until() <= now()
