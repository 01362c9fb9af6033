"""市からの案内のいま: what the city says at each place of the residents' pages."""

from __future__ import annotations

from collections.abc import Mapping

from models.core.clock import now
from models.core.days import office_day
from models.queries import setting_changes
from models.queries.setting_changes import WORDS
from models.rules.city_words import NOTHING, in_time
from models.rules.periods import ZONE


def said() -> Mapping[str, Mapping[str, str]]:
    """What residents read today, by place and language; places without anything are left out."""
    today = office_day(now(), ZONE)
    return {spot: words for spot, words in setting_changes.in_force(WORDS).items() if in_time(words, today)}


def kept(spot: str) -> dict[str, str]:
    """What is kept for a place, in time or not."""
    return {**NOTHING, **setting_changes.in_force(WORDS).get(spot, {})}
