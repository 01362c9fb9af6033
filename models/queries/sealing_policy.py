"""封をするか: whether an office has its residents seal what they fill in at home."""

from __future__ import annotations

from models.queries import crossing
from models.queries.office_policies import decided
from models.queries.offices import OfficeView
from models.rules.sides import OUTSIDE

TOPIC = "sealing"
SEALS = "seals"


def seals(place: OfficeView) -> bool:
    """Whether forms are sealed on the resident's phone, so that the server never reads them; outside always."""
    return crossing.side() == OUTSIDE or decides(place)


def decides(place: OfficeView) -> bool:
    """What the office itself decided."""
    return decided(place.id, TOPIC).own.get(SEALS) is True
