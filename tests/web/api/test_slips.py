"""The slip of a number as a PDF: for whoever holds it, on the paper that is asked for, in the number's own language."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp

from models.papers.verification import page_texts
from tests.web.api.calls import UNKNOWN, Calls, problem

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def issued(calls: Calls, **more: object) -> dict[str, str]:
    body = {"procedures": ["IDO-01"], **more}
    answer = calls.post("/offices/honcho/tickets", body, "kiosk")
    assert answer.status_code == 201
    return dict(answer.json)


def slip(calls: Calls, ticket: dict[str, str], query: str = "") -> bytes:
    answer = calls.client.get(urlsplit(ticket["ticket_pdf_url"]).path + query)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    return bytes(answer.data)


@pytest.mark.parametrize(("paper", "width"), [("58", 58), ("80", 80), ("A6", 105)])
def test_it_shows_the_number_and_the_page_of_its_holder(calls: Calls, paper: str, width: int) -> None:
    ticket = issued(calls)
    pdf = slip(calls, ticket, f"?paper={paper}")
    with pypdfium2.PdfDocument(pdf) as document:
        assert round(document[0].get_width() / 72 * 25.4) == width
        picture = document[0].render(scale=4).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ticket["page_url"]]
    text = page_texts(pdf)[0]
    assert ticket["number"] in text
    assert "前庭市" in text


def test_it_speaks_the_language_in_which_the_number_was_taken(calls: Calls) -> None:
    text = page_texts(slip(calls, issued(calls, language="en")))[0]
    assert "引っ越し・世帯" in text
    assert "Moving" in text


def test_nobody_elses_and_no_other_paper(calls: Calls) -> None:
    path = urlsplit(issued(calls)["ticket_pdf_url"]).path
    problem(calls.client.get(f"/api/v1/tickets/{UNKNOWN}/slip.pdf"), 404)
    problem(calls.client.get(f"{path}?paper=A4"), 422)


def test_after_the_day_it_is_gone(calls: Calls, clock) -> None:
    path = urlsplit(issued(calls)["ticket_pdf_url"]).path
    clock.tick(timedelta(days=1))
    problem(calls.client.get(path), 410)
