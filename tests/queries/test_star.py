"""The star of docs/star-schema.md: what it says is there, its examples run, and nothing in it is personal."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from models.core.db import ground, session
from models.core.space import Space
from models.operations import facts
from models.queries import measures, star
from models.queries.offices import office
from tests.past_visits import MONDAY, past

pytestmark = pytest.mark.usefixtures("city")
PAGE = (Path(__file__).parents[2] / "docs" / "star-schema.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sql\n(SELECT.*?)```", PAGE, re.DOTALL)
PERSONAL = re.compile(
    r"contact|token|number|person|staff|actor|language|priority|application|visit_id|birth|phone|mail"
)
NAMES_OF_THINGS = {"name", "name_en", "office_name", "weekday_name"}


def week() -> None:
    past(MONDAY, *["9:00 9:10 9:11 9:20"] * 12, "- - - - 10:00", "9:30 9:40 9:41 9:50 9:45")
    past(
        MONDAY + timedelta(1),
        "10:00 - - -",
        "10:10 10:30 10:31 10:41",
        queue="B",
        procedure="IDO-01",
        counter="2",
    )
    facts.make_all()
    session().rollback()


def test_every_view_has_the_columns_that_are_promised_and_no_other(city: Space) -> None:
    with ground().engine(city).connect() as connection:
        found = inspect(connection)
        made = {name: [one["name"] for one in found.get_columns(name)] for name in found.get_view_names()}
    assert made == {name: list(columns) for name, columns in star.VIEWS.items()}
    for name, columns in made.items():
        assert f"`{name}`" in PAGE
        assert [one for one in columns if f"`{one}`" not in PAGE] == []


def test_nothing_in_it_is_personal() -> None:
    week()
    columns = {one for columns in star.VIEWS.values() for one in columns}
    assert [one for one in columns - NAMES_OF_THINGS if PERSONAL.search(one)] == []
    assert {one for one in columns if "name" in one} == NAMES_OF_THINGS
    texts = {
        str(cell)
        for view in star.views()
        for row in view.rows
        for cell, kind in zip(row, view.columns.values(), strict=True)
        if kind == "VARCHAR"
    }
    assert not {one for one in texts if re.fullmatch(r"X\d{5}", one)}


def test_it_adds_up_to_the_measures_of_the_tickets() -> None:
    week()
    (exact,) = measures.stats(office("honcho"), MONDAY, MONDAY + timedelta(6))
    summed = "sum(visits), sum(served), sum(booked), sum(no_shows), sum(wait_sum) / sum(called), sum(gap_sum)"
    (row,) = session().execute(text(f"SELECT {summed} FROM star_visits"))
    assert tuple(row) == (exact.visits, exact.served, exact.booked, exact.no_shows, exact.wait_mean, -5)
    assert list(session().execute(text("SELECT queue, half_hour, visits FROM star_visits_by_queue_and_half_hour"))) == [
        ("A", "09:00", 12), ("A", "09:30", 1), ("A", "10:00", 0), ("B", "10:00", 2),
    ]  # fmt: skip
    days = session().execute(
        text("SELECT year_month, fiscal_year, weekday, weekday_name FROM star_date ORDER BY day")
    )
    assert [tuple(day) for day in days] == [("2026-11", 2026, 1, "月"), ("2026-11", 2026, 2, "火")]


def test_the_examples_of_the_page_run_as_they_stand() -> None:
    week()
    assert len(EXAMPLES) == 4
    for example in EXAMPLES:
        rows = session().execute(text(example)).all()
        assert rows, example
    assert ("住民票の写し" in str(session().execute(text(EXAMPLES[2])).all()), len(EXAMPLES)) == (True, 4)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_role_of_the_page_reads_the_views_and_nothing_else(city: Space) -> None:
    week()
    (access,) = re.findall(r"```sql\n(CREATE ROLE.*?)```", PAGE, re.DOTALL)
    with ground().directory.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.rollback()
        raw.execute("RESET ROLE")
        raw.execute("SET TRANSACTION READ WRITE")
        for statement in access.strip().rstrip(";").split(";"):
            raw.execute(statement)
        raw.execute("GRANT bi TO CURRENT_USER")
        raw.execute("SET LOCAL ROLE bi")
        assert raw.execute("SELECT sum(visits) FROM m_maeniwa.star_visits").fetchone()[0] == 15
        for forbidden in ("SELECT * FROM m_maeniwa.ticket", "DELETE FROM m_maeniwa.star_visits"):
            raw.execute("SAVEPOINT before")
            with pytest.raises(Exception, match="permission denied"):
                raw.execute(forbidden)
            raw.execute("ROLLBACK TO SAVEPOINT before")
        raw.rollback()
