"""直接印刷の状態: the one table of steps of a sheet on its way to a printer, and how long each state may last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from models.rules.ticket_states import Step

Action = Literal["again", "cancel", "confirm", "doubt"]
STEPS: Mapping[Action, Step] = {
    "again": Step(("asked", "held"), "asked"),
    "cancel": Step(("asked", "held"), "cancelled"),
    "confirm": Step(("sent", "unclear"), "confirmed"),
    "doubt": Step(("sent",), "unclear"),
}
"""What a person at the counter says: the resident is still here; nothing is to come; the paper is here; it is not."""
UNDER_WAY = ("asked", "held", "sending")
OPEN = (*UNDER_WAY, "sent", "unclear")
"""What still waits for somebody: the printer or a person."""
ENDS = ("sent", "unclear", "failed", "held", "cancelled")
"""What a talk with a printer comes to: the printer says that all is on paper; nobody knows; surely nothing came out.

`held` waits for a person's word, `failed` was given up by the printer, `cancelled` by the counter.
"""
PROBLEMS = (
    "offline", "no_paper", "jam", "open", "stopped", "busy", "refused", "not_taken", "broken_off", "time_out",
    "not_drawn", "gone", "unanswered", "left", "outside",
)  # fmt: skip
"""Why a sheet does not come out.

`offline`: no answer; `stopped`: it stands still; `refused`: it does not take such jobs; `not_taken`: nobody sent it;
`broken_off`: whoever sent it died; `gone`: the application is no more; `unanswered`: no word from the counter;
`left`: too old to be printed; `outside`: not in the house's network.
"""
FRESH = timedelta(seconds=30)
"""So long after a person's word a sheet may still go out by itself; later it waits for another word."""
BUSY_PAUSE = timedelta(seconds=2)
"""After a printer said that it is busy."""
PREPARING = timedelta(seconds=30)
"""So long a talk may take until the printer has been told of the job; then it is over, and nothing was handed over."""
TALK = timedelta(seconds=90)
"""So long it may take from there to the paper. Whoever sent it has ended it by then, or has died."""
FOLLOWING = timedelta(seconds=60)
"""So long the printer may take for the paper; then this job, and no other, is taken back."""
ANSWER_WITHIN = timedelta(minutes=10)
"""A sheet of which nobody said so long whether it came out is 要確認."""
LEFT_AFTER = timedelta(hours=2)
"""A sheet that waits since so long belongs to somebody who has gone: it is never printed."""
SETTLE_EVERY = timedelta(seconds=10)
"""How often a printer is asked about a job that may still be in it."""
SETTLE_FOR = timedelta(hours=12)
ALARM_AFTER = timedelta(minutes=2)
"""From then on everybody at the counters sees an alarm."""


def stale(state: str, wanted_at: datetime, at: datetime) -> bool:
    """Whether a sheet that was to go out by itself must not any more."""
    return state == "asked" and at - wanted_at >= FRESH


def alarming(asked_at: datetime, at: datetime) -> bool:
    """Whether a sheet under way of that age is an alarm to staff."""
    return at - asked_at >= ALARM_AFTER
