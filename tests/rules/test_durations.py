"""How long something takes, as people say it."""

import pytest

from models.rules.durations import between, duration


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0分"), (119, "119分"), (120, "2時間"), (121, "2時間1分"), (290, "4時間50分"), (300, "5時間")],
)
def test_hours_are_said_from_two_on(minutes, said):
    assert str(duration(minutes)) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (10, 20, "10〜20分"),
        (85, 115, "85〜115分"),
        (55, 120, "55分〜2時間"),
        (110, 130, "1時間50分〜2時間10分"),
        (260, 290, "4時間20分〜4時間50分"),
    ],
)
def test_both_ends_of_a_range_are_said_alike(low, high, said):
    assert str(between(low, high)) == said
