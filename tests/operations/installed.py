"""Printers and receivers as an administrator sets them."""

from __future__ import annotations

from dataclasses import dataclass

from models.operations.printers import set_printers
from models.operations.receivers import set_receivers
from models.queries import printers, receivers
from models.queries.offices import OfficeView
from models.rules import printers as paper
from models.rules.handover.receivers import Wanted, plain


@dataclass(frozen=True)
class Opened:
    """A receiver that was opened; `secret` is empty where its way needs none."""

    id: int
    secret: str


def printer(place: OfficeView, wanted: paper.Wanted, instead_of: int | None = None) -> int:
    """One more printer, or one in the place of another."""
    kept = [printers.state_of(one) for one in printers.printers_of(place) if one.id != instead_of]
    set_printers(place, [*kept, paper.plain(wanted)], "chie")
    return next(one.id for one in printers.printers_of(place) if one.name == wanted.name)


def receiver(place: OfficeView, wanted: Wanted) -> Opened:
    """One more receiver."""
    made = set_receivers(place, [*receivers.receivers_state(place), plain(wanted)], "aya")
    number = next(one.id for one in receivers.of_office(place) if one.name == wanted.name)
    return Opened(number, made.get(wanted.name, ""))


def ended(place: OfficeView, number: int) -> None:
    """A receiver less."""
    kept = [receivers.state_of(one) for one in receivers.of_office(place) if one.id != number]
    set_receivers(place, kept, "aya")
