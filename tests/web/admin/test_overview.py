"""The administrator's first page: what is wrong, what is offered, what was done."""

from __future__ import annotations

import pytest

from models.operations import jobs
from tests.conftest import inside
from tests.web.people import BEN, CHIE, KEIKO, employ, sign_in

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def test_a_sleeping_scheduler_is_said_with_what_to_do(aya):
    page = aya.get("/admin/").text
    assert "自動の仕事（予約枠の公開など）が動いていません" in page
    assert "maeniwa serve を動かすか" in page


def test_a_working_installation_says_so_and_shows_what_it_did(aya, settings):
    with inside(settings):
        assert jobs.beat("test")
        jobs.run("publish-slots", "2026-11-24")
    assert "動いています" in aya.get("/admin/").text
    page = aya.get("/admin/jobs/").text
    for word in ("定時係が動いています", "予約枠の公開", "2026-11-24", "終了", "0枠"):
        assert word in page


def test_offices_counters_hours_and_the_edition_are_shown(aya):
    page = aya.get("/admin/").text
    for word in (
        "本庁舎",
        "東支所",
        "図書館ホール",
        "8:30〜19:00",
        "8:30〜12:00、13:00〜17:15",
        "B → C → A",
        "様式 11・第1版",
    ):
        assert word in page


@pytest.mark.parametrize("person", [BEN, KEIKO, CHIE])
@pytest.mark.parametrize("path", ["/admin/", "/admin/staff/"])
def test_nobody_else_comes_in(app, settings, person, path):
    employ(settings, person)
    assert sign_in(app, person).get(path).status_code == 403


def test_without_signing_in_one_is_asked_to(client):
    assert client.get("/admin/").headers["Location"] == "/staff/sign-in?next=/admin/"
