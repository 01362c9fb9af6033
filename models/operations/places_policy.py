"""空いた枠の決まりを変える: how an office gives places that were given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from models.core.transaction import act
from models.operations import audit, office_policies, setting_changes
from models.queries.offices import OfficeView
from models.queries.places_policy import TOPIC
from models.queries.setting_changes import PLACES
from models.rules.places_policy import checked, with_own


@act
def set_policy(
    session: Session, place: OfficeView, own: Mapping[str, Any], actor: str, seen: str | None = None
) -> None:
    """The office's own numbers from now on; `Invalid` names each that cannot be, `OtherState`: not as `seen`."""
    row = office_policies.held(session, place, TOPIC, actor)
    policy = with_own(row.own)
    before = asdict(policy)
    setting_changes.judge(before, seen)
    kept = checked(own, policy)
    row.own = {**row.own, **kept}
    setting_changes.keep(session, PLACES, place.code, before, {**before, **kept}, actor)
    audit.note(session, actor, "places.policy", place.code, ", ".join(sorted(kept))[:200])
