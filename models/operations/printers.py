"""プリンターを決める: an administrator sets where counters print; what was set before is kept as it was."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import FieldProblem, Invalid, NotFound
from models.core.messages import _n, message
from models.core.transaction import act, rows_changed
from models.operations import audit, office_row
from models.queries import offices, printers
from models.queries.offices import OfficeView
from models.queries.printers import PrinterView
from models.rules.printers import Wanted, checked
from models.tables import Printer

TAKEN = _n("{counter}番窓口は、「{printer}」で印刷することになっています。")


@act
def set_printer(
    session: Session, place: OfficeView, typed: Wanted, actor: str, instead_of: int | None = None
) -> PrinterView:
    """Set a printer for counters, or other values for one. `Invalid` names each field that cannot stand so.

    What waits for the printer as it was before is not taken to the new one.
    """
    office_row.enter(session, place)
    known = [one.number for one in offices.counters_of(place)]
    wanted = checked(typed, known)
    if instead_of is not None:
        _end(session, place, instead_of, actor)
    for other in printers.printers_of(place):
        both = next((number for number in wanted.counters if number in other.counters), None)
        if both:
            raise Invalid([FieldProblem("counters", message(TAKEN, counter=both, printer=other.name))])
    row = Printer(
        office_id=place.id, name=wanted.name, address=wanted.address, fingerprint=wanted.fingerprint,
        counters=list(wanted.counters), made_at=now(), made_by=actor[:60],
    )  # fmt: skip
    session.add(row)
    session.flush()
    office_row.advance(session, place)
    audit.note(session, actor, "printer.set", str(row.id), wanted.address)
    return printers.view(row)


@act
def remove(session: Session, place: OfficeView, number: int, actor: str) -> None:
    """Nobody prints there any more; `NotFound` for a printer that is not in use."""
    office_row.enter(session, place)
    _end(session, place, number, actor)
    office_row.advance(session, place)


@act
def look_again(session: Session, place: OfficeView, number: int, actor: str) -> None:
    """Have the scheduler ask a printer how it is, within seconds."""
    printers.printer(place, number)
    session.execute(update(Printer).where(Printer.id == number).values(looked_at=None, problem=""))
    audit.note(session, actor, "printer.look", str(number))


@act
def looked(session: Session, number: int, problem: str) -> None:
    """Note how a printer is; its office's screens are told where that has changed."""
    row = session.scalar(select(Printer).where(Printer.id == number).with_for_update())
    if row is None:
        raise NotFound
    changed, row.problem, row.looked_at = row.problem != problem, problem, now()
    if changed:
        office_row.advance(session, offices.office_by_id(row.office_id))


def _end(session: Session, place: OfficeView, number: int, actor: str) -> None:
    mine = (Printer.id == number, Printer.office_id == place.id, Printer.ended_at.is_(None))
    ended = update(Printer).where(*mine).values(ended_at=now(), ended_by=actor[:60])
    if rows_changed(session, ended) != 1:
        raise NotFound
    audit.note(session, actor, "printer.end", str(number))
