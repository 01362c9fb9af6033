"""封をするかを決める: forms are sealed on the resident's phone from now on, or kept readable as before."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.core.transaction import act
from models.operations import audit, office_policies, setting_changes
from models.queries.offices import OfficeView
from models.queries.sealing_policy import SEALS, TOPIC
from models.queries.setting_changes import SEALING


@act
def set_policy(
    session: Session, place: OfficeView, *, seals: bool, actor: str, seen: str | None = None
) -> None:
    """Decide for one office; what was written before stays as it is. `OtherState` where that is not as `seen`."""
    row = office_policies.held(session, place, TOPIC, actor)
    before = {SEALS: row.own.get(SEALS) is True}
    setting_changes.judge(before, seen)
    row.own = {SEALS: seals}
    setting_changes.keep(session, SEALING, place.code, before, row.own, actor)
    audit.note(session, actor, "sealing.policy", place.code, "on" if seals else "off")
