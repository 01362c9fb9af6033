"""What a monitoring system reads: from this machine or with a token, in Prometheus' text, and nothing about anybody."""

from __future__ import annotations

import re

import pytest

from models.operations import accounts, jobs
from models.operations.booking import book
from scheduler.runner import Runner
from tests.conftest import inside
from tests.operations.test_booking import asked, free

LINE = re.compile(r'maeniwa_[a-z_]+\{municipality="maeniwa"(,[a-z]+="[a-z-]+")*\} -?[0-9.e+]+')


@pytest.fixture
def engine():
    """What is written does not depend on the database."""
    return "sqlite"


def test_every_line_is_a_gauge_with_its_meaning(client, settings):
    with inside(settings):
        book(asked(free()[0]))
    Runner(settings).catch_up()
    answer = client.get("/metrics")
    assert (answer.status_code, answer.content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = answer.text.splitlines()
    told = {line.split()[2] for line in lines if line.startswith("# HELP")}
    values = [line for line in lines if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in values)
    assert {line.partition("{")[0] for line in values} <= told
    assert 'maeniwa_scheduler_alive{municipality="maeniwa"} 1' in values
    assert 'maeniwa_job_success_age_seconds{municipality="maeniwa",job="publish-slots"} 0' in values
    assert 'maeniwa_messages{municipality="maeniwa",state="dead"} 0' in values


def test_a_job_that_failed_is_counted(client, settings, monkeypatch):
    def broken(_):
        raise RuntimeError("花子")

    monkeypatch.setattr(jobs, "JOBS", {**jobs.JOBS, "end-days": broken})
    Runner(settings).catch_up()
    text = client.get("/metrics").text
    assert 'maeniwa_job_runs_failed{municipality="maeniwa"} 1' in text
    assert 'maeniwa_job_trouble{municipality="maeniwa",job="end-days",kind="failed"} 1' in text
    assert "花子" not in text


@pytest.mark.parametrize(
    "way",
    [
        {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}},
        {"headers": {"X-Forwarded-For": "203.0.113.9"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
    ],
)
def test_from_elsewhere_it_takes_a_token(client, settings, way):
    assert client.get("/metrics", **way).status_code == 403
    with inside(settings):
        token = accounts.issue_token("administrator", None, "test")
    headers = {**way.get("headers", {}), "Authorization": f"Bearer {token}"}
    assert client.get("/metrics", **{**way, "headers": headers}).status_code == 200
