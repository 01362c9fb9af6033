"""庁舎の決まり: the numbers by which an office calls; the catalogue ships them, an office may set its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

from models.core.errors import FieldProblem, Invalid
from models.core.messages import _n, message

OUT_OF_RANGE = _n("{low}から{high}までの数にしてください。")
UNKNOWN = _n("この項目は決められません。")
RANGES: Mapping[str, tuple[int, int]] = {
    "lead_minutes": (0, 60),
    "grace_minutes": (0, 120),
    "priority_minutes": (0, 240),
    "ahead_in_a_row": (1, 20),
    "walk_in_bound_minutes": (5, 240),
    "absent_after_calls": (1, 10),
    "absent_after_seconds": (0, 900),
    "hold_minutes": (1, 240),
    "stop_minutes": (0, 240),
    "undo_minutes": (1, 60),
}
"""What each number may be."""
ORDER = frozenset(
    ("lead_minutes", "grace_minutes", "priority_minutes", "ahead_in_a_row", "walk_in_bound_minutes")
)
"""The numbers that decide who of those who wait is called next."""
SEVERAL = ("together", "walk", "booth")


@dataclass(frozen=True)
class HallPolicy:
    """The numbers of one office. Minutes and seconds; sources in the catalogue's queue rules.

    `lead_minutes`: a booked visitor goes first from so long before the booked time. `grace_minutes`: later than that,
    the ticket stands at the end of the line. `priority_minutes`: head start of somebody who cannot wait long.
    `ahead_in_a_row`, `walk_in_bound_minutes`: after so many calls ahead of the line, a walk-in who has waited longer
    goes first. `hold_minutes`: an absent ticket is kept so long. `stops_at_closing`: numbers end by themselves
    `stop_minutes` before closing; otherwise (as shipped: issue with a notice, do not refuse) only staff end them.
    `several`: what becomes of procedures of several queues: one ticket for all (`together`), a ticket a queue in order
    (`walk`), or the same with the visitor seated in one booth while staff rotate (`booth`). `from_home`: residents may
    take a number for today by phone.
    """

    lead_minutes: int = 2
    grace_minutes: int = 10
    priority_minutes: int = 15
    ahead_in_a_row: int = 2
    walk_in_bound_minutes: int = 45
    absent_after_calls: int = 3
    absent_after_seconds: int = 90
    hold_minutes: int = 30
    stop_minutes: int = 0
    undo_minutes: int = 10
    stops_at_closing: bool = False
    several: str = "together"
    from_home: bool = False

    @property
    def lead(self) -> timedelta:
        """How long before the booked time a booked visitor goes first."""
        return timedelta(minutes=self.lead_minutes)

    @property
    def grace(self) -> timedelta:
        """How late a booked visitor may come and still go first."""
        return timedelta(minutes=self.grace_minutes)

    @property
    def head_start(self) -> timedelta:
        """What priority is worth."""
        return timedelta(minutes=self.priority_minutes)

    @property
    def walk_in_bound(self) -> timedelta:
        """The wait after which calls ahead of the line are bounded."""
        return timedelta(minutes=self.walk_in_bound_minutes)

    @property
    def hold(self) -> timedelta:
        """How long an absent ticket is kept."""
        return timedelta(minutes=self.hold_minutes)


def shipped(numbers: Mapping[str, Any]) -> HallPolicy:
    """The policy of the catalogue's queue rules (`Catalogue.rules`)."""
    rules = numbers["rules"]
    booked, recall = rules["booked_call"], rules["recall"]
    return HallPolicy(
        lead_minutes=booked["lead_min"],
        grace_minutes=booked["late_grace_min"],
        priority_minutes=rules["priority"]["key_bonus_min"],
        absent_after_calls=recall["absent_after_calls"],
        absent_after_seconds=recall["absent_after_s"],
        hold_minutes=recall["hold_min"],
    )


def with_own(base: HallPolicy, own: Mapping[str, Any]) -> HallPolicy:
    """`base` with an office's own numbers over it; what is unknown there (an older build's) is passed over."""
    known = {field.name for field in fields(HallPolicy)}
    return replace(base, **{name: value for name, value in own.items() if name in known})


def checked(own: Mapping[str, Any]) -> dict[str, Any]:
    """An office's own numbers as they may be kept; `Invalid` names each that may not."""
    problems = []
    switches = {field.name for field in fields(HallPolicy) if isinstance(field.default, bool)}
    for name, value in own.items():
        if (name in switches and isinstance(value, bool)) or (name == "several" and value in SEVERAL):
            continue
        if name not in RANGES:
            problems.append(FieldProblem(name[:40], message(UNKNOWN)))
            continue
        low, high = RANGES[name]
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            problems.append(FieldProblem(name, message(OUT_OF_RANGE, low=low, high=high)))
    if problems:
        raise Invalid(problems)
    return dict(own)
