"""Histograms add up, and their percentiles lie in the bucket of the value they stand for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import histograms
from models.rules.histograms import SIZE, added, bucket_of, edges_of, packed, percentile
from models.rules.statistics import percentile as exact

MINUTES = st.floats(-400, 400, allow_nan=False)


def counted(values: list[float]) -> np.ndarray:
    return added([(0, packed(values))], 1)[0]


@given(MINUTES)
def test_a_value_lies_in_its_bucket(minutes: float) -> None:
    low, high = edges_of(bucket_of(minutes))
    assert low <= minutes <= high


def test_buckets_follow_one_another_without_a_gap() -> None:
    spans = [edges_of(bucket) for bucket in range(SIZE)]
    assert [before[1] for before, _ in pairwise(spans)] == [after[0] for _, after in pairwise(spans)]
    assert bucket_of(10_000.0) == SIZE - 1
    assert bucket_of(-10_000.0) == 0


def test_a_bucket_is_never_wider_than_a_tenth_of_its_value_or_half_a_minute() -> None:
    assert all(
        high - low <= max(0.5, 0.1 * low) for low, high in (edges_of(at) for at in range(SIZE // 2, SIZE - 1))
    )


@given(st.lists(st.lists(MINUTES, max_size=30), max_size=6))
def test_histograms_add_up_to_their_values(days: list[list[float]]) -> None:
    every = [minutes for day in days for minutes in day]
    parts = [(at % 2, packed(day)) for at, day in enumerate(days)]
    found = added(parts, 2)
    assert found.sum() == len(every)
    assert (found.sum(axis=0) == counted(every)).all()
    assert histograms.pack(counted(every)) == packed(every)


@given(st.lists(MINUTES, min_size=10, max_size=200), st.floats(0, 1))
def test_a_percentile_is_exact_to_the_buckets_of_its_two_ranks(values: list[float], share: float) -> None:
    found, ordered = percentile(counted(values), share), sorted(values)
    rank = int(share * (len(values) - 1))
    low, _ = edges_of(bucket_of(ordered[rank]))
    _, high = edges_of(bucket_of(ordered[min(rank + 1, len(values) - 1)]))
    assert found is not None
    assert exact(values, share) is not None
    assert low <= found <= high


@given(st.lists(MINUTES, min_size=10, max_size=100))
def test_percentiles_never_fall(values: list[float]) -> None:
    counts = counted(values)
    found = [percentile(counts, share / 20) or 0.0 for share in range(21)]
    assert all(before <= after + 1e-9 for before, after in pairwise(found))


def test_below_ten_values_nothing_is_said() -> None:
    assert percentile(counted([1.0] * 9), 0.5) is None
    assert percentile({bucket_of(1.0): 10}, 0.5) is not None


def test_values_of_one_bucket_are_thought_evenly_spread_in_it() -> None:
    low, high = edges_of(bucket_of(12.0))
    counts = {bucket_of(12.0): 1000}
    for share in (0.1, 0.5, 0.9):
        assert percentile(counts, share) == pytest.approx(low + share * (high - low), rel=1e-3)
