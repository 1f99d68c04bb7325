"""Laws of the result: where the truth is known, corrected probabilities are those of the truth."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from imbalance_kit.correction import OffsetLogisticRegression
from imbalance_kit.testing._assertions import STANDARD_ERRORS, assert_mean
from imbalance_kit.testing._examples import Example, known_truth, true_probabilities
from imbalance_kit.testing._subject import example_for, kind_of, log_factors, seeded

_N_REPEATS = 12
_N_ROWS = 2000
_PRICE = 2.0


def check_corrected_mean_is_the_base_rate(estimator: Any) -> None:
    """Check that corrected probabilities average to the base rate of each class.

    Labels are drawn from a logistic model, so that the base rate is known. The mean prediction on
    5,000 new rows, less their true mean, is zero within 4 standard errors of 12 data sets of 2,000
    rows (about 1.5 % of the base rate). A sampler or weighter is judged by a logistic regression
    trained on what it gives and corrected by its `shift_`: after training, or, where that depends
    on the row, which a linear learner cannot follow, by the offset of each row in training.

    Parameters
    ----------
    estimator : sampler, weighter or classifier
        What is checked; clones of it are fitted. The learner of a classifier must be able to learn
        a logistic model.

    Examples
    --------
    >>> from imbalance_kit import ClassWeighter
    >>> from imbalance_kit.testing import check_corrected_mean_is_the_base_rate
    >>> check_corrected_mean_is_the_base_rate(ClassWeighter())
    """
    n_classes = len(example_for(estimator).classes)
    X = known_truth(_N_REPEATS, 5000, n_classes).X
    truth = true_probabilities(X, n_classes)
    off = [
        (_corrected(estimator, known_truth(seed, _N_ROWS, n_classes), X, seed) - truth).mean(axis=0)
        for seed in range(_N_REPEATS)
    ]
    assert_mean(np.array(off), 0.0, slack=1e-4, what="the mean probability less the base rate")


def check_corrected_loss_is_that_of_all_rows(estimator: Any) -> None:
    """Check that corrected probabilities are as good as those of a model trained on all rows.

    Labels are drawn from a logistic model, so that the excess log loss over the truth is known
    without noise: the mean Kullback-Leibler divergence on 5,000 new rows. Dropping rows down to
    1:1, or copying some at random, at most doubles the variance of the coefficients
    (``1/n_1 + 1/n_1`` instead of ``1/n_1 + 1/n_0``), hence the excess. So over 12 data sets of
    2,000 rows the mean logarithm of the ratio to the excess of the learner on all rows is at most
    log 2, within 4 standard errors (about 1.5); uncorrected, the ratio is in the hundreds.

    Parameters
    ----------
    estimator : sampler, weighter or classifier
        What is checked; clones of it are fitted. The learner of a classifier must be able to learn
        a logistic model.

    Examples
    --------
    >>> from imbalance_kit import ClassWeighter
    >>> from imbalance_kit.testing import check_corrected_loss_is_that_of_all_rows
    >>> check_corrected_loss_is_that_of_all_rows(ClassWeighter())
    """
    X = known_truth(_N_REPEATS, 5000).X
    truth = true_probabilities(X, 2)
    excess = []
    for seed in range(_N_REPEATS):
        data = known_truth(seed, _N_ROWS)
        all_rows = _learner(estimator).fit(data.X, data.y).predict_proba(X)
        corrected = _corrected(estimator, data, X, seed)
        excess.append([_divergence(truth, corrected), _divergence(truth, all_rows)])
    ours, theirs = np.array(excess).T
    ratio = np.log(ours / theirs)
    error = ratio.std(ddof=1) / np.sqrt(_N_REPEATS)
    assert ratio.mean() <= np.log(_PRICE) + STANDARD_ERRORS * error, (
        f"excess log loss {ours.mean():.5f}, of all rows {theirs.mean():.5f}: the logarithm of "
        f"their ratio is {ratio.mean():.2f}, more than {np.log(_PRICE):.2f} by over "
        f"{STANDARD_ERRORS} standard errors ({error:.2f})"
    )


def _learner(estimator: Any) -> Any:
    if kind_of(estimator) == "classifier":
        return seeded(clone(estimator.estimator))
    return LogisticRegression(C=100.0)


def _corrected(
    estimator: Any, data: Example, X: NDArray[np.float64], seed: int
) -> NDArray[np.float64]:
    """Train on what the estimator makes of the data; return corrected probabilities of `X`."""
    changed = seeded(estimator, seed)
    if kind_of(estimator) == "classifier":
        proba: NDArray[np.float64] = changed.fit(data.X, data.y).predict_proba(X)
        return proba
    learner = _learner(estimator)
    if kind_of(estimator) == "weighter" or not hasattr(changed, "fit_resample"):
        learner.fit(data.X, data.y, sample_weight=changed.fit_weights(data.X, data.y))
    else:
        X_res, y_res = changed.fit_resample(data.X, data.y)
        if changed.shift_.depends_on_row:
            offset = getattr(changed, "log_odds_offset_", None)  # of scores that have not seen y
            if offset is None:
                logs = log_factors(changed.shift_, X_res, data.classes)
                offset = logs[:, 1] - logs[:, 0] if logs.shape[1] == 2 else logs
            with_offset = OffsetLogisticRegression(C=learner.C).fit(X_res, y_res, offset=offset)
            return with_offset.predict_proba(X)
        learner.fit(X_res, y_res)
    undone: NDArray[np.float64] = changed.shift_.undo(learner.predict_proba(X), X)
    return undone


def _divergence(truth: NDArray[np.float64], proba: NDArray[np.float64]) -> float:
    """Mean Kullback-Leibler divergence: the expected log loss less that of the truth."""
    return float((truth * np.log(truth / proba)).sum(axis=1).mean())
