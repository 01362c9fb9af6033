"""空いた枠の決まり of an office: the shipped numbers with its own over them."""

from __future__ import annotations

from models.queries.office_policies import decided
from models.queries.offices import OfficeView
from models.rules.places_policy import PlacesPolicy, with_own

TOPIC = "places"


def places_policy(place: OfficeView) -> PlacesPolicy:
    """What an office decided."""
    return with_own(decided(place.id, TOPIC).own)
