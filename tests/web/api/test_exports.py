"""Files for other tools and the weeks around a change: the same numbers as on the manager's pages."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from freezegun.api import FrozenDateTimeFactory

from models.core.settings import Settings
from models.operations import facts
from tests.conftest import inside
from tests.web.api.calls import Calls, named
from tests.web.api.test_reports import AT, a_day, bring
from tests.web.manager.conftest import browser

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
SPAN = "from=2026-10-01&to=2026-10-31"


@pytest.fixture
def october(calls: Calls, settings: Settings) -> Calls:
    """Thirty visits on the 5th, ten on the 19th, in the facts."""
    bring(calls, *a_day(5, 30), *a_day(19, 10))
    with inside(settings):
        facts.make_all()
    return calls


@pytest.mark.parametrize("table", ["daily", "hourly"])
def test_tables_are_those_that_managers_download(
    october: Calls, app: Flask, settings: Settings, table: str
) -> None:
    page = browser(app, settings).get(f"/manager/exports/{table}.csv?office=honcho&{SPAN}")
    answer = october.get(f"{AT}/exports/{table}.csv?{SPAN}", "manager")
    assert answer.status_code == page.status_code == 200
    assert answer.data == page.data
    assert answer.data.startswith("\ufeff".encode())
    assert len(answer.data.splitlines()) > 2
    assert f'filename="{table}-honcho-2026-10-01-2026-10-31.csv"' in answer.headers["Content-Disposition"]


def test_hours_saved_are_a_table_of_the_same_columns(october: Calls, app: Flask, settings: Settings) -> None:
    page = browser(app, settings).get(f"/manager/savings.csv?office=honcho&{SPAN}")
    assert october.get(f"{AT}/exports/effect.csv?{SPAN}", "manager").data == page.data


@pytest.mark.parametrize("kind", ["csv", "parquet", "duckdb"])
def test_facts_are_given_in_every_form(october: Calls, kind: str) -> None:
    answer = october.get(f"{AT}/exports/facts/{kind}?{SPAN}", "manager")
    assert answer.status_code == 200
    if kind == "duckdb":
        assert answer.data[8:12] == b"DUCK"
        return
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        assert {name.rpartition(".")[2] for name in opened.namelist()} == {kind}
        if kind == "csv":
            days = rows(opened.read("star_visits.csv"))
            assert sorted(int(row["visits"]) for row in days) == [10, 30]


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("exports/daily.csv?from=2026-02-01&to=2026-01-01", "to"),
        ("exports/facts/csv?from=2010-01-01&to=2026-01-01", "to"),
        ("before-after", "change"),
        ("before-after?change=soon", "change"),
        ("before-after?change=2026-11-23", "change"),
        ("before-after?change=2026-10-19&queue=Z", "queue"),
    ],
)
def test_what_cannot_be_asked_is_named(calls: Calls, path: str, field: str) -> None:
    assert named(calls.get(f"{AT}/{path}", "manager")) == [field]


@pytest.mark.parametrize("path", ["exports/people.csv", "exports/facts/xlsx", "exports/facts/.."])
def test_files_that_there_are_not(calls: Calls, path: str) -> None:
    assert calls.get(f"{AT}/{path}", "manager").status_code == 404


def test_a_counter_and_another_office_get_nothing(calls: Calls) -> None:
    for path in ("exports/daily.csv", "exports/facts/csv", "before-after?change=2026-10-19"):
        assert calls.get(f"{AT}/{path}", "counter").status_code == 403
        assert calls.get(f"/offices/higashi/{path}", "manager").status_code == 403


def test_both_sides_of_a_change_stand_beside_one_another(october: Calls) -> None:
    found = october.get(f"{AT}/before-after?change=2026-10-19", "manager").json
    before, after = found["before"], found["after"]
    assert (before["last"], after["first"], found["change"]) == ("2026-10-18", "2026-10-19", "2026-10-19")
    assert (before["days_open"], before["people_a_day"], before["measures"]["visits"]) == (1, 30.0, 30)
    assert (after["days_open"], after["people_a_day"], after["measures"]["wait_mean"]) == (1, 10.0, 2.0)
    assert before["within_target"] == 1.0


def test_a_side_without_visits_says_so(october: Calls, clock: FrozenDateTimeFactory) -> None:
    found: Any = october.get(f"{AT}/before-after?change=2026-10-19&queue=B", "manager").json
    assert found["before"]["measures"] is found["after"]["measures"] is None
    clock.tick(timedelta(weeks=20))
    late = october.get(f"{AT}/before-after?change=2026-10-19", "manager").json
    assert late["before"]["first"] == "2026-08-24", "eight weeks at most"
