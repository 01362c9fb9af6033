"""勤務の決まりを変える: a new version of how an office's people can work; the ones before stay as they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import act, flush_unique
from models.operations import audit
from models.queries import catalogue
from models.queries.offices import OfficeView
from models.rules.planning.roster_rules import checked, document
from models.tables import RosterRules

KEPT = timedelta(days=400)
"""So long a version is kept that no longer holds."""


@act
def keep(session: Session, place: OfficeView, own: Mapping[str, Any], actor: str) -> int:
    """The rules from now on, and their version; `Invalid` names each part that cannot be. The same twice is one."""
    kept = document(checked(own, catalogue.current().queues))
    mine = RosterRules.office_id == place.id
    newest = session.scalar(
        select(RosterRules).where(mine).order_by(RosterRules.version.desc()).limit(1).with_for_update()
    )
    if newest is not None and newest.own == kept:
        return newest.version
    version = newest.version + 1 if newest else 1
    at = now()
    session.execute(
        delete(RosterRules).where(mine, RosterRules.version < version - 1, RosterRules.changed_at < at - KEPT)
    )
    session.add(
        RosterRules(office_id=place.id, version=version, own=kept, changed_at=at, changed_by=actor[:60])
    )
    flush_unique(session)
    audit.note(session, actor, "roster.rules", place.code, str(version))
    return version
