"""Rows for the tests of the covariate balancing propensity score."""

import numpy as np

from imbalance_kit.weighting._basis_rows import BasisRows, orthonormal_rows
from tests.weighting._populations import cbps_example, two_normals


def basis_rows(seed: int = 0, p: int = 3) -> BasisRows:
    sample, target = two_normals(300, 200, p, seed)
    rng = np.random.default_rng(seed)
    return orthonormal_rows(
        sample * 7 + 100, target * 7 + 100, rng.exponential(size=300), rng.exponential(size=200)
    )


def example() -> tuple[BasisRows, np.ndarray, np.ndarray]:
    sample, target, _ = cbps_example()
    rows = orthonormal_rows(sample, target, np.ones(len(sample)), np.ones(len(target)))
    return rows, sample, target
