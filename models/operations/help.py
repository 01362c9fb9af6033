"""職員を呼ぶ: somebody at a kiosk asks for staff, and staff say that they go."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.errors import NotFound
from models.core.transaction import act, rows_changed
from models.operations import audit, office_row
from models.queries.offices import OfficeView
from models.tables import HelpCall


@act
def call(session: Session, place: OfficeView, device_id: int | None, actor: str) -> int:
    """Staff are asked to come to a device; its id. Asking again while nobody has gone yet changes nothing."""
    office_row.enter(session, place)
    waiting = select(HelpCall.id).where(
        HelpCall.office_id == place.id, HelpCall.device_id == device_id, HelpCall.answered_at.is_(None)
    )
    known = session.scalar(waiting.limit(1))
    if known is not None:
        return known
    row = HelpCall(office_id=place.id, device_id=device_id, at=now())
    session.add(row)
    session.flush()
    office_row.advance(session, place)
    audit.note(session, actor, "help.call", str(row.id))
    return row.id


@act
def answer(session: Session, place: OfficeView, number: int, actor: str) -> None:
    """Somebody goes there; whoever says so first. `NotFound` for a call that this office does not have."""
    office_row.enter(session, place)
    mine = (HelpCall.id == number, HelpCall.office_id == place.id)
    if session.scalar(select(HelpCall.id).where(*mine)) is None:
        raise NotFound
    claim = update(HelpCall).where(*mine, HelpCall.answered_at.is_(None))
    if rows_changed(session, claim.values(answered_at=now(), answered_by=actor)):
        office_row.advance(session, place)
        audit.note(session, actor, "help.answer", str(number))
