"""側: which side of a separated network something belongs to, and whether it stands on a given side."""

from __future__ import annotations

BOTH, OUTSIDE, INSIDE, WHOLE = "both", "outside", "inside", "whole"
"""What belongs to both sides stands everywhere; what is `whole` needs both in one house, and stands where nothing is
separated: a number that is followed by phone, a place that a kiosk books."""


def stands(belongs_to: str, side: str) -> bool:
    """Whether something stands on a side; where nothing is separated (`both`) everything does."""
    return side == BOTH or belongs_to in (BOTH, side)
