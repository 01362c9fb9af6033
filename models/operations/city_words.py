"""市からの案内を書く: the city's own words at one place of the residents' pages."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from models.core.errors import NotFound
from models.core.transaction import act
from models.operations import audit, setting_changes
from models.queries import city_words
from models.queries.setting_changes import WORDS
from models.rules.city_words import SPOTS, checked


@act
def set_words(session: Session, spot: str, wanted: Mapping[str, str], seen: str, actor: str) -> None:
    """What residents read there from now on; empty for nothing.

    `Invalid` names each text, `OtherState` where the words are not as `seen`, `NotFound` for no such place.
    """
    if spot not in SPOTS:
        raise NotFound
    setting_changes.alone(session)
    before = city_words.kept(spot)
    setting_changes.judge(before, seen)
    setting_changes.keep(session, WORDS, spot, before, checked(wanted), actor)
    audit.note(session, actor, "words.set", spot)
