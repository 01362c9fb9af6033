"""プリンターを見る: the printers of an office, and which counter prints where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from models.core.db import session
from models.core.errors import NotFound
from models.queries.offices import OfficeView
from models.rules.printers import Wanted, ordered, plain
from models.tables import Printer

IN_USE = (
    select(Printer)
    .where(Printer.office_id == bindparam("place"), Printer.ended_at.is_(None))
    .order_by(Printer.name, Printer.id)
)


@dataclass(frozen=True)
class PrinterView:
    """A printer as it was set; instants are UTC. `problem` is what the last look at it found, at `looked_at`."""

    id: int
    office_id: int
    name: str
    address: str
    fingerprint: str
    counters: tuple[str, ...]
    made_at: datetime
    made_by: str
    ended_at: datetime | None
    ended_by: str
    looked_at: datetime | None
    problem: str


def printers_of(place: OfficeView) -> tuple[PrinterView, ...]:
    """The printers in use, in the order of their names."""
    return tuple(view(row) for row in session().scalars(IN_USE, {"place": place.id}))


def printers_state(place: OfficeView) -> list[dict[str, Any]]:
    """The printers in use as a setting."""
    return ordered([state_of(one) for one in printers_of(place)])


def state_of(one: PrinterView) -> dict[str, Any]:
    """One of them."""
    return plain(Wanted(one.name, one.address, one.fingerprint, one.counters))


def printer(place: OfficeView, number: int) -> PrinterView:
    """A printer in use; `NotFound` for any other."""
    row = session().get(Printer, number)
    if row is None or row.office_id != place.id or row.ended_at is not None:
        raise NotFound
    return view(row)


def by_id(number: int) -> PrinterView:
    """A printer of any office, also one that is not in use any more."""
    row = session().get(Printer, number, populate_existing=True)
    if row is None:
        raise NotFound
    return view(row)


def printer_of(place: OfficeView, counter: str | None) -> PrinterView | None:
    """Where a counter prints; None where it has no printer."""
    return next((one for one in printers_of(place) if counter in one.counters), None)


def view(row: Printer) -> PrinterView:
    """A row as doors may see it."""
    return PrinterView(
        row.id, row.office_id, row.name, row.address, row.fingerprint, tuple(row.counters), row.made_at,
        row.made_by, row.ended_at, row.ended_by or "", row.looked_at, row.problem,
    )  # fmt: skip
