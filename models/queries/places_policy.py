"""空いた枠の決まり of an office: the shipped numbers with its own over them."""

from __future__ import annotations

from sqlalchemy import select

from models.core.db import session
from models.queries.offices import OfficeView
from models.rules.places_policy import PlacesPolicy, with_own
from models.tables import OfficePolicy

TOPIC = "places"


def places_policy(place: OfficeView) -> PlacesPolicy:
    """What an office decided."""
    mine = select(OfficePolicy.own).where(OfficePolicy.office_id == place.id, OfficePolicy.topic == TOPIC)
    return with_own(session().scalar(mine) or {})
