"""受付番号の状態: the one table of steps; what is not in it is forbidden. Source: queue rules, `states`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["call", "recall", "start", "finish", "no_show", "return", "cancel"]


@dataclass(frozen=True)
class Step:
    """From which states an action leads where."""

    before: tuple[str, ...]
    after: str


STEPS: dict[Action, Step] = {
    "call": Step(("waiting",), "called"),
    "recall": Step(("called",), "called"),
    "start": Step(("called",), "serving"),
    "finish": Step(("serving",), "done"),
    "no_show": Step(("called",), "no_show"),
    "return": Step(("no_show", "absent"), "waiting"),
    "cancel": Step(("waiting", "called"), "cancelled"),
}


def allowed(action: Action, state: str) -> bool:
    """Whether a ticket in `state` may take this step."""
    return state in STEPS[action].before
