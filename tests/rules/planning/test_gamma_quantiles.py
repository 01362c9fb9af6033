"""Quantiles of the gamma distribution are those that SciPy finds."""

import pytest
from scipy.special import gammainc, gammaincinv

from models.rules.planning.gamma_quantiles import below, quantile

VARIATIONS = (0.001, 0.01, 0.1, 0.33, 0.8, 1.0, 1.5, 3.0, 8.0)


@pytest.mark.parametrize("variation", VARIATIONS)
def test_they_are_those_of_the_library(variation):
    shape = 1 / variation**2
    for part in (0.01, 1 / 18, 1 / 3, 0.5, 17 / 18, 0.99):
        found = quantile(shape, part)
        assert found == pytest.approx(gammaincinv(shape, part), rel=1e-9, abs=1e-290)
        if found:
            assert below(shape, found) == pytest.approx(gammainc(shape, found), abs=1e-8)


def test_what_is_too_small_to_be_written_is_nothing():
    assert quantile(1e-4, 0.01) == 0.0
