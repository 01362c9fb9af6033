"""The table of steps: what it allows is what the queue rules say, and nothing leads out of nowhere."""

from __future__ import annotations

import pytest

from models.rules.ticket_states import (
    ASIDE,
    AT_COUNTER,
    MOVES,
    OVER,
    STEPS,
    UNDOABLE,
    Action,
    after,
    allowed,
)
from models.tables.visit import STATES


def test_every_state_of_the_table_is_one_that_a_ticket_can_have() -> None:
    named = {state for step in STEPS.values() for state in (*step.before, step.after) if state}
    assert named <= set(STATES)
    assert {*AT_COUNTER, *ASIDE, *OVER, "planned", "waiting", "absent"} == set(STATES)


@pytest.mark.parametrize(
    ("action", "state", "leads_to"),
    [
        ("call", "waiting", "called"),
        ("call", "absent", "called"),
        ("recall", "called", "called"),
        ("recall", "recalled", "recalled"),
        ("start", "recalled", "serving"),
        ("deliver", "back_office", "recalled"),
        ("finish", "recalled", "done"),
        ("return", "no_show", "waiting"),
        ("return", "abandoned", "waiting"),
        ("cancel", "held", "cancelled"),
    ],
)
def test_steps_that_are_allowed_lead_where_they_should(action: Action, state: str, leads_to: str) -> None:
    assert allowed(action, state)
    assert after(action, state) == leads_to


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("call", "serving"), ("call", "planned"), ("start", "waiting"), ("finish", "called"), ("finish", "waiting"),
        ("return", "done"), ("return", "cancelled"), ("cancel", "serving"), ("deliver", "serving"),
        ("absent", "serving"), ("transfer", "absent"), ("recall", "waiting"), ("hold", "called"),
    ],
)  # fmt: skip
def test_steps_that_are_not_in_the_table_are_forbidden(action: Action, state: str) -> None:
    assert not allowed(action, state)


def test_what_is_over_stays_over_unless_the_visitor_comes_back() -> None:
    for state in OVER:
        assert [action for action in STEPS if allowed(action, state)] in ([], ["return"])


def test_a_step_that_moves_a_ticket_to_a_counter_can_be_taken_back() -> None:
    assert set(MOVES) <= set(UNDOABLE)
