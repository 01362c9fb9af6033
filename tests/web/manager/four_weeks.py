"""Four weeks of visits with all that a manager's pages can show of them."""

from __future__ import annotations

from datetime import date, timedelta

from models.operations import facts, forecasting, tuning
from models.operations.tuning import Rest
from models.queries import roster_rules
from models.queries.offices import office
from models.rules.planning.staffing import Target
from tests.past_visits import MONDAY, past
from tests.web.manager.test_estimates import told
from tests.web.manager.test_rosters import decided


def four_weeks() -> None:
    """Visits, estimates, forecasts, and a roster of the city hall."""
    for week in range(4):
        for weekday in range(5):
            day = MONDAY + timedelta(weekday - 7 * week)
            past(
                day, *(f"10:{at:02} 10:{at + 5:02} 10:{at + 6:02} 10:{at + 19:02}" for at in range(0, 40, 3))
            )
    told(5, 10)
    facts.make_all()
    forecasting.refresh_all(date(2026, 11, 24))
    decided(most_hours=60.0)
    rules, rest = roster_rules.current(office("honcho")), Rest(MONDAY - timedelta(21), MONDAY)
    assert rules
    tuning.at_once(
        tuning.ask_roster(office("honcho"), Target(), rest, date(2026, 11, 30), rules.rules, "test")
    )
