"""The page of what happens by itself: how each job stands, what failed and why, and asking for one now."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.core.clock import now
from models.core.db import session
from models.operations import jobs, purging
from models.queries.jobs import RunView, history
from models.rules.timetable import OFTEN, TIMETABLE
from models.tables import AuditEntry
from scheduler.runner import Runner
from tests.conftest import inside
from tests.web.people import CHIE, employ, post, sign_in
from web.admin.job_words import COUNT_WORDS, JOB_WORDS, counts_of

PAGE = "/admin/jobs/"
TODAY = "2026-11-24"


@pytest.fixture
def engine():
    """What is shown does not depend on the database."""
    return "sqlite"


def broken(_):
    raise ValueError("中央 太郎 is not for the page")


def panel(page, name):
    """What is said of one job."""
    found = re.search(rf"<section(?:(?!</section>).)*{name}(?:(?!</section>).)*</section>", page, re.DOTALL)
    assert found, name
    return found[0]


def test_every_job_and_every_count_has_words(aya):
    assert {one.job for one in (*TIMETABLE, *OFTEN)} <= set(JOB_WORDS)
    page = aya.get(PAGE).text
    for one in (*TIMETABLE, *OFTEN):
        name, promise = JOB_WORDS[one.job]
        assert name in page
        assert promise in page


def test_what_every_job_counts_has_words(settings, clock):
    with inside(settings):
        counted = {
            name: entry.job
            for entry in TIMETABLE
            if not entry.leaves
            for name in jobs.rehearse(entry.job, entry.last_due(now()))
        }
    with inside(settings):
        counted |= dict.fromkeys(purging.purge(now().date()), "purge")
    assert {name: job for name, job in counted.items() if name not in COUNT_WORDS} == {}


def test_of_several_things_only_those_that_were_met_are_said() -> None:
    run = RunView("purge", TODAY, "done", now(), now(), {"forms": 2, "codes": 0})
    assert counts_of(run) == ["申請書2件"]
    assert counts_of(replace(run, detail={"forms": 0, "codes": 0})) == ["なし"]
    assert counts_of(replace(run, detail={"slots": 0})) == ["0枠"]
    looked = {"wrong_slots": 0, "looked_at": 7}
    assert counts_of(replace(run, detail=looked)) == ["合わない枠 0", "確かめた行 7"]


def test_when_it_ran_how_long_what_it_met_and_when_it_runs_next(aya, settings, clock):
    with inside(settings):
        jobs.beat("hall-pc/1")
        assert jobs.claim("publish-slots", TODAY)
        clock.tick(timedelta(seconds=7))
        jobs.close("publish-slots", TODAY, {"slots": 1234})
    page = aya.get(PAGE).text
    said = panel(page, "予約枠の公開")
    for word in ("毎日 0:05", "11月24日（火） 9:00（7秒）", "1,234枠", "11月25日（水） 0:05"):
        assert word in said
    assert "定時係が動いています" in page
    assert "hall-pc/1" in page
    assert "まだありません" in panel(page, "受付キーの消去")


def test_without_a_scheduler_it_says_what_to_do(aya):
    assert "maeniwa jobs start" in aya.get(PAGE).text


def test_a_failure_is_shown_by_its_kind_and_place_and_not_by_its_words(aya, settings, monkeypatch):
    monkeypatch.setattr(jobs, "JOBS", {**jobs.JOBS, "publish-slots": broken})
    with inside(settings), pytest.raises(ValueError, match="中央"):
        jobs.run("publish-slots", TODAY)
    page = aya.get(PAGE).text
    assert "失敗" in panel(page, "予約枠の公開")
    assert "ValueError test_jobs.py:" in page
    assert "中央" not in page
    assert "「予約枠の公開」が失敗しました" in aya.get("/admin/").text


def test_what_is_looked_at_often_is_shown_while_it_fails(aya, settings, monkeypatch):
    monkeypatch.setattr(jobs, "OFTEN", {"sweep-absent": lambda: broken(0)})
    with inside(settings), pytest.raises(ValueError, match="中央"):
        jobs.look("sweep-absent")
    assert "「「いない」番号の終わり」が失敗しています" in aya.get(PAGE).text
    monkeypatch.undo()
    with inside(settings):
        jobs.look("sweep-absent")
    assert "が失敗しています" not in aya.get(PAGE).text


def test_asking_for_a_job_is_noted_and_the_scheduler_does_it_again(aya, settings, clock):
    runner = Runner(settings)
    runner.catch_up()
    clock.tick(timedelta(minutes=3))
    answer = post(aya, PAGE, f"{PAGE}publish-slots/run")
    assert "「予約枠の公開」を頼みました。" in aya.get(answer.headers["Location"]).text
    assert "まもなく始めます" in aya.get(PAGE).text
    runner.catch_up()
    with inside(settings):
        (run,) = history(job="publish-slots")
        assert (run.state, run.period, run.finished_at) == ("done", TODAY, run.started_at)
        assert f"{run.started_at:%H:%M}" == "00:03"
        noted = session().scalars(select(AuditEntry).where(AuditEntry.action == "job.ask")).one()
        assert (noted.actor, noted.subject, noted.detail) == ("aya", "publish-slots", TODAY)


def test_what_is_being_done_is_not_asked_for(aya, settings):
    with inside(settings):
        jobs.claim("publish-slots", TODAY)
    answer = post(aya, PAGE, f"{PAGE}publish-slots/run")
    assert "いま動いています" in aya.get(answer.headers["Location"]).text
    assert post(aya, PAGE, f"{PAGE}tea/run").status_code == 404


def test_a_manager_does_not_come_in(app, settings):
    employ(settings, CHIE)
    assert sign_in(app, CHIE).get(PAGE).status_code == 403


def test_readyz_stays_ready_and_warns_of_what_failed_or_is_overdue(client, settings, clock, monkeypatch):
    monkeypatch.setattr(jobs, "JOBS", {**jobs.JOBS, "end-days": broken})
    runner = Runner(settings)
    runner.catch_up()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["warnings"]) == (200, ["maeniwa: job end-days has failed"])
    monkeypatch.undo()
    clock.tick(timedelta(minutes=10))
    runner.catch_up()
    assert client.get("/readyz").json["warnings"] == []
    clock.tick(timedelta(days=1))
    runner.beat()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "maeniwa: job end-days is overdue" in answer.json["warnings"]
