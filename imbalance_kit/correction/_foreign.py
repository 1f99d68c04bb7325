"""The shift of a sampler that keeps no record of its own: imbalanced-learn's and others.

What can be known from outside are the class totals before and after. They are the whole truth for
random samplers, about right for synthetic ones, and say nothing for methods that choose rows by
where they lie.
"""

from typing import Any

import imblearn.over_sampling
import imblearn.over_sampling.base
import imblearn.under_sampling
import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.shift import ClassShift


def foreign_shift(
    sampler: Any,
    before: EncodedTarget,
    before_totals: NDArray[np.float64],
    after_totals: NDArray[np.float64],
) -> ClassShift | None:
    """Return the shift a foreign sampler made, or None where it cannot be known.

    Parameters
    ----------
    sampler : object with fit_resample
        The sampler, fitted.
    before : EncodedTarget
        The labels handed in.
    before_totals, after_totals : ndarray of shape (n_classes,)
        Weight totals per class, before and after.
    """
    random_under = isinstance(sampler, imblearn.under_sampling.RandomUnderSampler)
    over = isinstance(sampler, imblearn.over_sampling.base.BaseOverSampler)
    if not (random_under or over):
        return None
    copies = isinstance(sampler, imblearn.over_sampling.RandomOverSampler)
    exact = random_under or (copies and getattr(sampler, "shrinkage", None) is None)
    factors = (after_totals / before_totals).tolist()
    return ClassShift(dict(zip(before.classes.tolist(), factors, strict=True)), exact=exact)
