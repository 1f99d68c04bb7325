"""Tasks for the tests of density-ratio estimators."""

import numpy as np

from imbalance_kit.weighting._ratio import RatioTask
from tests.weighting._populations import two_normals


def ratio_task(n: int = 80, m: int = 60, p: int = 2, *, weighted: bool = True) -> RatioTask:
    sample, target = two_normals(n, m, p)
    rng = np.random.default_rng(0)
    d = rng.exponential(size=n) if weighted else np.ones(n)
    t = rng.exponential(size=m) if weighted else np.ones(m)
    return RatioTask(sample, target, d, t, tuple("ab"[:p]), 4)
