"""Reports made of figures written by hand, with verdicts computed as always."""

from dataclasses import replace
from typing import Any

import numpy as np

from imbalance_kit.model_selection._fit import Rows
from imbalance_kit.model_selection._folds import Fold
from imbalance_kit.model_selection._metrics import list_metrics
from imbalance_kit.model_selection._report import ComparisonReport
from imbalance_kit.model_selection._run_fold import FoldResult
from imbalance_kit.model_selection._strategies import Strategy
from imbalance_kit.model_selection._summarize import Row, summarize

N_FOLDS = 5
BASE = {
    "average_precision": 0.4,
    "roc_auc": 0.8,
    "log_loss": 0.2,
    "brier_score": 0.05,
    "ece": 0.02,
    "balanced_accuracy": 0.6,
    "mcc": 0.3,
    "f1": 0.3,
    "balanced_accuracy_tuned": 0.75,
    "mcc_tuned": 0.35,
    "f1_tuned": 0.4,
}
# A little noise that differs from strategy to strategy, so that nothing is certain or equal.
_NOISE = np.random.default_rng(0).normal(0, 0.001, (20, N_FOLDS))


def row(
    name: str,
    kind: str = "sampler",
    variant: str = "raw",
    *,
    correction: str = "",
    rows_trained: float = 80.0,
    recall: float = 0.1,
    noise: int | None = None,
    **figures: float,
) -> Row:
    """Return a row of the report with `BASE` figures, others where given, plus a little noise."""
    wiggle = np.zeros(N_FOLDS) if noise is None else _NOISE[noise]
    strategy = Strategy(name, kind)  # type: ignore[arg-type]
    scores = {metric: value + wiggle for metric, value in (BASE | figures).items()}
    folds = tuple(
        FoldResult(
            moved=kind == "threshold",
            variant=variant,  # type: ignore[arg-type]
            correction=correction,
            scores={metric: float(values[k]) for metric, values in scores.items()},
            per_class=np.array([[0.9, 0.99], [0.5, recall]]),
            seconds=1.5,
            rows_trained=rows_trained,
            proba=np.full((20, 2), 0.5),
        )
        for k in range(N_FOLDS)
    )
    return Row(strategy, variant, correction, folds)  # type: ignore[arg-type]


def nothing(**figures: Any) -> Row:
    """Return the reference."""
    return row("nothing", "nothing", "as is", **figures)


def report_of(*rows: Row, count: int = 60) -> ComparisonReport:
    """Return the report of some rows; the first is the reference; without advice."""
    codes = np.zeros(100, dtype=int)
    codes[:count] = 1
    data = Rows(None, codes, np.array(["no", "yes"]), None, None)
    positions = np.arange(100)
    folds = [Fold(k, positions[positions % 5 != k], positions[k::5]) for k in range(N_FOLDS)]
    metrics = list_metrics(("no", "yes"), "yes")
    results = summarize(rows, rows[0], metrics, data, folds, N_FOLDS, 0.25)
    return ComparisonReport(
        classes=("no", "yes"),
        class_counts={"no": 1000, "yes": count},
        pos_label="yes",
        reference=rows[0].strategy.name,
        n_samples=1000 + count,
        n_splits=N_FOLDS,
        metrics=metrics,
        results=results,
        advice=(),
        notes=(),
        test_to_train=0.25,
    )


def multiclass(report: ComparisonReport) -> ComparisonReport:
    """Return the report without what two classes alone have."""
    metrics = tuple(m for m in report.metrics if not m.name.endswith("_tuned"))
    names = {metric.name for metric in metrics}
    results = tuple(
        replace(r, scores={name: e for name, e in r.scores.items() if name in names})
        for r in report.results
    )
    return replace(report, pos_label=None, metrics=metrics, results=results)
