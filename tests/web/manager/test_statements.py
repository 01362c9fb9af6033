"""How often the manager's pages ask the database, and that no ticket is read where the night has answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import pytest
from flask.testing import FlaskClient

from models.operations import facts, keeping
from tests.web.manager.conftest import Fill, words
from tests.web.manager.test_what_if import week
from tests.web.statements import asked

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
TODAY = date(2026, 11, 24)
MOST = {
    "": 11,
    "?by=procedure": 11,
    "staffing": 10,
    "what-if": 8,
    "slots": 16,
    "opening-hours": 11,
    "savings": 11,
}
"""The pages whose answers the night has, and how many statements each may take."""
MADE = "に計算しました。毎晩、前の日までの記録で計算し直します。"
OF_TICKETS = re.compile(r"\bFROM ticket\b")


def rows_of_tickets(statements: Sequence[str]) -> list[str]:
    """The statements that read a span ticket by ticket: neither added up in the database nor the first few."""
    return [
        one for one in statements if OF_TICKETS.search(one) and "count(" not in one and "LIMIT" not in one
    ]


def seen(manager: FlaskClient, page: str) -> tuple[str, list[str]]:
    """A page's text the second time, and what it asked."""
    manager.get(f"/manager/{page}")
    with asked() as statements:
        found = manager.get(f"/manager/{page}")
    assert found.status_code == 200, page
    return words(found), list(statements)


def night() -> None:
    facts.make_all()
    keeping.answer_all(TODAY, ["4weeks"])


def test_what_the_night_answered_is_read_without_any_ticket_and_says_when(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(week)
    for page in MOST:
        text, statements = seen(manager, page)
        assert rows_of_tickets(statements), f"{page} is worked out while nothing was answered"
        assert MADE not in text
    fill(night)
    for page, most in MOST.items():
        text, statements = seen(manager, page)
        assert not rows_of_tickets(statements), page
        assert 0 < len(statements) <= most, "\n".join([page, *statements])
        assert MADE in text, page


def test_todays_page_is_live_and_says_nothing_of_a_night(manager: FlaskClient, fill: Fill) -> None:
    fill(week)
    fill(night)
    text, statements = seen(manager, "?span=today")
    assert MADE not in text
    assert rows_of_tickets(statements)


def test_the_roster_and_the_longest_waits_let_the_database_do_the_work(
    manager: FlaskClient, fill: Fill
) -> None:
    fill(week)
    for page, most in (("roster", 8), ("tickets", 5), ("tickets?by=counter&key=1&outcome=finished", 5)):
        text, statements = seen(manager, page)
        assert not rows_of_tickets(statements), page
        assert 0 < len(statements) <= most, "\n".join([page, *statements])
    assert "100件のうち、長く待った順に1件目から50件目まで" in text
