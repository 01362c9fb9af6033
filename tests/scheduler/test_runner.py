"""The scheduler: each job once a day whoever runs, what was missed is caught up, the lease tells who works."""

import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest

from models.core.clock import now
from models.core.errors import Unavailable
from models.operations import jobs, readiness
from models.queries.jobs import history, scheduler_seen_until
from models.rules.findings import Finding
from models.rules.periods import HOUR
from models.rules.timetable import OFTEN, TIMETABLE, Entry, Often
from scheduler import runner as runner_module
from scheduler.clock_watch import ClockWatch
from scheduler.rhythm import Every
from scheduler.runner import Runner
from tests.conftest import BOTH, SQLITE, START, inside

pytestmark = SQLITE

TUESDAY = date(2026, 11, 24)
PLAIN = ("publish-slots", "end-days", "mark-no-shows", "forget-keys", "forget-estimates")
"""Jobs of a day that are quick: how they run is how all do."""
FEW = tuple(entry for entry in TIMETABLE if entry.job in PLAIN)


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(runner_module, "TIMETABLE", FEW)
    monkeypatch.setattr(runner_module, "OFTEN", tuple(one for one in OFTEN if not one.slow))


@pytest.fixture
def runner(settings, clock):
    """A scheduler that lives through the days of the frozen clock as they go by."""
    made = Runner(settings)
    made._watch = ClockWatch(lambda: now().timestamp())
    return made


@pytest.fixture
def done(settings):
    """Which (job, period) pairs are done, oldest first."""

    def asked():
        with inside(settings):
            return [(run.job, run.period) for run in reversed(history()) if run.state == "done"]

    return asked


def due(day):
    return [(entry.job, day.isoformat()) for entry in FEW]


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


@BOTH
def test_everything_due_is_done_once_however_often_it_looks(runner, done):
    runner.catch_up()
    runner.catch_up()
    assert done() == due(TUESDAY)


def test_a_house_that_was_closed_for_days_catches_up_at_once(runner, done, clock):
    runner.catch_up()
    clock.move_to(START + timedelta(days=9))
    runner.catch_up()
    assert done()[-len(FEW) :] == due(TUESDAY + timedelta(days=9))


def test_a_job_waits_for_its_time(runner, done, clock):
    clock.move_to(datetime(2026, 11, 24, 15, 10, tzinfo=UTC))
    runner.catch_up()
    assert ("publish-slots", "2026-11-25") in done()
    assert ("forget-keys", "2026-11-24") in done()
    clock.move_to(datetime(2026, 11, 24, 18, 30, tzinfo=UTC))
    runner.catch_up()
    assert ("forget-keys", "2026-11-25") in done()


def test_f10_after_six_hours_down_the_newest_hour_is_run_or_each_where_the_job_says_so(
    settings, runner, done, clock, monkeypatch
):
    entries = tuple(
        Entry(job, time(0, 10), "", HOUR, each) for job, each in (("newest", False), ("each", True))
    )
    monkeypatch.setattr(runner_module, "TIMETABLE", entries)
    monkeypatch.setattr(jobs, "ENTRIES", {entry.job: entry for entry in entries})
    monkeypatch.setattr(jobs, "JOBS", {entry.job: lambda _: {} for entry in entries})
    clock.tick(timedelta(minutes=15))
    runner.catch_up()
    clock.tick(timedelta(hours=6))
    Runner(settings).catch_up()
    hours = [f"2026-11-24T{hour:02}" for hour in range(9, 16)]
    assert [period for job, period in done() if job == "each"] == hours
    assert [period for job, period in done() if job == "newest"] == [hours[0], hours[-1]]


def test_a_dead_scheduler_is_followed_by_another_once_its_lease_is_over(settings, runner, done, clock):
    Runner(settings).beat()
    runner.catch_up()
    assert done() == []
    clock.tick(jobs.LEASE)
    runner.catch_up()
    assert done() == due(TUESDAY)


@BOTH
def test_only_the_holder_of_the_lease_works(settings, done, runner):
    other = Runner(settings)
    other.beat()
    runner.catch_up()
    assert done() == []
    other.leave()
    runner.catch_up()
    assert done() == due(TUESDAY)


@BOTH
def test_two_at_once_do_each_job_once(settings, done, monkeypatch):
    calls = []
    together = threading.Barrier(2, timeout=30)
    real = jobs.claim

    def claim(job, period, holder):
        if job == FEW[0].job:
            together.wait()
        return real(job, period, holder)

    def counted(name):
        return lambda day: calls.append(name) or {}

    monkeypatch.setattr(jobs, "claim", claim)
    monkeypatch.setattr(jobs, "beat", lambda holder: True)
    monkeypatch.setattr(jobs, "JOBS", {entry.job: counted(entry.job) for entry in FEW})
    both = [threading.Thread(target=Runner(settings).catch_up) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(calls) == sorted(PLAIN)


@BOTH
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


def test_what_fails_often_keeps_nothing_else_from_being_looked_at(settings, runner, clock, monkeypatch):
    looked = []

    def broken():
        raise RuntimeError

    monkeypatch.setattr(jobs, "OFTEN", {"first": broken, "second": lambda: looked.append(now()) or 0})
    monkeypatch.setattr(runner_module, "OFTEN", (Often("first", 1, ""), Often("second", 5, "")))
    for _ in range(11):
        runner.look()
        clock.tick(timedelta(minutes=1))
    assert looked == [START + timedelta(minutes=minute) for minute in (0, 5, 10)]
    with inside(settings):
        (run,) = history()
        assert (run.job, run.state, run.detail["tries"]) == ("first", "failed", 11)


JUMPS = {
    "an hour back": timedelta(hours=-1),
    "a day back": timedelta(days=-1),
    "ten years on": timedelta(days=3653),
}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_t1_no_period_is_run_twice_and_none_left_out_when_the_clock_jumps(settings, clock, monkeypatch, jump):
    steady = [0.0]
    runs = []
    entry = Entry("any", time(0, 10), "", HOUR, each=True)
    monkeypatch.setattr(runner_module, "TIMETABLE", (entry,))
    monkeypatch.setattr(jobs, "ENTRIES", {"any": entry})
    monkeypatch.setattr(jobs, "JOBS", {"any": lambda period: runs.append(period) or {}})
    runner = Runner(settings)
    monkeypatch.setattr(runner, "_watch", ClockWatch(lambda: steady[0]))

    def live(hours):
        for _ in range(hours * 2):
            clock.tick(timedelta(minutes=30))
            steady[0] += 1800
            runner.watch_clock()
            runner.catch_up()

    live(3)
    clock.tick(jump)
    live(1)
    clock.tick(-jump)
    live(3)
    assert len(runs) == len(set(runs))
    assert {f"2026-11-24T{hour:02}" for hour in range(9, 16)} <= set(runs)
    with inside(settings):
        noted = [run.detail["seconds"] for run in history(job="clock")]
        assert noted == [-jump.total_seconds(), jump.total_seconds()]
        assert Finding("clock_set", "maeniwa") in readiness.warnings()


def test_t1_far_ahead_of_the_truth_nothing_is_begun_for_an_hour(settings, clock, monkeypatch):
    steady = [0.0]
    runner = Runner(settings)
    monkeypatch.setattr(runner, "_watch", ClockWatch(lambda: steady[0]))
    begun = []
    monkeypatch.setattr(jobs, "run", lambda *asked: begun.append(asked))
    clock.tick(timedelta(days=3653))
    for noticed in (False, True):
        runner.catch_up()
        runner.look()
        assert begun == []
        assert runner.watch_clock() != noticed
    clock.tick(timedelta(minutes=61))
    steady[0] += 61 * 60
    assert not runner.watch_clock()
    runner.catch_up()
    assert len(begun) == len(FEW)


@pytest.mark.parametrize("works", ["run", "look"])
def test_t1_far_ahead_no_other_job_of_the_same_pass_is_begun(settings, clock, monkeypatch, works):
    """What is due at the start takes a while: the clock may be set far ahead between two jobs, before anybody looks."""
    runner, begun = Runner(settings), []
    monkeypatch.setattr(runner, "_watch", ClockWatch(lambda: 0.0))
    monkeypatch.setattr(jobs, works, lambda *_: begun.append(clock.tick(timedelta(days=3653))))
    (runner.catch_up if works == "run" else runner.look)()
    assert len(begun) == 1


def test_t1_a_jump_that_could_not_be_noted_is_noted_once_as_soon_as_it_can(settings, clock, monkeypatch):
    runner, note, tries = Runner(settings), jobs.note_clock, []
    monkeypatch.setattr(runner, "_watch", ClockWatch(lambda: 0.0))

    def busy(seconds):
        tries.append(seconds)
        if len(tries) < 3:
            raise Unavailable
        note(seconds)

    monkeypatch.setattr(jobs, "note_clock", busy)
    clock.tick(timedelta(hours=-1))
    assert [runner.watch_clock() for _ in range(5)] == [True, False, False, False, False]
    assert tries == [-3600] * 3
    with inside(settings):
        assert [run.detail["seconds"] for run in history(job="clock")] == [-3600]


def test_t1_ten_years_of_missed_looks_are_one_look():
    trigger, at = Every(10), datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert trigger.get_next_fire_time(at, at) == at + timedelta(seconds=10)
    due, looks, later = at, 0, at + timedelta(days=3653)
    while due <= later:
        due, looks = trigger.get_next_fire_time(due, later), looks + 1
    assert (looks, due) == (1, later + timedelta(seconds=10))


@BOTH
def test_t1_a_lease_that_was_taken_by_a_wrong_clock_binds_nobody(settings, done, runner, clock):
    clock.tick(timedelta(days=3653))
    Runner(settings).beat()
    clock.tick(timedelta(days=-3653))
    runner.catch_up()
    assert done() == due(TUESDAY)


def test_a_scheduler_that_beats_makes_the_house_ready(settings, runner):
    def findings():
        with inside(settings):
            return readiness.findings()

    assert findings() == [Finding("no_scheduler", "maeniwa")]
    runner.beat()
    assert findings() == []
    runner.leave()
    assert findings() == [Finding("no_scheduler", "maeniwa")]


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


def test_it_beats_and_catches_up_at_its_start_and_gives_the_lease_back_at_its_end(settings, monkeypatch):
    caught_up = threading.Event()
    real = Runner.catch_up

    def noted(self, slow=False):
        real(self, slow)
        if not slow:
            caught_up.set()

    monkeypatch.setattr(Runner, "catch_up", noted)
    runner = Runner(settings)
    with running(runner):
        assert caught_up.wait(60)
        with inside(settings):
            assert scheduler_seen_until() > now()
            assert {run.job for run in history()} == set(PLAIN)
    with inside(settings):
        assert scheduler_seen_until() <= now()


def test_a_job_that_takes_long_delays_neither_the_beat_nor_the_others(settings, monkeypatch):
    monkeypatch.setattr(runner_module, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(runner_module, "EVERY_SECONDS", 0.05)
    entries = (Entry("long", time(0, 0), "", slow=True), Entry("short", time(0, 0), ""))
    begun, may_end, looks, shorts = threading.Event(), threading.Event(), [], []

    def takes_long(_):
        begun.set()
        assert may_end.wait(60)
        return {}

    monkeypatch.setattr(runner_module, "TIMETABLE", entries)
    monkeypatch.setattr(runner_module, "OFTEN", (Often("any", 0, ""),))
    monkeypatch.setattr(jobs, "ENTRIES", {entry.job: entry for entry in entries})
    monkeypatch.setattr(
        jobs, "JOBS", {"long": takes_long, "short": lambda _: shorts.append(begun.wait(60)) or {}}
    )
    monkeypatch.setattr(jobs, "OFTEN", {"any": lambda: looks.append(True) or 0})
    beats = []
    real = Runner.beat
    monkeypatch.setattr(Runner, "beat", lambda self: real(self) or beats.append(True))
    runner = Runner(settings)
    with running(runner):
        assert begun.wait(60)
        seen = len(beats), len(looks)
        for _ in range(600):
            if len(beats) > seen[0] + 2 and len(looks) > seen[1] + 2 and shorts:
                break
            threading.Event().wait(0.05)
        else:
            raise AssertionError(f"{len(beats)} beats, {len(looks)} looks, {shorts}")
        may_end.set()


def test_it_ends_even_when_asked_before_it_began(settings, monkeypatch):
    monkeypatch.setattr(runner_module, "LOOK_SECONDS", 0.01)
    runner = Runner(settings)
    runner.stop()
    runner.run()
    with inside(settings):
        assert scheduler_seen_until() <= now()
