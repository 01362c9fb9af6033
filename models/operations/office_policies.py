"""庁舎の決まりを変える: the one row of an office and a topic, held by whoever changes it until the act ends."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import flush_unique
from models.queries.offices import OfficeView
from models.tables import OfficePolicy


def held(session: Session, place: OfficeView, topic: str, actor: str) -> OfficePolicy:
    """The row, made where the office decided nothing yet, with who changes it now; a second administrator waits."""
    mine = (OfficePolicy.office_id == place.id, OfficePolicy.topic == topic)
    row = session.scalar(select(OfficePolicy).where(*mine).with_for_update())
    if row is None:
        row = OfficePolicy(office_id=place.id, topic=topic, own={})
        session.add(row)
    row.changed_at, row.changed_by = now(), actor[:60]
    flush_unique(session)
    return row
