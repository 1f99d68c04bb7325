"""From the figures of every fold to the rows of the report: means, errors, verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.correction._calibrators import CALIBRATORS
from imbalance_kit.model_selection._fit import Rows
from imbalance_kit.model_selection._folds import Fold
from imbalance_kit.model_selection._paired_differences import (
    PairedDifference,
    adjust_p_values,
    corrected_error,
    paired_difference,
)
from imbalance_kit.model_selection._results import (
    Estimate,
    Metric,
    OutOfFold,
    StrategyResult,
    Variant,
    Verdict,
)
from imbalance_kit.model_selection._run_fold import FoldResult
from imbalance_kit.model_selection._strategies import Strategy

_Floats = NDArray[np.float64]

LEVEL = 0.05
_VARIANTS: tuple[Variant, ...] = ("as is", "raw", "corrected")


@dataclass(frozen=True)
class Row:
    """A strategy and variant, with its figures of all folds in order."""

    strategy: Strategy
    variant: Variant
    correction: str
    folds: tuple[FoldResult, ...]

    def values(self, metric: str) -> _Floats:
        """Return a metric fold by fold."""
        return np.array([fold.scores[metric] for fold in self.folds])


def collect_rows(
    strategies: Sequence[Strategy], runs: Mapping[str, Sequence[Sequence[FoldResult]]]
) -> list[Row]:
    """Return the rows of the report, in the order of the strategies, raw before corrected.

    Parameters
    ----------
    strategies : sequence of Strategy
        What was asked for.
    runs : mapping of {name: sequence over folds of FoldResults}
        What was run. A strategy of kind "threshold" has the run of one that does nothing.
    """
    rows = [row for strategy in strategies for row in _rows_of(strategy, runs[strategy.name])]
    recalibrated = any(
        row.correction in CALIBRATORS for row in rows if row.strategy.kind != "nothing"
    )
    return [row for row in rows if not _is_idle(row, rows, recalibrated)]


def _rows_of(strategy: Strategy, folds: Sequence[Sequence[FoldResult]]) -> list[Row]:
    wanted = [
        [one for one in fold if one.moved == (strategy.kind == "threshold")] for fold in folds
    ]
    keys = dict.fromkeys((one.variant, one.correction) for one in wanted[0])
    found = [
        Row(
            strategy,
            variant,
            correction,
            tuple(one for fold in wanted for one in fold if _key(one) == (variant, correction)),
        )
        for variant, correction in keys
    ]
    return sorted(found, key=lambda row: _VARIANTS.index(row.variant))


def _key(result: FoldResult) -> tuple[str, str]:
    return result.variant, result.correction


def _is_idle(row: Row, rows: Sequence[Row], recalibrated: bool) -> bool:
    """Whether a corrected variant of doing nothing has nothing to be compared with.

    Recalibrated it belongs beside other recalibrated strategies, so that what the curve does is not
    put down to the sampling; without such, the closed form is kept.
    """
    if row.strategy.kind != "nothing" or row.variant != "corrected":
        return False
    own = [other for other in rows if other.strategy == row.strategy]
    if all(other.variant == "corrected" for other in own):
        return False  # a learner with margins only has no other variant
    others = {other.correction for other in own if other.variant == "corrected"} - {row.correction}
    if row.correction in CALIBRATORS:
        return not recalibrated
    return recalibrated and bool(others)


def reference_row(rows: Sequence[Row], name: str) -> Row:
    """Return the row to compare with: the strategy as it is, else corrected, else raw."""
    own = {row.variant: row for row in rows if row.strategy.name == name}
    return next(own[v] for v in ("as is", "corrected", "raw") if v in own)


def summarize(
    rows: Sequence[Row],
    reference: Row,
    metrics: Sequence[Metric],
    data: Rows,
    folds: Sequence[Fold],
    n_first: int,
    test_to_train: float,
) -> tuple[StrategyResult, ...]:
    """Return the results of the report; `n_first` folds hold out no row twice."""
    estimates = {m.name: _estimates(rows, reference, m, test_to_train) for m in metrics}
    return tuple(
        StrategyResult(
            name=row.strategy.name,
            variant=row.variant,
            correction=row.correction,
            kind=row.strategy.kind,
            scores={name: per_row[i] for name, per_row in estimates.items()},
            per_class=_per_class(row, data.classes),
            fit_seconds=float(np.mean([fold.seconds for fold in row.folds])),
            rows_trained=float(np.mean([fold.rows_trained for fold in row.folds])),
            predictions=_pool(row, data, folds[:n_first]),
        )
        for i, row in enumerate(rows)
    )


def _estimates(
    rows: Sequence[Row], reference: Row, metric: Metric, test_to_train: float
) -> list[Estimate]:
    base = reference.values(metric.name)
    values = [row.values(metric.name) for row in rows]
    pairs = [paired_difference(v, base, test_to_train) for v in values]
    others = [i for i, row in enumerate(rows) if row is not reference]
    p_values = np.ones(len(rows))
    if others:
        p_values[others] = adjust_p_values(
            np.array([pairs[i].p_value for i in others]),
            np.array([values[i] - base for i in others]),
        )
    return [
        Estimate(
            mean=float(v.mean()),
            standard_error=corrected_error(v, test_to_train),
            folds=tuple(v.tolist()),
            difference=pair.mean,
            difference_se=pair.standard_error,
            low=pair.low,
            high=pair.high,
            p_value=float(p),
            verdict="reference" if row is reference else _verdict(pair, float(p), metric),
        )
        for row, v, pair, p in zip(rows, values, pairs, p_values, strict=True)
    ]


def _verdict(pair: PairedDifference, p_value: float, metric: Metric) -> Verdict:
    if p_value > LEVEL:
        return "no difference"
    return "better" if (pair.mean > 0) == metric.greater_is_better else "worse"


def _per_class(row: Row, classes: NDArray[Any]) -> dict[Any, dict[str, float]]:
    means = np.mean([fold.per_class for fold in row.folds], axis=0).tolist()
    return {
        label: {"precision": precision, "recall": recall}
        for label, (precision, recall) in zip(classes.tolist(), means, strict=True)
    }


def _pool(row: Row, data: Rows, folds: Sequence[Fold]) -> OutOfFold:
    position = np.concatenate([fold.test for fold in folds])
    number = np.concatenate([np.full(len(fold.test), fold.number) for fold in folds])
    proba = np.concatenate([row.folds[fold.number].proba for fold in folds])
    order = np.argsort(position, kind="stable")
    kept = position[order]
    return OutOfFold(
        y_true=data.classes[data.codes[kept]],
        proba=proba[order],
        fold=number[order],
        row=kept,
        sample_weight=None if data.weights is None else data.weights[kept],
    )
