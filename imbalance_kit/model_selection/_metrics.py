"""The figures of the comparison: which they are, and how they are computed from predictions."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.preprocessing import label_binarize

from imbalance_kit.diagnostics._calibration_bins import bin_predictions, tabulate_predictions
from imbalance_kit.diagnostics._calibration_error import expected_calibration_error
from imbalance_kit.model_selection._results import Metric

_Floats = NDArray[np.float64]
_Codes = NDArray[np.intp]

N_BINS = 10
TUNED = "_tuned"


@dataclass(frozen=True)
class Held:
    """The truth about held-out rows: class codes, and weights or None.

    `positive` is the code of the positive class, None where there are more than two classes.
    """

    codes: _Codes
    weights: _Floats | None
    n_classes: int
    positive: int | None


def list_metrics(classes: tuple[Any, ...], pos_label: Any) -> tuple[Metric, ...]:
    """Return the metrics of a comparison of these classes, and how each is averaged."""
    binary = len(classes) == 2
    of = f"of class {pos_label!r}"
    macro = "one-vs-rest, macro: plain mean over the classes"
    ranked = of if binary else macro
    brier = "in [0, 1]" if binary else "sum over the classes, in [0, 2]"
    ece = f"{of if binary else macro}; {N_BINS} bins of equal weight"
    decisions = (
        ("balanced_accuracy", "Balanced accuracy", "mean of the recalls of the classes"),
        ("mcc", "Matthews correlation", "all classes together"),
        ("f1", "F1", of if binary else "macro: plain mean over the classes"),
    )
    listed = [
        Metric("average_precision", "Average precision", True, "ranking", ranked),
        Metric("roc_auc", "ROC AUC", True, "ranking", ranked),
        Metric("log_loss", "Log loss", False, "probability", "natural logarithm"),
        Metric("brier_score", "Brier score", False, "probability", brier),
        Metric("ece", "Calibration error", False, "probability", ece),
        *(Metric(name, title, True, "decision", how) for name, title, how in decisions),
    ]
    if binary:
        listed += [
            Metric(f"{name}{TUNED}", f"{title}, tuned", True, "decision", f"{how}; own threshold")
            for name, title, how in decisions
        ]
    return tuple(listed)


def score_probabilities(held: Held, proba: _Floats, ranking: _Floats) -> dict[str, float]:
    """Return the ranking and probability metrics.

    Parameters
    ----------
    held : Held
        The truth.
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities.
    ranking : ndarray of shape (n_samples,) or (n_samples, n_classes)
        What the rows are ranked by: log odds of the positive class, which have no ties at 0 and 1
        where probabilities have; or, for more than two classes, the probabilities.
    """
    codes, weights = held.codes, held.weights
    every = list(range(held.n_classes))
    if held.positive is not None:
        truth: Any = codes == held.positive
        auc = metrics.roc_auc_score(truth, ranking, sample_weight=weights)
        columns = [held.positive]
    else:
        truth = label_binarize(codes, classes=every)
        auc = metrics.roc_auc_score(
            codes, ranking, multi_class="ovr", average="macro", sample_weight=weights
        )
        columns = every
    precision = metrics.average_precision_score(
        truth, ranking, average="macro", sample_weight=weights
    )
    errors = [_calibration_error(proba[:, k], codes == k, weights) for k in columns]
    brier = metrics.brier_score_loss(codes, proba, labels=every, sample_weight=weights)
    return {
        "average_precision": float(precision),
        "roc_auc": float(auc),
        "log_loss": float(metrics.log_loss(codes, proba, labels=every, sample_weight=weights)),
        "brier_score": float(brier),
        "ece": math.fsum(errors) / len(errors),
    }


def score_decisions(
    held: Held, decided: _Codes, names: Iterable[str] = ("balanced_accuracy", "mcc", "f1")
) -> dict[str, float]:
    """Return decision metrics of predicted class codes."""
    truth, average = held.codes, "macro"
    if held.positive is not None:
        truth, decided, average = truth == held.positive, decided == held.positive, "binary"
    computed: dict[str, Callable[..., float]] = {
        "balanced_accuracy": metrics.balanced_accuracy_score,
        "mcc": metrics.matthews_corrcoef,
        "f1": partial(metrics.f1_score, average=average, zero_division=0.0),
    }
    return {
        name: float(computed[name](truth, decided, sample_weight=held.weights)) for name in names
    }


def score_tuned(held: Held, decided: dict[str, _Codes]) -> dict[str, float]:
    """Return each decision metric at the threshold tuned for it."""
    return {
        f"{name}{TUNED}": score_decisions(held, codes, [name])[name]
        for name, codes in decided.items()
    }


def precision_and_recall(held: Held, decided: _Codes) -> _Floats:
    """Return precision and recall per class, shape (n_classes, 2); 0 where nothing is predicted."""
    precision, recall, _, _ = metrics.precision_recall_fscore_support(
        held.codes,
        decided,
        labels=list(range(held.n_classes)),
        sample_weight=held.weights,
        zero_division=0.0,
    )
    return np.column_stack([precision, recall])


def _calibration_error(
    predicted: _Floats, positive: NDArray[np.bool_], weights: _Floats | None
) -> float:
    """Return the `ece` of `compute_calibration`, without the intervals, which take their time."""
    if weights is not None:  # rows of weight 0 do not count
        kept = np.flatnonzero(weights)
        predicted, positive, weights = predicted[kept], positive[kept], weights[kept]
    return expected_calibration_error(
        bin_predictions(tabulate_predictions(predicted, positive, weights), N_BINS)
    )
