"""封をするかを決める: forms are sealed on the resident's phone from now on, or kept readable as before."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.core.transaction import act
from models.operations import audit, office_policies
from models.queries.offices import OfficeView
from models.queries.sealing_policy import SEALS, TOPIC


@act
def set_policy(session: Session, place: OfficeView, *, seals: bool, actor: str) -> None:
    """Decide for one office; what was written before stays as it is."""
    row = office_policies.held(session, place, TOPIC, actor)
    row.own = {SEALS: seals}
    audit.note(session, actor, "sealing.policy", place.code, "on" if seals else "off")
