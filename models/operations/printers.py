"""プリンターを決める: an administrator sets where counters print; what was set before is kept as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import NotFound
from models.core.transaction import act, rows_changed
from models.operations import audit, office_row, setting_changes
from models.queries import offices, printers
from models.queries.offices import OfficeView
from models.queries.setting_changes import PRINTERS
from models.rules.printers import checked_all
from models.tables import Printer


@act
def set_printers(
    session: Session,
    place: OfficeView,
    wanted: Sequence[Mapping[str, Any]],
    actor: str,
    seen: str | None = None,
) -> None:
    """The printers of an office from now on; one that differs is another, which takes over nothing that waits.

    `Invalid` names each field that cannot stand so, `OtherState` where the printers are not as `seen`.
    """
    office_row.enter(session, place)
    before = printers.printers_state(place)
    setting_changes.judge(before, seen)
    after = printers_checked(place, wanted)
    made = list(after)
    for one in printers.printers_of(place):
        if printers.state_of(one) in made:
            made.remove(printers.state_of(one))
        else:
            _end(session, place, one.id, actor)
    for row in made:
        new = Printer(office_id=place.id, made_at=now(), made_by=actor[:60], **row)
        session.add(new)
        session.flush()
        audit.note(session, actor, "printer.set", str(new.id), new.address)
    office_row.advance(session, place)
    setting_changes.keep(session, PRINTERS, place.code, before, after, actor)


def printers_checked(place: OfficeView, wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The printers as they may be set now; `Invalid` otherwise."""
    known = [one.number for one in offices.counters_of(place)]
    return checked_all(wanted, printers.printers_state(place), known)


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
