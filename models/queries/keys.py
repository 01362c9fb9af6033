"""Which keys there are: purposes and days, never the keys."""

from __future__ import annotations

from datetime import date

from models.core.db import ground
from models.core.space import current_space


def days_by_purpose() -> dict[str, list[date]]:
    """The days that have a key in the entered space, by purpose, oldest first; but for the audit's."""
    keys, code = ground().keys, current_space().code
    purposes = sorted({path.name.split("-")[0] for path in (keys.folder / code).glob("*-*.key")})
    return {one: keys.days_of(code, one) for one in purposes if one != "audit"}
