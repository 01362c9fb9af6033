"""What is shipped limits everybody; an office decides otherwise."""

from __future__ import annotations

from models.rules.places_policy import PlacesPolicy


def test_b1_and_b4_are_limited_as_shipped() -> None:
    shipped = PlacesPolicy()
    assert (shipped.most_booked, shipped.most_cancelled, shipped.cancelled_minutes) == (3, 3, 60)
