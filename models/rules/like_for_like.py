"""同じ手続きどうしのくらべ: handling with and without pre-filling, freed from which procedures people pre-fill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from models.rules.statistics import HandledTicket, handling_minutes

FEWEST_OF_EACH = 5
"""Timed tickets of both kinds from which a procedure is compared (metrics: publish cells of five or more)."""


@dataclass(frozen=True)
class Comparison:
    """Mean handling minutes with and without pre-filling; `count` pre-filled tickets of `procedures` were compared."""

    prefilled: float
    plain: float
    count: int
    procedures: int


def compare(tickets: Iterable[HandledTicket]) -> Comparison | None:
    """Means of each procedure, weighted with its pre-filled tickets on both sides; None where none can be compared."""
    minutes: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for ticket in tickets:
        took = handling_minutes(ticket)
        if took is not None and ticket.procedure:
            minutes[ticket.procedure][ticket.prefilled].append(took)
    pairs = [
        (plain, filled)
        for plain, filled in minutes.values()
        if min(len(plain), len(filled)) >= FEWEST_OF_EACH
    ]
    count = sum(len(filled) for _, filled in pairs)
    if not count:
        return None
    return Comparison(
        prefilled=sum(sum(filled) for _, filled in pairs) / count,
        plain=sum(fmean(plain) * len(filled) for plain, filled in pairs) / count,
        count=count,
        procedures=len(pairs),
    )
