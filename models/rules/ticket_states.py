"""受付番号の状態: the one table of steps; what is not in it is forbidden. Source: queue rules, `states`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Action = Literal[
    "call", "recall", "start", "hold", "resume", "back_office", "deliver", "transfer", "finish", "absent", "no_show",
    "return", "cancel", "expire",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """From which states an action leads where."""

    before: tuple[str, ...]
    after: str


STEPS: Mapping[Action, Step] = {
    "call": Step(("waiting", "absent"), "called"),
    "recall": Step(("called", "recalled"), ""),
    "start": Step(("called", "recalled"), "serving"),
    "hold": Step(("serving",), "held"),
    "resume": Step(("held",), "serving"),
    "back_office": Step(("serving", "held"), "back_office"),
    "deliver": Step(("back_office",), "recalled"),
    "transfer": Step(("waiting", "called", "serving", "held", "recalled"), "transferred"),
    "finish": Step(("serving", "recalled", "back_office"), "done"),
    "absent": Step(("called", "recalled"), "absent"),
    "no_show": Step(("called", "absent"), "no_show"),
    "return": Step(("absent", "no_show", "abandoned"), "waiting"),
    "cancel": Step(("planned", "waiting", "called", "absent", "held"), "cancelled"),
    "expire": Step(("planned", "waiting", "absent", "called", "recalled"), "abandoned"),
}
"""`after` is empty where it stays. `deliver` calls for the hand-over (交付), `expire` ends what nobody came to."""

AT_COUNTER = ("called", "serving", "recalled")
"""A counter has one ticket in these states at most; held and back-office ones wait beside it."""
ASIDE = ("held", "back_office")
MOVES: tuple[Action, ...] = ("call", "start", "resume", "deliver")
"""Steps after which the ticket is at the counter that took them."""
AWAY = ("absent", "no_show")
"""Who was called and is not here."""
OVER = ("transferred", "done", "cancelled", "no_show", "abandoned")
"""Nothing happens any more, unless it is undone or the visitor comes back."""
UNDOABLE = (
    "call", "start", "hold", "resume", "back_office", "deliver", "transfer", "finish", "absent", "no_show", "cancel",
)  # fmt: skip
UNDO_REASONS = ("mispress", "other_person", "came_back", "not_finished")
"""Why a step is undone: pressed by mistake, another person, the person came back, there is more to do."""


def allowed(action: Action, state: str) -> bool:
    """Whether a ticket in `state` may take this step."""
    return state in STEPS[action].before


def after(action: Action, state: str) -> str:
    """The state that a step leads to from `state`."""
    return STEPS[action].after or state
