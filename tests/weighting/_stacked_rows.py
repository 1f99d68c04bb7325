"""Stacked rows for the tests of the logistic path."""

from typing import Any

import numpy as np

from imbalance_kit.weighting._membership_rows import MembershipRows, stack_membership
from imbalance_kit.weighting._ratio import RatioTask
from tests.weighting._populations import two_normals


def stacked(
    n_folds: int = 1, p: int = 5, weighted: bool = False, sizes: tuple[int, int] = (400, 600)
) -> MembershipRows:
    sample, target = two_normals(*sizes, p)
    rng = np.random.default_rng(1)
    weights = [rng.exponential(size=size) if weighted else np.ones(size) for size in sizes]
    sample, target = (x * [1.0, 10.0, *[0.1] * (p - 2)] + 3.0 for x in (sample, target))
    return stacked_sides(sample, target, weights=weights, n_folds=n_folds)


def stacked_sides(
    sample: np.ndarray, target: np.ndarray, *, weights: Any = None, n_folds: int = 1
) -> MembershipRows:
    if weights is None:
        weights = [np.ones(len(sample)), np.ones(len(target))]
    return stack_membership(RatioTask(sample, target, *weights, names=(), n_folds=n_folds))


def plain(rows: MembershipRows) -> tuple[np.ndarray, np.ndarray]:
    """Standardised columns and the sides, undoing the signs."""
    side = rows.signed[:, -1]
    return rows.signed[:, :-1] * side[:, None], side
