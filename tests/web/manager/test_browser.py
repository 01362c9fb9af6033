"""The manager's pages in a real browser: nothing for axe to find, nothing wider than a phone, every chart drawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from models.core.settings import Settings
from models.operations import accounts, facts, forecasting, tuning
from models.operations.baselines import Typed, freeze
from models.operations.tuning import Rest
from models.queries import roster_rules
from models.queries.offices import office
from models.rules.planning.staffing import Target
from tests.chromium import launched, served
from tests.conftest import inside
from tests.past_visits import MONDAY, past
from tests.web.manager.test_estimates import told
from tests.web.manager.test_rosters import decided
from wsgi import create_app

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SPAN = f"from={MONDAY - timedelta(21)}&to={MONDAY + timedelta(6)}"
PAGES = (
    f"?{SPAN}", f"?by=procedure&{SPAN}", "?from=2020-01-01&to=2020-01-31", f"staffing?{SPAN}",
    "staffing/weekly?sample=1", f"opening-hours?{SPAN}&opens.0=09:00&closes.0=10:15&opens.1=09:00&closes.1=16:30",
    f"savings?{SPAN}", f"what-if?{SPAN}&booked=50&counters=2&example=booked_alone", "import", f"estimates?{SPAN}",
    "trend?of=all", f"trend?change={MONDAY - timedelta(14)}", "today", f"tickets?{SPAN}",
    "forecast", "roster", "roster/1", "roster/rules",
    f"?by=prefilled&from=2024-04-01&to={MONDAY + timedelta(6)}",
)  # fmt: skip
BROKEN = "[...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src)"


def visits() -> None:
    for week in range(4):
        for weekday in range(5):
            day = MONDAY + timedelta(weekday - 7 * week)
            past(
                day, *(f"10:{at:02} 10:{at + 5:02} 10:{at + 6:02} 10:{at + 19:02}" for at in range(0, 40, 3))
            )
    freeze(Typed("JUM-01", 34, 40, "測定"), "test")
    told(5, 10)
    facts.make_all()
    forecasting.refresh_all(date(2026, 11, 24))
    decided(most_hours=60.0)
    rules, rest = roster_rules.current(office("honcho")), Rest(MONDAY - timedelta(21), MONDAY)
    assert rules
    tuning.at_once(
        tuning.ask_roster(office("honcho"), Target(), rest, date(2026, 11, 30), rules.rules, "test")
    )


@pytest.fixture
def address(settings: Settings) -> Iterator[tuple[str, str]]:
    with inside(settings):
        visits()
        token = accounts.issue_token("manager", None, "test")
    app: Flask = create_app(settings)
    with served(app) as found_at:
        yield f"{found_at}/manager/", token
    app.extensions["maeniwa"].close()


@pytest.fixture
def browser() -> Iterator[Any]:
    with launched() as running:
        yield running


@pytest.mark.parametrize(("width", "height"), [(1366, 900), (390, 844)])
def test_every_page_is_sound(browser: Any, address: tuple[str, str], width: int, height: int) -> None:
    base, token = address
    headers = {"Authorization": f"Bearer {token}"}
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="ja-JP", extra_http_headers=headers
    )
    tab = context.new_page()
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    for page in PAGES:
        tab.goto(base + page, wait_until="networkidle")
        found = axe.Axe().run(tab, options={"runOnly": RULES}).response["violations"]
        assert [(page, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert (page, tab.evaluate("document.documentElement.scrollWidth")) == (page, width)
        assert (page, tab.evaluate(BROKEN)) == (page, [])
    assert problems == []
    context.close()
