"""番号札の印刷の状態: the one table of steps of a print job, and when it is left behind or needs somebody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from models.rules.ticket_states import Step

Action = Literal["claim", "printed", "failed", "unclear", "again", "drop", "confirm"]
STEPS: Mapping[Action, Step] = {
    "claim": Step(("asked",), "printing"),
    "printed": Step(("printing", "unclear", "dropped"), "printed"),
    "failed": Step(("asked", "printing"), "failed"),
    "unclear": Step(("printing",), "unclear"),
    "again": Step(("failed", "unclear"), "asked"),
    "drop": Step(("asked", "failed", "unclear"), "dropped"),
    "confirm": Step(("asked", "failed", "unclear"), ""),
}
"""`printed` may be told late, also of a job that was given up meanwhile. `again` is a person's press, never automatic.

`confirm`: the person is still there. `after` is empty where the state stays.
"""
OPEN = ("asked", "printing", "failed", "unclear")
PROBLEMS = ("paper_out", "cover_open", "offline", "cut", "not_drawn")
"""No paper; cover open; nothing answers; the line broke while printing; the slip's data cannot be printed."""
IDLE = timedelta(seconds=90)
"""After so long without a touch a kiosk forgets the person."""
LEFT_AFTER = IDLE + timedelta(minutes=2)
"""A job that nobody confirmed for so long belongs to somebody who has gone: it is dropped, not printed."""
ALARM_AFTER = timedelta(minutes=2)
"""From then on staff see an alarm."""
SILENT_AFTER = timedelta(minutes=1)
"""A terminal that claimed a print and says nothing for so long has broken off: nobody knows what came out."""


def allowed(action: Action, state: str) -> bool:
    """Whether a job in `state` may take this step."""
    return state in STEPS[action].before


def after(action: Action, state: str) -> str:
    """The state that a step leads to from `state`."""
    return STEPS[action].after or state


def left_behind(state: str, changed_at: datetime, at: datetime) -> bool:
    """Whether the person of an open job has gone: it is never printed by itself then."""
    return state in STEPS["drop"].before and at - changed_at >= LEFT_AFTER


def alarming(asked_at: datetime, at: datetime) -> bool:
    """Whether an open job of that age is an alarm to staff."""
    return at - asked_at >= ALARM_AFTER
