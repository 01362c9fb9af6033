"""Quantiles that depend on many things at once: small regression trees, each added to the ones before.

Gradient boosting of the pinball loss with weights: a tree is grown on the slope of the loss over binned features, and
every leaf takes the weighted quantile of what is left there (J. H. Friedman, "Greedy function approximation", 2001).
Numpy alone; the same data gives the same trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Bins = npt.NDArray[np.int64]

MOST_BINS = 32


@dataclass(frozen=True)
class Taught:
    """How trees are grown: how many, how deep, how far each moves, and how many rows a leaf has at least."""

    trees: int = 60
    depth: int = 4
    pace: float = 0.12
    fewest: int = 60


@dataclass(frozen=True)
class _Tree:
    """Nodes in the order of a heap: a split at (feature, bin) or, where `feature` is -1, no further one."""

    feature: Bins
    bin: Bins
    value: Values
    depth: int

    def leaves(self, bins: Bins) -> Bins:
        """The node in which each row ends."""
        node = np.zeros(len(bins), np.int64)
        everybody = np.arange(len(bins))
        for _ in range(self.depth):
            feature = self.feature[node]
            right = bins[everybody, np.maximum(feature, 0)] > self.bin[node]
            node = np.where(feature < 0, node, 2 * node + 1 + right)
        return node


@dataclass(frozen=True)
class Boosted:
    """Trees that were taught; `edges` are the limits of each feature's bins."""

    start: float
    edges: Sequence[Values]
    trees: Sequence[_Tree]
    pace: float

    def values(self, features: Values) -> Values:
        """What is expected for each row of features."""
        bins = _binned(features, self.edges)
        found = np.full(len(bins), self.start)
        for tree in self.trees:
            found += self.pace * tree.value[tree.leaves(bins)]
        return found


def teach(
    features: Values, truth: Values, weights: Values, share: float, taught: Taught | None = None
) -> Boosted:
    """Trees for the quantile `share` (0-1) of `truth` given `features`; ValueError without any row."""
    if not len(truth):
        raise ValueError("nothing to learn from")
    taught = taught or Taught()
    edges = [_edges(column) for column in features.T]
    bins = _binned(features, edges)
    start = weighted_quantile(truth, weights, share)
    found, trees = np.full(len(truth), start), []
    for _ in range(taught.trees):
        left = truth - found
        slope = weights * np.where(left > 0, share, share - 1)
        tree = _grown(bins, slope, weights, left, share, taught)
        found += taught.pace * tree.value[tree.leaves(bins)]
        trees.append(tree)
    return Boosted(start, edges, trees, taught.pace)


def weighted_quantile(values: Values, weights: Values, share: float) -> float:
    """The value below which `share` of the weight lies."""
    order = np.argsort(values, kind="stable")
    heaped = np.cumsum(weights[order])
    return float(values[order][min(int(np.searchsorted(heaped, share * heaped[-1])), len(values) - 1)])


def _edges(column: Values) -> Values:
    steps = np.quantile(column, np.arange(1, MOST_BINS) / MOST_BINS)
    return np.unique(steps)


def _binned(features: Values, edges: Sequence[Values]) -> Bins:
    columns = [
        np.searchsorted(limits, column, side="left") for limits, column in zip(edges, features.T, strict=True)
    ]
    return np.stack(columns, axis=1).astype(np.int64)


def _grown(bins: Bins, slope: Values, weights: Values, left: Values, share: float, taught: Taught) -> _Tree:
    size = 2 ** (taught.depth + 1) - 1
    feature, limit, value = np.full(size, -1), np.zeros(size, np.int64), np.zeros(size)
    members: dict[int, Bins] = {0: np.arange(len(slope))}
    for node in range(size):
        if node not in members:
            continue
        mine = members[node]
        value[node] = weighted_quantile(left[mine], weights[mine], share)
        if node >= 2**taught.depth - 1:
            continue
        best = _split(bins[mine], slope[mine], weights[mine], taught.fewest)
        if best is None:
            continue
        feature[node], limit[node] = best
        right = bins[mine, best[0]] > best[1]
        members[2 * node + 1], members[2 * node + 2] = mine[~right], mine[right]
    return _Tree(feature, limit, value, taught.depth)


def _split(bins: Bins, slope: Values, weights: Values, fewest: int) -> tuple[int, int] | None:
    """The feature and bin at which the slopes of both sides differ most; None where a side would be too small."""
    count = bins.shape[1]
    flat = (bins + np.arange(count) * MOST_BINS).ravel()

    def heaped(values: Values) -> Values:
        sums = np.bincount(flat, np.repeat(values, count), count * MOST_BINS)
        found: Values = np.cumsum(sums.reshape(count, MOST_BINS), axis=1)
        return found

    rows, slopes, mass = heaped(np.ones(len(slope))), heaped(slope), heaped(weights)
    rest, other = slopes[:, -1:] - slopes, mass[:, -1:] - mass
    enough = (rows >= fewest) & (rows[:, -1:] - rows >= fewest) & (mass > 0) & (other > 0)
    if not enough.any():
        return None
    gain = np.where(enough, slopes**2 / np.maximum(mass, 1e-9) + rest**2 / np.maximum(other, 1e-9), -np.inf)
    best = int(gain.argmax())
    return best // MOST_BINS, best % MOST_BINS
