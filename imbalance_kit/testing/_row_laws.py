"""Laws of the rows drawn: how many, which ones, and in which container."""

from typing import Any

import numpy as np
from imblearn.utils import check_sampling_strategy
from numpy.typing import NDArray
from sklearn.utils import get_tags

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.testing._assertions import STANDARD_ERRORS, containers, dense
from imbalance_kit.testing._examples import Example
from imbalance_kit.testing._subject import (
    class_counts,
    example_for,
    kind_of,
    log_factors,
    resample,
    seeded,
    weights_of,
)


def check_two_values_are_returned(estimator: Any) -> None:
    """Check that `fit_resample` returns two values, rows and labels, with and without weights.

    imbalanced-learn's Pipeline unpacks exactly two; a third one, such as weights, belongs into an
    attribute. Both have as many entries.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_two_values_are_returned
    >>> check_two_values_are_returned(RandomUnderSampler())
    """
    example = example_for(estimator)
    result = seeded(estimator).fit_resample(example.X, example.y)
    assert isinstance(result, tuple), f"fit_resample returned a {type(result).__name__}"
    assert len(result) == 2, f"fit_resample returned {len(result)} values, expected 2"
    assert len(result[0]) == len(result[1]) > 0, "rows and labels differ in number"


def check_sample_indices_give_the_output(estimator: Any) -> None:
    """Check that ``X[sample_indices_]`` is the output wherever `synthetic_mask_` is False.

    Whoever wants to carry along a column the sampler never saw needs to trust the indices. Labels
    follow them for synthetic rows too. Tried with every container that is installed (numpy in both
    orders, list, csr, pandas, polars): the container that came in comes out, its values are the
    same exactly, and all containers give the same rows.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomOverSampler
    >>> from imbalance_kit.testing import check_sample_indices_give_the_output
    >>> check_sample_indices_give_the_output(RandomOverSampler())
    """
    example = example_for(estimator)
    drawn = []
    takes_sparse = get_tags(estimator).input_tags.sparse
    for name, X in containers(example.X, with_sparse=takes_sparse).items():
        sampler = seeded(estimator)
        X_res, y_res = sampler.fit_resample(X, example.y)
        assert type(X_res) is type(X), f"{type(X).__name__} in, {type(X_res).__name__} out"
        indices = np.asarray(sampler.sample_indices_)
        assert len(indices) == len(y_res), f"{name}: {len(indices)} indices, {len(y_res)} rows"
        real = ~np.asarray(getattr(sampler, "synthetic_mask_", np.zeros(len(indices), bool)))
        np.testing.assert_array_equal(
            dense(X_res)[real], example.X[indices[real]], err_msg=f"{name}: not the rows indexed"
        )
        np.testing.assert_array_equal(
            np.asarray(y_res), example.y[indices], err_msg=f"{name}: labels of other rows"
        )
        drawn.append(indices)
    for indices in drawn[1:]:
        np.testing.assert_array_equal(indices, drawn[0], err_msg="rows differ by container")


def check_rows_per_class_are_as_asked(estimator: Any) -> None:
    """Check that each class has the number of rows that was asked for.

    For a sampler the numbers are worked out by imbalanced-learn's ``check_sampling_strategy``, or,
    for Ratios, here: exactly, but for the truncation of a relative size to whole rows (less than
    one). A weighter that draws n rows gives each class its share of the weight, within one row. A
    sampler that keeps rows independently (it has `inclusion_probability_`) is within 4 standard
    deviations, ``sqrt(Σ π (1 - π))``.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_rows_per_class_are_as_asked
    >>> check_rows_per_class_are_as_asked(RandomUnderSampler(sampling_strategy=.5))
    """
    example = example_for(estimator)
    sampler, _, y_res = resample(estimator, example)
    counts = class_counts(y_res, example.classes)
    slack: Any = 1e-9
    if hasattr(sampler, "inclusion_probability_"):
        pi = np.asarray(sampler.inclusion_probability_)
        asked = example.totals(pi)
        slack = STANDARD_ERRORS * np.sqrt(example.totals(pi * (1 - pi))) + 1e-9
    elif kind_of(estimator) == "weighter":
        shares = example.totals(weights_of(estimator, example)[1])
        asked, slack = len(y_res) * shares / shares.sum(), 1.0
    else:
        asked = _asked_of_a_sampler(sampler, example)
        if isinstance(sampler.sampling_strategy, (float, Ratios)):
            slack = 1.0
    off = np.abs(counts - asked)
    assert (off <= slack).all(), (
        f"rows per class {dict(zip(example.classes, counts.tolist(), strict=True))!r}, asked for "
        f"{np.round(asked, 3).tolist()!r}"
    )


def check_synthetic_rows_lie_between_their_parents(estimator: Any) -> None:
    """Check that a synthetic row is ``seed + step * (neighbor - seed)``, by what is recorded.

    The seed is in `sample_indices_`, the other parent in `neighbor_indices_`, the step in `steps_`:
    so every synthetic row can be explained. Up to rounding (a relative 1e-12, 1e-5 in float32), and
    for integers within 1. Steps lie in [0, 1], or in the interval that the class documents
    (`_step_interval`); a row of the input has no neighbour (-1) and no step (NaN). Where the class
    keeps `continuous_features_`, the columns that are numbers, it speaks of those.

    Parameters
    ----------
    estimator : sampler
        What is checked; clones of it are fitted.

    Examples
    --------
    >>> from imbalance_kit import SMOTE
    >>> from imbalance_kit.testing import check_synthetic_rows_lie_between_their_parents
    >>> check_synthetic_rows_lie_between_their_parents(SMOTE())
    """
    example = example_for(estimator)
    allowed = {np.float64: 1e-12, np.float32: 1e-5, np.int64: 1.0}
    for dtype, tolerance in allowed.items():
        X = np.rint(example.X * 20).astype(dtype) if dtype is np.int64 else example.X.astype(dtype)
        sampler = seeded(estimator)
        X_res, _ = sampler.fit_resample(X, example.y)
        made, steps = np.asarray(sampler.synthetic_mask_), np.asarray(sampler.steps_)
        neighbors = np.asarray(sampler.neighbor_indices_)
        assert len(made) == len(steps) == len(neighbors) == len(X_res), "one entry per output row"
        assert made.any(), "no row is synthetic"
        assert np.isnan(steps[~made]).all(), "a row of the input has a step"
        assert (neighbors[~made] == -1).all(), "a row of the input has a neighbour"
        low, high = getattr(sampler, "_step_interval", (0.0, 1.0))
        assert ((steps[made] >= low) & (steps[made] <= high)).all(), f"steps beyond {low}, {high}"
        numeric = getattr(sampler, "continuous_features_", slice(None))
        rows = X[:, numeric].astype(np.float64)
        seeds, ends = rows[sampler.sample_indices_[made]], rows[neighbors[made]]
        np.testing.assert_allclose(
            np.asarray(X_res)[made][:, numeric],
            seeds + steps[made, None] * (ends - seeds),
            rtol=0,
            atol=tolerance * (1 if dtype is np.int64 else np.abs(rows).max()),
            err_msg=f"rows that are not between their parents, in {np.dtype(dtype)}",
        )


def check_shift_is_what_was_done(estimator: Any) -> None:
    """Check that `shift_` is the weight total of each class after the draw over that before.

    The shift is the only record of the change; a correction believes it. Compared as log factors
    up to their common constant, within 1e-9, with weights and without, for samplers whose shift
    does not depend on the row.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_shift_is_what_was_done
    >>> check_shift_is_what_was_done(RandomUnderSampler())
    """
    example = example_for(estimator)
    for weighted in (False, True):
        sampler, _, y_res = resample(estimator, example, weighted=weighted)
        carried = np.asarray(sampler.carried_weight_)
        after = [carried[np.asarray(y_res) == label].sum() for label in example.classes]
        before = example.totals() if weighted else class_counts(example.y, example.classes)
        done = np.log(np.array(after) / before)
        said = log_factors(sampler.shift_, example.X, example.classes)
        np.testing.assert_allclose(
            said, np.broadcast_to(done - done.mean(), said.shape), atol=1e-9, err_msg="shift_"
        )


def _asked_of_a_sampler(sampler: Any, example: Example) -> NDArray[np.float64]:
    """Rows per class that a sampling strategy asks for, by another implementation."""
    counts = class_counts(example.y, example.classes).astype(float)
    over = sampler._sampling_type == "over-sampling"
    strategy = sampler.sampling_strategy
    if isinstance(strategy, Ratios):
        base = {"majority": counts.max(), "minority": counts.min()}
        for label, ratio in strategy.ratios.items():
            k = example.classes.index(label)
            counts[k] = ratio * base.get(strategy.of, counts[k])
        return counts
    resolved = check_sampling_strategy(strategy, example.y, sampler._sampling_type)
    for label, rows in resolved.items():
        k = example.classes.index(label)
        counts[k] = counts[k] + rows if over else rows
    return counts
