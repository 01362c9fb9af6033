"""Several procedures as one visit: how long it takes, what to bring, which queue and which forms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from models.catalogue.definitions import Catalogue, Item, Procedure, VisitMerge

_AS_SHIPPED = VisitMerge()


@dataclass(frozen=True)
class BringLine:
    """One thing to bring in a visit; `conditions` say in words for whom, empty means everybody."""

    item: Item
    conditions: tuple[str, ...]
    procedures: tuple[str, ...]


def visit_minutes(
    procedures: Sequence[Procedure],
    cards: int = 0,
    prefilled: bool = False,
    merge: VisitMerge = _AS_SHIPPED,
) -> int:
    """Minutes at the counter for one visit, as 目安; 0 without procedures.

    The longest desk time + a share of the other desk times + minutes for each My Number card, rounded up
    (as shipped: max + 0.6 x others + 4 a card, up to the next 5).
    """
    desks = [one.minutes.desk_prefilled if prefilled else one.minutes.desk for one in procedures]
    if not desks:
        return 0
    longest = max(desks)
    hundredths = 100 * (longest + merge.card_minutes * cards) + merge.others_percent * (sum(desks) - longest)
    step = 100 * merge.round_minutes
    return -(-hundredths // step) * merge.round_minutes


def bring_list(
    catalogue: Catalogue, procedures: Iterable[Procedure], spared: Collection[str] = ()
) -> tuple[BringLine, ...]:
    """One list for the visit: every item once with all its conditions; of identity papers only the strictest.

    Items that are `spared` stand in it only where a procedure asks them of everybody.
    """
    asked: dict[str, list[tuple[str, str]]] = {}
    for procedure in procedures:
        for bring in procedure.bring:
            if not (bring.when and bring.item in spared):
                asked.setdefault(bring.item, []).append((procedure.code, bring.when))
    merged: dict[str, list[tuple[str, str]]] = {}
    for code, askers in asked.items():
        merged.setdefault(_stricter(catalogue, code, asked), []).extend(askers)
    return tuple(_line(catalogue.items[code], askers) for code, askers in merged.items())


def main_queue(procedures: Sequence[Procedure]) -> str:
    """The queue of the procedure with the longest desk time, the first of equals; ValueError without any."""
    return max(procedures, key=lambda one: one.minutes.desk).queue


def forms_of(procedures: Iterable[Procedure]) -> tuple[str, ...]:
    """The forms of these procedures, in their order, each once."""
    return tuple(dict.fromkeys(form for procedure in procedures for form in procedure.forms))


def _stricter(catalogue: Catalogue, code: str, asked: Iterable[str]) -> str:
    """The strictest asked item that makes `code` needless, else `code` itself."""
    better = [other for other in asked if code in catalogue.items[other].replaces]
    return max(better, key=lambda other: len(catalogue.items[other].replaces), default=code)


def _line(item: Item, askers: Sequence[tuple[str, str]]) -> BringLine:
    conditions = tuple(dict.fromkeys(when for _, when in askers))
    return BringLine(
        item,
        conditions=() if "" in conditions else conditions,
        procedures=tuple(dict.fromkeys(code for code, _ in askers)),
    )


def by_queue(procedures: Sequence[Procedure], first: str) -> list[tuple[str, tuple[str, ...]]]:
    """The procedures of a visit queue by queue: the `first` queue first, the others as they were asked for."""
    found: dict[str, list[str]] = {first: []}
    for one in procedures:
        found.setdefault(one.queue, []).append(one.code)
    return [(queue, tuple(codes)) for queue, codes in found.items() if codes]
