"""Stacked rows for the tests of the logistic path."""

import numpy as np

from imbalance_kit.weighting._membership_rows import MembershipRows, stack_membership
from tests.weighting._populations import two_normals


def stacked(
    n_folds: int = 1, p: int = 5, weighted: bool = False, sizes: tuple[int, int] = (400, 600)
) -> MembershipRows:
    sample, target = two_normals(*sizes, p)
    rng = np.random.default_rng(1)
    weights = (rng.exponential(size=sizes[0]), rng.exponential(size=sizes[1]))
    folds = tuple(np.arange(size) % n_folds for size in sizes)
    return stack_membership(
        sample * [1.0, 10.0, *[0.1] * (p - 2)] + 3.0,
        target * [1.0, 10.0, *[0.1] * (p - 2)] + 3.0,
        weights[0] if weighted else None,
        weights[1] if weighted else None,
        folds if n_folds > 1 else None,
        n_folds,
    )


def plain(rows: MembershipRows) -> tuple[np.ndarray, np.ndarray]:
    """Standardised columns and the sides, undoing the signs."""
    side = rows.signed[:, -1]
    return rows.signed[:, :-1] * side[:, None], side
