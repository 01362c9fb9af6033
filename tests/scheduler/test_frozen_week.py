"""F9, F10, F11: two schedulers that fail and are killed at random for days (a week with RACES=full): each job once."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.core.clock import now
from models.core.db import session
from models.operations import arrivals, jobs
from models.operations.booking import book, cancel
from models.queries import bookings
from models.queries.agreement import disagreement
from models.rules.periods import HOUR
from models.rules.timetable import DONE, TIMETABLE
from models.tables import Booking, JobRun, Slot, Ticket, TicketEvent, Visit
from scheduler import runner as runner_module
from scheduler.clock_watch import ClockWatch
from scheduler.runner import Runner
from tests.conftest import START, inside
from tests.operations.test_booking import asked, free, honcho
from tests.races.crowd import sized

DAYS = sized(7, 4)
HOURS = DAYS * 24
KILLED, FAILED = 0.15, 0.15
"""Shares of the runs that are killed, before or after their work, and that fail of something that passes."""
MORNING = 1
DOWN = range(40, 46)
"""Hours in which nobody looks at all."""


class Killed(BaseException):
    """The process is gone: nothing after it is done, as by kill -9."""


@pytest.fixture
def done(monkeypatch):
    """How often each (job, period) did its work and said so; killing and failing on the way."""
    chance = random.Random(20261124)
    counted = Counter()

    def risky(job, work):
        def run(period):
            dice = chance.random()
            if dice < KILLED / 2:
                raise Killed
            if dice < KILLED / 2 + FAILED:
                raise ConnectionError
            detail = work(period)
            if dice > 1 - KILLED / 2:
                raise Killed
            return detail

        return run

    def close(job, period, detail, holder, real=jobs.close):
        counted[job, period] += real(job, period, detail, holder)

    quick = {entry.job for entry in TIMETABLE if not entry.leaves and not entry.slow} - {"begin-forms"}
    quick |= {"check-counters"}
    works = {job: work if job in quick else lambda _: {} for job, work in jobs.JOBS.items()}
    monkeypatch.setattr(jobs, "JOBS", {job: risky(job, work) for job, work in works.items()})
    monkeypatch.setattr(jobs, "close", close)
    monkeypatch.setattr(runner_module, "OFTEN", ())
    return counted


def live_a_day():
    """In the morning two book for the next day that is open, one gives up, and two take numbers and leave."""
    place = honcho()
    later = [start for start in free() if place.day_of(start) > place.day_of(now())]
    first, second = book(asked(later[0])), book(asked(later[1]))
    cancel(second.token)
    for _ in range(2):
        arrivals.issue(honcho(), ["JUM-01"], "test")
    return [first.token]


def scheduler(settings):
    """One that lives through the hours of the frozen clock as they go by."""
    made = Runner(settings)
    made._watch = ClockWatch(lambda: now().timestamp())
    return made


def looks(settings, runners, chance):
    """One of the schedulers looks, now and then both; who is killed is followed by a new one."""
    for number in chance.sample((0, 1), chance.choice((1, 1, 1, 2))):
        for slow in (False, True):
            if slow and chance.random() < 0.5:
                continue
            try:
                runners[number].catch_up(slow)
            except Killed:
                runners[number] = scheduler(settings)


def play(settings, clock, chance):
    """The days, hour by hour, and a morning after it in which everything is looked at until it is done."""
    tokens, runners = [], [scheduler(settings), scheduler(settings)]
    for hour in range(HOURS):
        clock.move_to(START + timedelta(hours=hour, minutes=11))
        if hour % 24 == MORNING:
            with inside(settings):
                tokens += live_a_day()
        if hour not in DOWN:
            looks(settings, runners, chance)
    for _ in range(10):
        clock.tick(timedelta(hours=1))
        looks(settings, runners, chance)
    return tokens


def test_f9_f10_f11_in_days_of_kills_every_job_is_done_once_a_period(settings, clock, done):
    tokens = play(settings, clock, random.Random(7))
    with inside(settings):
        rows = {(row.job, row.period): row.state for row in session().scalars(select(JobRun))}
        assert set(done.values()) == {1}
        assert {key for key, state in rows.items() if state == DONE} == set(done)
        for entry in TIMETABLE:
            if entry.every != HOUR:
                assert {period for job, period in done if job == entry.job} == set(wanted(entry)), entry.job
        assert_nothing_twice(tokens)


def wanted(entry):
    """Every period of these days that became due, the one at its beginning too."""
    at, found = START, [entry.last_due(START + timedelta(minutes=11))]
    while (at := entry.next_due(at)) <= START + timedelta(hours=HOURS - 1, minutes=11):
        found.append(entry.last_due(at))
    return found


def assert_nothing_twice(tokens):
    """What the jobs did in the database is there once."""
    views = [bookings.by_token(token) for token in tokens]
    over = [one for one in views if one.starts_at < now() - timedelta(days=1)]
    assert len(over) >= DAYS - 1
    for one in over:
        assert one.state == "no_show"
        visit = session().scalars(select(Visit).join(Booking).where(Booking.reference == one.reference)).one()
        assert session().scalar(select(func.count()).where(Ticket.visit_id == visit.id)) == 1
    ended = select(func.count()).where(TicketEvent.kind == "expire").group_by(TicketEvent.ticket_id)
    assert list(session().scalars(ended)) == [1] * (2 * len(tokens))
    published = session().scalars(select(Slot.day).where(Slot.office_id == honcho().id).distinct())
    today = honcho().day_of(now())
    assert (max(published) - today).days in range(57, 61)
    assert not disagreement(today).found
