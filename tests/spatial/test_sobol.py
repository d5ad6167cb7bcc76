"""Sobol points are those of scipy."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import qmc

from fusplan.spatial.sobol import scrambled_sobol


@pytest.mark.parametrize(("exponent", "seed"), [(0, 0), (1, 7), (9, 0), (12, 3)])
def test_points_are_those_of_scipy(exponent: int, seed: int) -> None:
    theirs = qmc.Sobol(d=3, scramble=True, rng=np.random.default_rng(seed)).random_base2(exponent)
    assert_array_equal(scrambled_sobol(exponent, seed), theirs)
