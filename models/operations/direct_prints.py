"""直接印刷: a clerk has a sheet come out of the counter's printer, and says what became of the paper."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import Conflict
from models.core.messages import _n, message
from models.core.transaction import act, rows_changed
from models.operations import audit, office_row, printing, tickets
from models.queries import applications, direct_prints, printers
from models.queries import printing as prints
from models.queries.direct_prints import DirectPrintView
from models.queries.offices import OfficeView
from models.rules.direct_prints import LEFT_AFTER, STEPS, Action
from models.tables import DirectPrint, PrintJob

NO_PRINTER = _n("この窓口には、プリンターが決まっていません。")
OTHER_COUNT = _n("ほかの画面で、もう印刷しています。画面を開き直してください。")
NOT_NOW = _n("この印刷は、いまはそのようにできません。画面を開き直してください。")
OTHER_PRINTER = _n("プリンターの設定が変わりました。取り消して、もう一度印刷してください。")
SHEETS: Mapping[str, str] = {"sent": "released", "unclear": "unclear", "confirmed": "confirmed"}
"""What an end means for the sheet itself; after any other, surely no paper came out."""


@act
def ask(
    session: Session,
    place: OfficeView,
    reference: str,
    counter: str | None,
    actor: str,
    reason: str = "",
    copies: int | None = None,
) -> DirectPrintView:
    """A sheet is to come out of this counter's printer; pressed twice it is one. After the first, `reason` is needed.

    `copies`: how many sheets the page showed that asks. Raises `Conflict` (other office, no printer, another page
    printed meanwhile), `Gone`, and `Invalid` without a reason.
    """
    office_row.enter(session, place)
    application = applications.by_reference(reference)
    printing.refuse(place, application)
    chosen = printers.printer_of(place, counter)
    if chosen is None:
        raise Conflict(message(NO_PRINTER))
    going = direct_prints.under_way(application.id)
    if going is not None:
        return going
    left = prints.released(application.id)
    if copies is not None and copies != len(left):
        raise Conflict(message(OTHER_COUNT))
    again = printing.check_reason(reason) if left else ""
    job = printing.asked(session, application, actor, counter, again)
    at = now()
    row = DirectPrint(
        office_id=place.id, printer_id=chosen.id, counter=counter or "", asked_by=actor[:60], asked_at=at,
        wanted_at=at, next_at=at, changed_at=at,
        print_job_id=session.scalar(select(PrintJob.id).where(PrintJob.print_id == job.print_id)),
    )  # fmt: skip
    session.add(row)
    session.flush()
    office_row.advance(session, place)
    audit.note(session, actor, "direct.ask", job.print_id)
    return direct_prints.by_id(place, row.id)


@act
def again(session: Session, place: OfficeView, number: int, actor: str) -> None:
    """まだここにいます: the resident of a sheet that waits is there, so it may go out now."""
    found = direct_prints.by_id(place, number)
    at = now()
    if at - found.asked_at >= LEFT_AFTER:
        raise Conflict(message(NOT_NOW))
    if all(one.id != found.printer_id for one in printers.printers_of(place)):
        raise Conflict(message(OTHER_PRINTER))
    _stepped(session, place, number, "again", actor, {"wanted_at": at, "next_at": at, "problem": ""})


@act
def cancel(session: Session, place: OfficeView, number: int, actor: str) -> bool:
    """Nothing is to come out. False where a printer has it already: it is told, and somebody must look."""
    office_row.enter(session, place)
    direct_prints.by_id(place, number)
    mine = update(DirectPrint).where(DirectPrint.id == number, DirectPrint.state == "sending")
    if rows_changed(session, mine.values(stop=True)):
        office_row.advance(session, place)
        audit.note(session, actor, "direct.stop", str(number))
        return False
    _stepped(session, place, number, "cancel", actor, {"problem": ""})
    return True


@act
def confirm(session: Session, place: OfficeView, number: int, actor: str) -> None:
    """The clerk has the paper in hand."""
    _stepped(session, place, number, "confirm", actor, {"problem": ""})


@act
def doubt(session: Session, place: OfficeView, number: int, actor: str) -> None:
    """The printer says that it printed, and nobody sees the paper: 要確認."""
    _stepped(session, place, number, "doubt", actor, {})


def _stepped(
    session: Session, place: OfficeView, number: int, action: Action, actor: str, values: dict[str, object]
) -> None:
    """One step that a person takes; `Conflict` where the state forbids it by now."""
    office_row.enter(session, place)
    direct_prints.by_id(place, number)
    step = STEPS[action]
    mine = update(DirectPrint).where(DirectPrint.id == number, DirectPrint.state.in_(step.before))
    if rows_changed(session, mine.values(state=step.after, changed_at=now(), **values)) != 1:
        raise Conflict(message(NOT_NOW))
    row = session.get(DirectPrint, number, populate_existing=True)
    if row is not None and action != "again":
        note_sheet(session, row, step.after, counted=False)
    office_row.advance(session, place)
    audit.note(session, actor, f"direct.{action}", str(number))


def note_sheet(session: Session, row: DirectPrint, state: str, *, counted: bool) -> None:
    """Inside an act: carry an end over to the sheet, and what may be on paper to the ticket's history."""
    after = SHEETS.get(state, "failed")
    if state != "held":
        session.execute(update(PrintJob).where(PrintJob.id == row.print_job_id).values(state=after))
    number = session.scalar(select(PrintJob.application_id).where(PrintJob.id == row.print_job_id))
    ticket = applications.ticket_of(number) if number is not None else None
    if counted and state in ("sent", "unclear") and ticket is not None:
        tickets.record(session, ticket, "print", row.counter or None, row.asked_by)
