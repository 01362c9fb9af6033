"""度数: minutes in fixed buckets, so that percentiles of years need no single value; histograms simply add up.

A bucket is about 9 % wide, from half a minute to eight hours, on both sides of zero (a call can come before the booked
time). The edges never change: what was counted years ago is added to what is counted today.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SMALLEST, LARGEST = 0.5, 480.0
STEPS = 78
EDGES = (0.0, *(SMALLEST * (LARGEST / SMALLEST) ** (step / STEPS) for step in range(STEPS + 1)))
"""Lower edges of the buckets from zero on, in minutes; the last bucket is open."""
SIDE = len(EDGES)
SIZE = 2 * SIDE
"""Buckets in all: those below zero come first, from the farthest to the nearest."""
PAIR = np.dtype([("bucket", "u1"), ("count", "<u4")])
FEWEST_FOR_PERCENTILES = 10


def bucket_of(minutes: float) -> int:
    """The bucket of a value; zero is the first of those that are not negative."""
    if minutes >= 0:
        return SIDE + bisect_right(EDGES, minutes) - 1
    return SIDE - bisect_right(EDGES, -minutes)


def edges_of(bucket: int) -> tuple[float, float]:
    """The lowest and the highest minutes of a bucket; the open ones end a step further."""
    place = bucket - SIDE if bucket >= SIDE else SIDE - 1 - bucket
    low = EDGES[place]
    high = EDGES[place + 1] if place + 1 < SIDE else low * 2
    return (low, high) if bucket >= SIDE else (-high, -low)


def packed(values: Sequence[float]) -> bytes:
    """Values as bytes: pairs of a bucket and how many fell into it; nothing for no value."""
    counts = np.bincount([bucket_of(one) for one in values], minlength=SIZE) if values else np.zeros(SIZE)
    return pack(counts)


def pack(counts: NDArray[np.int64] | NDArray[np.float64]) -> bytes:
    """A whole histogram (`SIZE` counts) as bytes."""
    (filled,) = np.nonzero(counts)
    pairs = np.empty(len(filled), PAIR)
    pairs["bucket"], pairs["count"] = filled, counts[filled]
    return pairs.tobytes()


def added(parts: Sequence[tuple[int, bytes]], groups: int) -> NDArray[np.int64]:
    """Many packed histograms added up by group: an array of `groups` × `SIZE` counts."""
    pairs = np.frombuffer(b"".join(part for _, part in parts), PAIR)
    lengths = [len(part) // PAIR.itemsize for _, part in parts]
    group = np.repeat([at for at, _ in parts], lengths) if parts else np.zeros(0, np.int64)
    place = group.astype(np.int64) * SIZE + pairs["bucket"]
    found = np.bincount(place, weights=pairs["count"], minlength=groups * SIZE)
    return found.astype(np.int64).reshape(groups, SIZE)


def percentile(counts: NDArray[np.int64] | Mapping[int, int], share: float) -> float | None:
    """Linear interpolation between closest ranks, each value thought evenly spread in its bucket; None below ten.

    It lies in the bucket in which the value of that rank lies.
    """
    whole = [counts.get(at, 0) for at in range(SIZE)] if isinstance(counts, Mapping) else counts.tolist()
    total = sum(whole)
    if total < FEWEST_FOR_PERCENTILES:
        return None
    rank = share * (total - 1)
    below, above = _at_rank(whole, int(rank)), _at_rank(whole, min(int(rank) + 1, total - 1))
    return below + (rank - int(rank)) * (above - below)


def _at_rank(counts: Sequence[int], rank: int) -> float:
    before = 0
    for bucket, count in enumerate(counts):
        if rank < before + count:
            low, high = edges_of(bucket)
            return low + (high - low) * (rank - before + 0.5) / count
        before += count
    raise IndexError(rank)


def _checked() -> None:
    if any(low >= high for low, high in pairwise(EDGES)) or SIZE > 256:
        raise AssertionError("buckets must grow and their places fit a byte")


_checked()
