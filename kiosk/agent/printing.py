"""What every printer of a terminal promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from models.papers.slip import SlipData


@dataclass(frozen=True)
class Outcome:
    """How a job ended: `printed`, `failed` (surely no whole slip came out) or `unclear`; and why."""

    state: str
    problem: str = ""


PRINTED = Outcome("printed")


def failed(problem: str) -> Outcome:
    """Surely no whole slip came out."""
    return Outcome("failed", problem)


def unclear(problem: str = "") -> Outcome:
    """Perhaps a slip came out: only a person can tell."""
    return Outcome("unclear", problem)


class Printer(Protocol):
    """A printer by its address."""

    def problem(self) -> str:
        """What is wrong with it now, one of `slip_states.PROBLEMS`; empty where it is ready."""

    def print_slip(self, slip: SlipData) -> Outcome:
        """Print one slip and wait until it is known how that ended; never prints it a second time."""


Opener = Callable[[str], Printer]
