"""空いた枠の決まりを変える: how an office gives places that were given up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.core.clock import now
from models.core.transaction import act
from models.operations import audit
from models.queries.offices import OfficeView
from models.queries.places_policy import TOPIC, places_policy
from models.rules.places_policy import checked
from models.tables import OfficePolicy


@act
def set_policy(session: Session, place: OfficeView, own: Mapping[str, Any], actor: str) -> None:
    """The office's own numbers from now on; `Invalid` names each that cannot be."""
    kept = checked(own, places_policy(place))
    row = session.get(OfficePolicy, (place.id, TOPIC)) or OfficePolicy(
        office_id=place.id, topic=TOPIC, own={}
    )
    row.own, row.changed_at, row.changed_by = {**row.own, **kept}, now(), actor[:60]
    session.add(row)
    audit.note(session, actor, "places.policy", place.code, ", ".join(sorted(kept))[:200])
