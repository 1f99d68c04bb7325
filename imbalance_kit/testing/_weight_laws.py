"""Laws of the weights: what goes in, what is carried along, what stands for the input."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.testing._assertions import STANDARD_ERRORS, assert_mean
from imbalance_kit.testing._examples import Example, repeated
from imbalance_kit.testing._subject import (
    class_counts,
    draws_by_class,
    example_for,
    is_poisson,
    kind_of,
    log_factors,
    needs_target,
    resample,
    run,
    weights_of,
)

_N_SEEDS = 200
_N_SEEDS_TOWARDS_A_POPULATION = 50  # each solves for weights anew
_RELATIVE = 1e-9


def check_sample_weight_restores_the_input(estimator: Any) -> None:
    """Check that the output under `sample_weight_` has the class totals of the input.

    These weights let the output stand for the input: for metrics on resampled rows, and for
    learning on them without bias. Exact (a relative 1e-9) where the number of rows per class is
    fixed; for rows kept independently of each other, or drawn whatever their class, the mean over
    200 seeds (50 for a weighter towards a population) is within 4 standard errors.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_sample_weight_restores_the_input
    >>> check_sample_weight_restores_the_input(RandomUnderSampler())
    """
    example = example_for(estimator)
    for weighted in (False, True):
        before = example.totals() if weighted else class_counts(example.y, example.classes)
        sampler, _, y_res = resample(estimator, example, weighted=weighted)
        if draws_by_class(sampler) and not is_poisson(sampler):
            np.testing.assert_allclose(
                _restored(sampler, y_res, example), before, rtol=_RELATIVE, err_msg="class totals"
            )
            continue
        totals = []
        for seed in range(n_seeds(estimator)):
            sampler, _, y_res = resample(estimator, example, weighted=weighted, seed=seed)
            totals.append(_restored(sampler, y_res, example))
        assert_mean(np.array(totals), before, what="the class total under sample_weight_")


def check_carried_weight_is_the_input_weight(estimator: Any) -> None:
    """Check that `carried_weight_` is the input weight of each output row's source.

    It is what a learner trains with after the draw; without weights it is one. A weighter's draw
    has used the weights up, rows being drawn in proportion to them, so its rows all carry one.
    Exact.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomOverSampler
    >>> from imbalance_kit.testing import check_carried_weight_is_the_input_weight
    >>> check_carried_weight_is_the_input_weight(RandomOverSampler())
    """
    example = example_for(estimator)
    for weighted in (False, True):
        sampler, _, y_res = resample(estimator, example, weighted=weighted)
        expected = np.ones(len(y_res))
        if weighted and kind_of(estimator) == "sampler":
            expected = example.weights[sampler.sample_indices_]
        np.testing.assert_array_equal(
            sampler.carried_weight_, expected, err_msg=f"carried_weight_, weighted={weighted}"
        )


def check_weight_is_repetition(estimator: Any) -> None:
    """Check that a row of weight k counts as the row repeated k times, where nothing is drawn.

    It is the meaning of a weight. The weights of the copies add up to that of the row, and the
    shift is the same, within a relative 1e-9; the probabilities of a classifier agree within 1e-4,
    the tolerance of iterative learners.

    Parameters
    ----------
    estimator : sampler, weighter or classifier
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_weight_is_repetition
    >>> check_weight_is_repetition(RandomUnderSampler())
    """
    example = example_for(estimator)
    copies, source = repeated(example)
    if kind_of(estimator) == "classifier":
        by_weight, by_rows = run(estimator, example, weighted=True), run(estimator, copies)
        np.testing.assert_allclose(
            by_weight.predict_proba(example.X), by_rows.predict_proba(example.X), atol=1e-4
        )
        return
    one, weights = weights_of(estimator, example, weighted=True)
    other, of_copies = weights_of(estimator, copies)
    summed = np.bincount(source, of_copies, minlength=len(weights))
    np.testing.assert_allclose(weights, summed, rtol=_RELATIVE, err_msg="fit_weights")
    if hasattr(one, "shift_"):
        np.testing.assert_allclose(
            log_factors(one.shift_, example.X, example.classes),
            log_factors(other.shift_, example.X, example.classes),
            atol=_RELATIVE,
            err_msg="shift_",
        )


def check_weight_is_repetition_in_draws(estimator: Any) -> None:
    """Check that a row of weight k is drawn, in total weight, like the row repeated k times.

    Which rows come out is random, their expected totals are not: those of each class, by carried
    weight, and of its first column. Over 200 seeds the means differ by no more than 4 standard
    errors of the difference, and the rounding of each class to whole rows.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_weight_is_repetition_in_draws
    >>> check_weight_is_repetition_in_draws(RandomUnderSampler())
    """
    example = example_for(estimator)
    copies, _ = repeated(example)
    weighted, plain = [], []
    for seed in range(n_seeds(estimator)):
        weighted.append(_totals(estimator, example, seed, weighted=True))
        plain.append(_totals(estimator, copies, seed, weighted=False))
    by_weight, by_rows = np.array(weighted), np.array(plain)
    if kind_of(estimator) == "weighter":  # it draws as many rows as came in
        by_rows = by_rows * (len(example.y) / len(copies.y))
    heaviest = np.array([example.weights[example.y == k].mean() for k in example.classes])
    largest = np.array([np.abs(example.X[example.y == k, 0]).mean() for k in example.classes])
    slack = heaviest * np.array([np.ones_like(largest), largest])
    assert_mean(by_weight - by_rows, 0.0, slack=slack, what="totals by weight less by repetition")


def check_weights_are_expected_copies(estimator: Any) -> None:
    """Check that `fit_weights` is the expected number of copies of each row, times its weight.

    So that carrying out by rows and by weights are one method, with noise and without. Over 200
    seeds the copies in `fit_resample` less `fit_weights` under the same seed are zero for each row,
    within 4 standard errors and the rounding of its class to whole rows; so are, without rounding,
    two contrasts per class, which show whether early rows, or those with a large first column, are
    preferred. A weighter, which draws as many rows as came in, is compared in proportion.

    Parameters
    ----------
    estimator : sampler or weighter
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomOverSampler
    >>> from imbalance_kit.testing import check_weights_are_expected_copies
    >>> check_weights_are_expected_copies(RandomOverSampler())
    """
    example = example_for(estimator)
    for weighted in (False, True):
        carried, expected, rows = [], [], np.zeros(len(example.y))
        for seed in range(n_seeds(estimator)):
            sampler, _, _ = resample(estimator, example, weighted=weighted, seed=seed)
            indices, n = sampler.sample_indices_, len(example.y)
            carried.append(np.bincount(indices, sampler.carried_weight_, minlength=n))
            expected.append(weights_of(estimator, example, weighted=weighted, seed=seed)[1])
            rows += np.bincount(indices, minlength=n) / n_seeds(estimator)
        if kind_of(estimator) == "weighter":
            expected = [weights * (rows.sum() / weights.sum()) for weights in expected]
        mean = np.mean(expected, axis=0)
        rows_of_class = np.array([rows[example.y == label].sum() for label in example.y.tolist()])
        excess = np.array(carried) - np.array(expected)
        assert_mean(
            excess,
            0.0,
            slack=_rounding_error(mean) if needs_target(estimator) else mean / rows_of_class,
            what="copies of a row times its weight, less its fit_weights,",
        )
        contrasts = _contrasts(example, mean)
        assert_mean(excess @ contrasts, 0.0, slack=1e-9, what="a contrast of the copies")


def n_seeds(estimator: Any) -> int:
    """Return the number of runs that a mean is taken over."""
    return _N_SEEDS_TOWARDS_A_POPULATION if needs_target(estimator) else _N_SEEDS


def _rounding_error(expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 4 standard errors of copies rounded up or down at random: seeds may all agree."""
    part = expected % 1
    error: NDArray[np.float64] = np.sqrt(part * (1 - part) / _N_SEEDS_TOWARDS_A_POPULATION)
    return STANDARD_ERRORS * error


def _restored(sampler: Any, y_res: Any, example: Example) -> NDArray[np.float64]:
    weights, labels = np.asarray(sampler.sample_weight_), np.asarray(y_res)
    return np.array([weights[labels == label].sum() for label in example.classes])


def _totals(estimator: Any, example: Example, seed: int, *, weighted: bool) -> NDArray[np.float64]:
    """Per class: the carried weight, and the first column under it."""
    sampler, X, y = resample(estimator, example, weighted=weighted, seed=seed)
    carried = np.asarray(sampler.carried_weight_)
    per_class = [(y == label, X[:, 0]) for label in example.classes]
    return np.array(
        [
            [carried[rows].sum() for rows, _ in per_class],
            [(carried * column)[rows].sum() for rows, column in per_class],
        ]
    )


def _contrasts(example: Example, expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Per class, position and first column less their mean under `expected`: (n, 2 n_classes)."""
    columns = []
    for label in example.classes:
        rows = example.y == label
        for values in (np.arange(len(rows)) / len(rows), example.X[:, 0]):
            mean = np.average(values[rows], weights=expected[rows])
            columns.append(np.where(rows, values - mean, 0.0))
    return np.column_stack(columns)
