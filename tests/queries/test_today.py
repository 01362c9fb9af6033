"""The day so far: what the forecast leaves of it, and waits that are too few for a median."""

from __future__ import annotations

from models.queries.today import outlook_of, waited
from models.rules.planning.forecast import Expected


def test_what_is_still_to_come_is_the_forecasts_rest() -> None:
    half_hours = [(540, Expected(5, 10, 15)), (570, Expected(10, 20, 30)), (600, Expected(5, 10, 15))]
    whole = Expected(30, 40, 50)
    at_half_past = outlook_of(whole, half_hours, 570)
    assert (at_half_past.so_far, at_half_past.rest) == (10, Expected(22.5, 30, 37.5))
    assert outlook_of(whole, half_hours, 0).rest == whole
    assert outlook_of(whole, half_hours, 1440).rest == Expected(0, 0, 0)
    assert outlook_of(whole, half_hours, 585).so_far == 20


def test_medians_need_ten() -> None:
    assert waited([3.0] * 9).p50 is None
    assert (waited([3.0] * 10).p50, waited([]).mean) == (3.0, None)
