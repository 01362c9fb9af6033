"""印刷: ask, draw, compare, release. Nothing leaves the house before its text was compared with the job."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.core import log
from models.core.clock import now
from models.core.directory import municipality_name
from models.core.errors import Conflict, FieldProblem, Gone, Invalid, NotFound, Unavailable, invalid
from models.core.messages import _n, message
from models.core.transaction import act
from models.operations import audit, tickets
from models.operations.idempotency import Key, once
from models.papers.application import draw
from models.papers.sheet import ApplicationSheet
from models.papers.verification import SheetMismatch, verify
from models.queries import applications, catalogue, direct_prints, printing
from models.queries.applications import ApplicationView
from models.queries.offices import OfficeView
from models.queries.printing import PrintView
from models.rules import free_text
from models.rules.references import ALPHABET
from models.tables import DirectPrint, PrintJob

PRINT_ID_LENGTH = 16
REASONS = (_n("紙づまり・印字不良"), _n("内容を直したため"), _n("紛失・汚れ"), _n("そのほか"))
REASON_NEEDED = _n("刷り直す理由を選んでください。")
NOT_HERE = _n("この申請書は、ほかの庁舎あてです。")
EXPIRED = _n("この申請書は期限が切れました。")
ON_ITS_WAY = _n(
    "この申請書は、いまプリンターで印刷しています。別の方法で印刷するときは、先に取り消してください。"
)
BEEN_THERE = _n("この申請書は、もうプリンターで印刷しました。刷り直すときは理由を選んでください。")
NOT_RELEASED = _n("印刷の内容を確かめられなかったため、紙を出しませんでした。もう一度印刷してください。")


@dataclass(frozen=True)
class Released:
    """A sheet that may be printed: its bytes and the job it belongs to."""

    pdf: bytes
    job: PrintView


def print_sheet(
    place: OfficeView, reference: str, actor: str, counter: str | None = None, reason: str = ""
) -> Released:
    """The filled official form of an application as PDF, drawn from one job and compared with it.

    The first call makes the original; later calls give the same sheet again, unless `reason` asks for a 再発行.
    Raises `NotFound`, `Conflict` (other office), `Gone`, or `Unavailable` when the comparison failed: no sheet then.
    """
    application = applications.by_reference(reference)
    refuse(place, application)
    job = ask(application, actor, counter, reason)
    try:
        pdf = drawn(place, application, job)
    except SheetMismatch as problem:
        _fail(job.print_id, actor)
        raise Unavailable(NOT_RELEASED) from problem
    _release(job.print_id, hashlib.sha256(pdf).digest(), actor, counter)
    return Released(pdf, printing.by_print_id(job.print_id))


def drawn(place: OfficeView, application: ApplicationView, job: PrintView) -> bytes:
    """The sheet of one job, in memory only and compared with the job; `SheetMismatch` where it is not that sheet."""
    sheet = sheet_of(place, application, job)
    try:
        pdf = draw(sheet)
        verify(pdf, sheet)
    except SheetMismatch:
        log.logger().error("print refused", print_id=job.print_id, error="mismatch")
        raise
    return pdf


def sheet_of(place: OfficeView, application: ApplicationView, job: PrintView) -> ApplicationSheet:
    """What the paper of one job shows: an immutable snapshot in the edition the application was made with."""
    edition = catalogue.edition(application.edition)
    name = municipality_name()
    return ApplicationSheet(
        form=edition.forms[application.form],
        staff_blocks=edition.staff_blocks,
        fields=applications.fields_of(application),
        municipality=name,
        addressee=f"{name}長",
        printed_on=place.day_of(job.asked_at),
        print_id=job.print_id,
        reference=application.reference,
        copy_number=job.copy - 1,
        edition=str(application.edition),
    )


@dataclass(frozen=True)
class Ordered:
    """A print that was asked for, by its print id."""

    print_id: str


@act
def order(
    session: Session, application: ApplicationView, actor: str, reason: str = "", key: Key | None = None
) -> Ordered:
    """Ask for the original; once it has left the house, a `reason` asks for a 再発行 (`Invalid` without one).

    The sheet itself is drawn and released by `print_sheet`.
    """
    refuse_ended(application)

    def made() -> Ordered:
        again = check_reason(reason) if printing.released(application.id) else ""
        return Ordered(asked(session, application, actor, None, again).print_id)

    return once(session, key, Ordered, made)


@act
def ask(
    session: Session, application: ApplicationView, actor: str, counter: str | None, reason: str = ""
) -> PrintView:
    """Ask for the original, or with a `reason` for the next copy; an original asked for twice stays one job."""
    return asked(session, application, actor, counter, reason)


def asked(
    session: Session, application: ApplicationView, actor: str, counter: str | None, reason: str
) -> PrintView:
    """Like `ask`, inside an act. `Conflict` while the sheet is on its way to a printer, or has been there."""
    newest = session.scalar(
        select(PrintJob)
        .where(PrintJob.application_id == application.id)
        .order_by(PrintJob.copy.desc())
        .limit(1)
    )
    _refuse_at_printer(session, application, newest if not reason else None)
    if newest is not None and not reason:
        newest.state = "asked" if newest.state == "failed" else newest.state
        return printing.view(newest)
    copies = session.scalar(select(func.count()).where(PrintJob.application_id == application.id)) or 0
    job = PrintJob(
        print_id="".join(secrets.choice(ALPHABET) for _ in range(PRINT_ID_LENGTH)),
        application_id=application.id,
        copy=copies + 1,
        reason=reason[:100],
        asked_by=actor,
        counter=counter or "",
        asked_at=now(),
    )
    session.add(job)
    audit.note(session, actor, "print.ask", application.reference, job.print_id)
    session.flush()
    return printing.view(job)


@act
def _release(session: Session, print_id: str, digest: bytes, actor: str, counter: str | None) -> None:
    job = session.scalar(select(PrintJob).where(PrintJob.print_id == print_id))
    if job is None:
        raise NotFound
    if job.state == "released":
        return
    if direct_prints.under_way(job.application_id) is not None:
        raise Conflict(message(ON_ITS_WAY))
    job.state, job.released_at, job.digest = "released", now(), digest
    audit.note(session, actor, "print.release", print_id)
    ticket_id = applications.ticket_of(job.application_id)
    if ticket_id is not None:
        tickets.record(session, ticket_id, "print", counter, actor)


@act
def _fail(session: Session, print_id: str, actor: str) -> None:
    session.execute(update(PrintJob).where(PrintJob.print_id == print_id).values(state="failed"))
    audit.note(session, actor, "print.fail", print_id)


def check_reason(reason: str) -> str:
    """A reason for a 再発行 as staff chose it; `Invalid` when it is empty."""
    if not reason.strip():
        raise invalid("reason", REASON_NEEDED)
    refused = free_text.refusal(reason)
    if refused is not None:
        raise Invalid([FieldProblem("reason", refused)])
    return reason.strip()


def _refuse_at_printer(session: Session, application: ApplicationView, again: PrintJob | None) -> None:
    """No sheet is printed twice at once; what a printer had is printed again only as a 再発行."""
    if direct_prints.under_way(application.id) is not None:
        raise Conflict(message(ON_ITS_WAY))
    if again is None:
        return
    had = select(DirectPrint.id).where(
        DirectPrint.print_job_id == again.id, DirectPrint.state.in_(("sent", "unclear", "confirmed"))
    )
    if session.scalar(had.limit(1)) is not None:
        raise Conflict(message(BEEN_THERE))


def refuse(place: OfficeView, application: ApplicationView) -> None:
    """`Conflict` for another office's application, `Gone` for one that is no more."""
    if application.office_id != place.id:
        raise Conflict(message(NOT_HERE))
    refuse_ended(application)


def refuse_ended(application: ApplicationView) -> None:
    """`Gone` for an application that was deleted or has expired."""
    if application.state == "deleted" or application.expires_at <= now():
        raise Gone(EXPIRED)
