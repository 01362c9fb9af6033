"""Times in an address are read as they were written."""

from __future__ import annotations

import pytest

from models.rules import slot_times


@pytest.mark.parametrize("text", ["mon0830", "mon2430x1", "mon0830x0", "foo0830x1", "mon0830x1,mon0835x1"])
def test_times_that_are_not_written_so_are_none(text: str) -> None:
    assert slot_times.read(text) is None


def test_times_are_read_as_they_were_written() -> None:
    places = {0: {510: 2, 515: 1}, 4: {1010: 3}}
    assert slot_times.written(places) == "mon0830x2 mon0835x1 fri1650x3"
    assert slot_times.read(slot_times.written(places)) == ((0, 510, 2), (0, 515, 1), (4, 1010, 3))
    assert slot_times.read("") == ()
