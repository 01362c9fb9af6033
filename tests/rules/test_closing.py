"""Until when numbers are given out."""

from __future__ import annotations

from datetime import time

import pytest

from models.rules.closing import closing, issuing_ends
from models.rules.opening import Span

DAY = [Span(time(13), time(17, 15)), Span(time(8, 30), time(12))]


def test_a_day_closes_with_its_last_span() -> None:
    assert closing(DAY) == time(17, 15)
    with pytest.raises(ValueError, match="max"):
        closing([])


@pytest.mark.parametrize(("minutes", "ends"), [(0, time(17, 15)), (30, time(16, 45)), (2000, time(0))])
def test_numbers_end_so_many_minutes_before(minutes: int, ends: time) -> None:
    assert issuing_ends(DAY, minutes) == ends
