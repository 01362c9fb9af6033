"""直接印刷を見る: the sheets on their way to printers, which printers keep people waiting, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from models.core.clock import now
from models.core.db import session
from models.core.errors import NotFound
from models.core.reading import once_a_reading
from models.queries import printing
from models.queries.offices import OfficeView
from models.queries.printing import PrintView
from models.rules import direct_prints as rules
from models.tables import Application, DirectPrint, Printer, PrintJob

LOOKED_BACK = timedelta(hours=12)


@dataclass(frozen=True)
class DirectPrintView:
    """A sheet on its way to a printer; `copy` 1 is the original, instants are UTC."""

    id: int
    print_id: str
    copy: int
    reference: str
    application_id: int
    printer_id: int
    printer: str
    counter: str
    state: str
    problem: str
    stop: bool
    asked_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Waiting:
    """A printer that keeps people waiting: why, since when, how many sheets, and whether that is an alarm."""

    printer: str
    problem: str
    since: datetime
    minutes: int
    alarm: bool
    count: int


@dataclass(frozen=True)
class Work:
    """What a sender has to do: printers with sheets or jobs to see to, printers to look at, and old rows to close."""

    printers: tuple[int, ...]
    looks: tuple[int, ...]
    stale: tuple[int, ...]


def by_id(place: OfficeView, number: int) -> DirectPrintView:
    """One of an office's; `NotFound` for any other."""
    row = session().execute(_ROWS.where(DirectPrint.id == number, DirectPrint.office_id == place.id)).first()
    if row is None:
        raise NotFound
    return _view(row, now())


def open_at(place: OfficeView, counter: str | None = None) -> tuple[DirectPrintView, ...]:
    """What still waits for a printer or a person, and what failed just now, oldest first; of one counter or of all."""
    found = [one for one in _open(place) if counter in (None, one.counter)]
    newest = {one.application_id: one.id for one in found}
    return tuple(one for one in found if one.state != "failed" or newest[one.application_id] == one.id)


@once_a_reading
def _open(place: OfficeView) -> tuple[DirectPrintView, ...]:
    at = now()
    asked = {"place": place.id, "since": at - LOOKED_BACK, "lately": at - rules.ANSWER_WITHIN}
    return tuple(_view(row, at) for row in session().execute(_OPEN, asked))


def under_way(application_id: int) -> DirectPrintView | None:
    """The one sheet of an application that is on its way; None where there is none."""
    row = session().execute(
        _ROWS.where(
            PrintJob.application_id == application_id, DirectPrint.state.in_(rules.UNDER_WAY)
        ).order_by(DirectPrint.id)
    ).first()  # fmt: skip
    return _view(row, now()) if row else None


def sheet(number: int) -> PrintView:
    """Which sheet is on its way; `NotFound` for a row that is not there."""
    chosen = select(PrintJob).join(DirectPrint, DirectPrint.print_job_id == PrintJob.id)
    row = session().scalar(chosen.where(DirectPrint.id == number))
    if row is None:
        raise NotFound
    return printing.view(row)


def waiting(place: OfficeView) -> tuple[Waiting, ...]:
    """The printers that keep people waiting, the oldest wait first: what did not go out by itself, or takes long."""
    at = now()
    kept: dict[int, list[DirectPrintView]] = {}
    for one in open_at(place):
        slow = one.state in rules.UNDER_WAY and rules.alarming(one.asked_at, at)
        if one.state == "held" or slow or (one.state == "sending" and one.problem):
            kept.setdefault(one.printer_id, []).append(one)
    made = (_waiting(rows, at) for rows in kept.values())
    return tuple(sorted(made, key=lambda one: one.since))


def work() -> Work:
    """What there is to do in this municipality now."""
    at = now()
    rows = session().execute(
        select(
            DirectPrint.id, DirectPrint.printer_id, DirectPrint.state, DirectPrint.wanted_at, DirectPrint.asked_at,
            DirectPrint.next_at, DirectPrint.held_until, DirectPrint.at_printer, DirectPrint.changed_at,
        ).where(or_(DirectPrint.state.in_((*rules.UNDER_WAY, "sent")), DirectPrint.at_printer.is_(True)))
    ).all()  # fmt: skip
    due = [one for one in rows if one.next_at <= at and (_goes_out(one, at) or _may_be_there(one, at))]
    looks = select(Printer.id).where(Printer.ended_at.is_(None), Printer.looked_at.is_(None))
    return Work(
        printers=tuple(dict.fromkeys(one.printer_id for one in due)),
        looks=tuple(session().scalars(looks)),
        stale=tuple(one.id for one in rows if _stale(one, at)),
    )


def _goes_out(row: Any, at: datetime) -> bool:
    return row.state == "asked" and not rules.stale(row.state, row.wanted_at, at)


def _may_be_there(row: Any, at: datetime) -> bool:
    return bool(
        row.at_printer and row.state not in rules.UNDER_WAY and at - row.changed_at < rules.SETTLE_FOR
    )


def _stale(row: Any, at: datetime) -> bool:
    if row.state == "sending":
        return bool(row.held_until is None or row.held_until <= at)
    if row.state == "sent":
        return bool(at - row.changed_at >= rules.ANSWER_WITHIN)
    old = row.state in ("asked", "held") and at - row.asked_at >= rules.LEFT_AFTER
    return bool(old or rules.stale(row.state, row.wanted_at, at))


_ROWS = (
    select(
        DirectPrint, PrintJob.print_id, PrintJob.copy, Application.reference,
        Application.id.label("application_id"), Printer.name.label("printer"),
    )
    .join(PrintJob, PrintJob.id == DirectPrint.print_job_id)
    .join(Application, Application.id == PrintJob.application_id)
    .join(Printer, Printer.id == DirectPrint.printer_id)
    .execution_options(populate_existing=True)
)  # fmt: skip

_OPEN = _ROWS.where(
    DirectPrint.office_id == bindparam("place"),
    DirectPrint.asked_at > bindparam("since"),
    or_(
        DirectPrint.state.in_(rules.OPEN),
        and_(DirectPrint.state == "failed", DirectPrint.changed_at > bindparam("lately")),
    ),
).order_by(DirectPrint.id)


def _view(found: Any, at: datetime) -> DirectPrintView:
    """A row; what nobody took in time waits for a word, whether or not a sender has come by to note it."""
    row: DirectPrint = found[0]
    left = rules.stale(row.state, row.wanted_at, at)
    return DirectPrintView(
        row.id, found.print_id, found.copy, found.reference, found.application_id, row.printer_id,
        found.printer, row.counter, "held" if left else row.state,
        (row.problem or "not_taken") if left else row.problem, row.stop, row.asked_at, row.changed_at,
    )  # fmt: skip


def _waiting(rows: Iterable[DirectPrintView], at: datetime) -> Waiting:
    ordered = sorted(rows, key=lambda one: one.asked_at)
    since = ordered[0].asked_at
    problem = next((one.problem for one in reversed(ordered) if one.problem), "")
    minutes = int((at - since).total_seconds()) // 60
    return Waiting(ordered[0].printer, problem, since, minutes, rules.alarming(since, at), len(ordered))
