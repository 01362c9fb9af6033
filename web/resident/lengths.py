"""How long a visit takes at the counter, as residents are told before they book."""

from __future__ import annotations

from collections.abc import Sequence

from models.catalogue.definitions import Catalogue, Procedure
from models.rules import visits


def lengths(chosen: Catalogue, procedures: Sequence[Procedure], cards: int = 0) -> tuple[int, int]:
    """Minutes (目安) without and with forms written at home; the same twice where no form can be."""
    plain = visits.visit_minutes(procedures, cards, merge=chosen.visit)
    if all(chosen.forms[form].paper_only for form in visits.forms_of(procedures)):
        return plain, plain
    return plain, visits.visit_minutes(procedures, cards, True, chosen.visit)
