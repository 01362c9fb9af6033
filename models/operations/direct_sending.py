"""プリンターに送る: sheets are taken, handed to printers outside any transaction, and noted; nothing is guessed.

What stands in the table decides: a talk with a printer may note something only as long as it holds its row, and a
document is handed over only after the printer's number of the job was written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import DomainError
from models.core.transaction import act, rows_changed
from models.operations import audit, office_row, printing
from models.operations.direct_prints import note_sheet
from models.papers.verification import SheetMismatch
from models.queries import applications, direct_prints, offices
from models.rules.direct_prints import (
    ANSWER_WITHIN,
    BUSY_PAUSE,
    FRESH,
    LEFT_AFTER,
    PREPARING,
    SETTLE_EVERY,
    SETTLE_FOR,
    TALK,
    UNDER_WAY,
)
from models.tables import DirectPrint, Printer, PrintJob

End = Literal["sent", "unclear", "failed", "held", "cancelled"]


@dataclass(frozen=True)
class Taken:
    """A sheet that one talk with one printer holds; `remote` is the printer's number where it had it before."""

    number: int
    name: str
    address: str
    fingerprint: str
    remote: int | None = None


@act
def claim(session: Session, printer_id: int, holder: str) -> Taken | None:
    """Take the oldest fresh sheet of a printer, which then prints no other; None where there is none, or it is busy.

    `holder` is this one talk's own.
    """
    printer = session.scalar(select(Printer).where(Printer.id == printer_id).with_for_update())
    at = now()
    of_printer = DirectPrint.printer_id == printer_id
    talking = select(DirectPrint.id).where(
        of_printer, DirectPrint.state == "sending", DirectPrint.held_until > at
    )
    if printer is None or printer.ended_at is not None or session.scalar(talking.limit(1)) is not None:
        return None
    due = (of_printer, DirectPrint.state == "asked", DirectPrint.wanted_at > at - FRESH)
    number = session.scalar(
        select(DirectPrint.id).where(*due, DirectPrint.next_at <= at).order_by(DirectPrint.id).limit(1)
    )
    if number is None:
        return None
    taken = update(DirectPrint).where(DirectPrint.id == number, *due)
    values = {
        "state": "sending", "holder": holder, "held_until": at + PREPARING, "changed_at": at, "problem": "",
        "remote": None, "at_printer": False, "stop": False,
    }  # fmt: skip
    if rows_changed(session, taken.values(values)) != 1:
        return None
    return Taken(number, _name(session, number), printer.address, printer.fingerprint)


def prepared(taken: Taken, holder: str) -> bytes | None:
    """The sheet of a taken print, in memory only and compared with its job; None where it failed, which is noted."""
    try:
        job = direct_prints.sheet(taken.number)
        application = applications.by_id(job.application_id)
        printing.refuse_ended(application)
        return printing.drawn(offices.office_by_id(application.office_id), application, job)
    except SheetMismatch:
        end(taken.number, holder, "failed", "not_drawn")
    except DomainError:
        end(taken.number, holder, "failed", "gone")
    return None


@act
def begin(session: Session, number: int, holder: str, remote: int, digest: bytes) -> bool:
    """Write down the printer's number; only then may the document be handed over.

    False, and it must not be: the time is over, the counter wants it back, or the sheet was printed elsewhere.
    """
    at = now()
    row = _held(session, number, holder)
    if row is None or row.stop or row.held_until is None or row.held_until <= at:
        return False
    sheet = update(PrintJob).where(PrintJob.id == row.print_job_id, PrintJob.state == "asked")
    if rows_changed(session, sheet.values(state="released", released_at=at, digest=digest)) != 1:
        return False
    row.remote, row.at_printer, row.held_until = remote, True, at + TALK
    return True


@act
def note(session: Session, number: int, holder: str, problem: str) -> Literal["go on", "stop", "lost"]:
    """Note what keeps the printer; whether to go on, to take the job back, or to leave it because the time is over."""
    if session.scalar(select(DirectPrint.problem).where(DirectPrint.id == number)) != problem:
        _enter(session, number)
    row = _held(session, number, holder)
    if row is None:
        return "lost"
    if row.problem != problem:
        row.problem, row.changed_at = problem, now()
        office_row.advance(session, offices.office_by_id(row.office_id))
    return "stop" if row.stop else "go on"


@act
def put_off(session: Session, number: int, holder: str, problem: str) -> None:
    """The printer is busy and has nothing of it: tried again within moments, while the person's word is fresh."""
    _enter(session, number)
    row = _held(session, number, holder)
    if row is None or row.remote is not None:
        return
    if row.stop:
        _ended(session, row, "cancelled", problem, at_printer=False)
    else:
        row.state, row.holder, row.problem = "asked", "", problem
        row.next_at = now() + BUSY_PAUSE


@act
def end(
    session: Session, number: int, holder: str, state: End, problem: str = "", *, at_printer: bool = False
) -> bool:
    """What a talk came to. `at_printer`: the job may still be in the printer, which must be seen to.

    False, and nothing noted, where somebody else holds it by now.
    """
    _enter(session, number)
    row = _held(session, number, holder)
    if row is None:
        return False
    if row.stop and state == "held":
        state = "cancelled"
    _ended(session, row, state, problem, at_printer=at_printer)
    return True


def sweep() -> int:
    """Close what nobody ended: talks that broke off, sheets that were not taken in time, prints without a word.

    Each is an act of its own, so that one office's line never waits for another's.
    """
    return sum(_closed(number) for number in direct_prints.work().stale)


@act
def _closed(session: Session, number: int) -> bool:
    """Close this one, if it is still so; another scheduler may have been here."""
    _enter(session, number)
    row = _locked(session, number)
    end_of = _overdue(row, now()) if row is not None else None
    if row is None or end_of is None:
        return False
    _ended(session, row, *end_of, at_printer=row.at_printer)
    return True


@act
def to_settle(session: Session, printer_id: int) -> list[Taken]:
    """The jobs that may still be in a printer although nobody waits for them; asked for again after a while."""
    at = now()
    printer = session.get(Printer, printer_id)
    mine = (
        DirectPrint.printer_id == printer_id, DirectPrint.at_printer.is_(True), DirectPrint.next_at <= at,
        DirectPrint.state.not_in(UNDER_WAY), DirectPrint.changed_at > at - SETTLE_FOR,
    )  # fmt: skip
    found = []
    for row in session.scalars(select(DirectPrint).where(*mine).with_for_update()):
        row.next_at = at + SETTLE_EVERY
        if printer is not None and row.remote is not None:
            name = _name(session, row.id)
            found.append(Taken(row.id, name, printer.address, printer.fingerprint, row.remote))
    return found


@act
def settled(session: Session, number: int) -> None:
    """Nothing more can come out of a job."""
    session.execute(update(DirectPrint).where(DirectPrint.id == number).values(at_printer=False))


def _overdue(row: DirectPrint, at: datetime) -> tuple[End, str] | None:
    """How a row ends that nobody ended; None where it is in time, or has ended."""
    if row.state not in (*UNDER_WAY, "sent"):
        return None
    if row.state == "sending":
        if row.held_until is not None and row.held_until > at:
            return None
        return ("held" if row.remote is None else "unclear"), "broken_off"
    if row.state == "sent":
        return ("unclear", "unanswered") if at - row.changed_at >= ANSWER_WITHIN else None
    if at - row.asked_at >= LEFT_AFTER:
        return "cancelled", "left"
    late = row.state == "asked" and at - row.wanted_at >= FRESH
    return ("held", row.problem or "not_taken") if late else None


def _ended(session: Session, row: DirectPrint, state: End, problem: str, *, at_printer: bool) -> None:
    place = offices.office_by_id(row.office_id)
    at, was = now(), row.state
    if state == "held" and row.remote is not None:
        state = "failed"
    row.state, row.problem, row.changed_at, row.holder = state, problem, at, ""
    row.at_printer, row.next_at = at_printer, at
    note_sheet(session, row, state, counted=was != "sent")
    office_row.advance(session, place)
    audit.note(session, audit.SYSTEM, f"direct.{state}", str(row.id), problem)


def _enter(session: Session, number: int) -> None:
    """The office first, then the print: in the order in which every act takes them."""
    office = session.scalar(select(DirectPrint.office_id).where(DirectPrint.id == number))
    if office is not None:
        office_row.enter(session, offices.office_by_id(office))


def _locked(session: Session, number: int) -> DirectPrint | None:
    """The row as it is now; nobody else changes it until the act is over."""
    chosen = select(DirectPrint).where(DirectPrint.id == number).with_for_update()
    return session.scalar(chosen.execution_options(populate_existing=True))


def _held(session: Session, number: int, holder: str) -> DirectPrint | None:
    """The row, if this talk still holds it."""
    row = _locked(session, number)
    return row if row is not None and row.state == "sending" and row.holder == holder else None


def _name(session: Session, number: int) -> str:
    """What the printer's own screen calls the job: the print's id and this try, never a person."""
    print_id = session.scalar(
        select(PrintJob.print_id)
        .join(DirectPrint, DirectPrint.print_job_id == PrintJob.id)
        .where(DirectPrint.id == number)
    )
    return f"{print_id}-{number}"
