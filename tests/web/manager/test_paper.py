"""The report on A4: the numbers of the page, nothing about few, before and after a date; and its page of months."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pypdfium2
import pytest
from flask.testing import FlaskClient

from models.operations import facts
from models.operations.baselines import Typed, freeze
from models.papers.verification import compact, page_texts
from tests.past_visits import MONDAY, past
from tests.web.manager.conftest import Fill, words

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
CHANGE = MONDAY - timedelta(weeks=2)
SPAN = f"from={MONDAY - timedelta(weeks=4)}&to={MONDAY + timedelta(6)}"


def weeks() -> None:
    """Two weeks of long waits, then two of short ones; a procedure that only four people came for."""
    for week in range(4):
        day = MONDAY - timedelta(weeks=week)
        called = 40 if day < CHANGE else 10
        past(day, *(f"9:00 9:{called} 9:{called + 1} 9:{called + 16}" for _ in range(12)))
    past(MONDAY, *["10:00 10:05 10:06 10:20"] * 4, procedure="IDO-01", queue="B")
    freeze(Typed("JUM-01", 34, 40, "測定"), "test")
    facts.make_all()


def text_of(manager: FlaskClient, address: str) -> str:
    answer = manager.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    with pypdfium2.PdfDocument(io.BytesIO(answer.data)) as document:
        for page in document:
            assert [round(side * 25.4 / 72) for side in page.get_size()] == [210, 297]
    return "".join(compact(page) for page in page_texts(answer.data))


def test_it_says_the_numbers_of_the_page_on_a4(manager: FlaskClient, fill: Fill) -> None:
    fill(weeks)
    text = text_of(manager, f"/manager/report.pdf?{SPAN}")
    for words_of in (
        "窓口の報告書",
        "来庁52人",
        "住民票の写し",
        "窓口稼働率",
        "減らせた時間",
        "(34.0−15.0)分×48件÷60",
    ):
        assert compact(words_of) in text, words_of
    assert "月" in text
    assert compact("前と後") not in text


def test_what_fewer_than_five_people_made_is_not_on_it(manager: FlaskClient, fill: Fill) -> None:
    fill(weeks)
    text = text_of(manager, f"/manager/report.pdf?{SPAN}")
    assert compact("転入") not in text
    assert compact("5人より少ないものは出していません") in text
    few = text_of(manager, f"/manager/report.pdf?{SPAN}&queue=B")
    assert compact("来庁－") in few
    assert "100%" not in few


def test_before_and_after_stand_side_by_side_on_page_and_paper(manager: FlaskClient, fill: Fill) -> None:
    fill(weeks)
    page = words(manager.get(f"/manager/trend?change={CHANGE}"))
    assert "の前と後の、3週間ずつです" in page
    before, after, change = page[page.rindex("待ち時間の中央値（分）") :].split()[1:4]
    assert float(before) == pytest.approx(40, rel=0.1)
    assert float(after) == pytest.approx(10, rel=0.1)
    assert change.startswith("−")
    assert compact("の前と後（前後3週間ずつ）") in text_of(
        manager, f"/manager/report.pdf?{SPAN}&change={CHANGE}"
    )


@pytest.mark.parametrize("typed", ["2026-11-20", "1900-01-01", "x", "0001-01-01", "9999-12-31"])
def test_a_date_that_cannot_be_compared_says_so(manager: FlaskClient, typed: str) -> None:
    page = manager.get(f"/manager/trend?change={typed}")
    assert page.status_code == 200
    assert "field-error" in page.text
    assert manager.get(f"/manager/report.pdf?change={typed}").status_code == 200


def test_an_empty_span_makes_a_sheet_too(manager: FlaskClient) -> None:
    assert compact("来庁－") in text_of(
        manager, f"/manager/report.pdf?from={date(2020, 1, 1)}&to={date(2020, 1, 31)}"
    )
