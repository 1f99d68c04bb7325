"""The whole comparison: what was compared, the figures, the advice, and how to write them down."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imbalance_kit._utils._optional import import_optional
from imbalance_kit._utils._plain_values import to_plain
from imbalance_kit.model_selection._report_text import paragraphs, score_table, wrap
from imbalance_kit.model_selection._results import Metric, StrategyResult

_MAX_CLASSES_SHOWN = 8


@dataclass(frozen=True)
class ComparisonReport:
    """What resampling, weighting and moving the threshold do on one data set.

    :func:`compare_strategies` makes it. Print it for the tables and the advice; it holds every fold
    value, so that other questions can be asked of it. It speaks of this learner on these data only.

    Attributes
    ----------
    classes : tuple
        The labels, in the order of the columns of `proba`.
    class_counts : dict of {label: int}
        Rows per class.
    pos_label : object
        The positive class, None where there are more than two classes.
    reference : str
        Name of the strategy that the others are compared with.
    n_samples : int
        Number of rows.
    n_splits : int
        Number of folds in all repeats together.
    metrics : tuple of Metric
        The figures, in the order of the tables.
    results : tuple of StrategyResult
        One for each strategy and variant.
    advice : tuple of str
        What the figures say, the conclusion first.
    notes : tuple of str
        How the figures were made, and what was left out.
    test_to_train : float
        Held-out rows per training row, which the corrected errors depend on.

    See Also
    --------
    compare_strategies : Makes the report, and has the definitions.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from imbalance_kit import ClassWeighter, compare_strategies
    >>> X, y = make_classification(400, weights=[.8], class_sep=.5, random_state=0)
    >>> report = compare_strategies(
    ...     LogisticRegression(), {"weights": ClassWeighter()}, X, y, random_state=0)
    >>> report.to_dict()["results"][1]["scores"]["log_loss"]["verdict"]
    'worse'
    """

    classes: tuple[Any, ...]
    class_counts: Mapping[Any, int]
    pos_label: Any
    reference: str
    n_samples: int
    n_splits: int
    metrics: tuple[Metric, ...]
    results: tuple[StrategyResult, ...]
    advice: tuple[str, ...]
    notes: tuple[str, ...]
    test_to_train: float

    @property
    def reference_result(self) -> StrategyResult:
        """The row that the others are compared with."""
        verdicts = [(r, next(iter(r.scores.values())).verdict) for r in self.results]
        return next(result for result, verdict in verdicts if verdict == "reference")

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain Python values, ready for JSON, without the predictions.

        Returns
        -------
        report : dict
            The fields of this class. `class_counts` is a list of {"label", "count"}, and
            `per_class` of a result a list of {"label", "precision", "recall"}, because the keys of
            JSON are strings. NaN and infinity are None.
        """
        report = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in ("class_counts", "metrics", "results")
        }
        report["class_counts"] = [
            {"label": label, "count": count} for label, count in self.class_counts.items()
        ]
        report["metrics"] = [dataclasses.asdict(metric) for metric in self.metrics]
        report["results"] = [_result_to_dict(result) for result in self.results]
        plain: dict[str, Any] = to_plain(report)
        return plain

    def to_frame(self) -> Any:
        """Return one row per strategy and variant.

        Returns
        -------
        frame : pandas.DataFrame
            Columns: strategy, variant, correction; per metric ``metric`` (the mean), ``metric_se``,
            ``metric_difference``, ``metric_difference_se``, ``metric_low``, ``metric_high``,
            ``metric_p_value``, ``metric_verdict``; per class ``precision[label]`` and
            ``recall[label]``; fit_seconds, rows_trained.

        Raises
        ------
        ImportError
            If pandas is not installed (extra "frame").
        """
        pandas = import_optional("pandas", extra="frame", purpose="ComparisonReport.to_frame")
        return pandas.DataFrame([_result_to_row(result) for result in self.results])

    def __repr__(self) -> str:
        tables = [
            score_table(self.results, [m for m in self.metrics if m.kind != "decision"], cost=True),
            score_table(self.results, [m for m in self.metrics if m.kind == "decision"]),
        ]
        lines = [*wrap(self._head()), "", *tables[0], "", *tables[1], *wrap(self._foot())]
        lines += [*paragraphs("Advice", self.advice), *paragraphs("Notes", self.notes)]
        return "\n".join(lines)

    def _head(self) -> str:
        counts = list(self.class_counts.items())
        shown = [f"{count:,} of {label!r}" for label, count in counts[:_MAX_CLASSES_SHOWN]]
        if len(counts) > _MAX_CLASSES_SHOWN:
            shown.append(f"{len(counts) - _MAX_CLASSES_SHOWN} more classes")
        positive = "" if self.pos_label is None else f"; positive class {self.pos_label!r}"
        return (
            f"ComparisonReport: {self.n_samples:,} rows ({', '.join(shown)}){positive}; "
            f"{self.n_splits} folds"
        )

    def _foot(self) -> str:
        tuned = any(metric.name.endswith("_tuned") for metric in self.metrics)
        return (
            f"+ better, - worse than {self.reference!r} (Holm's adjusted p at most .05)"
            f"{'; * at the threshold tuned for it' if tuned else ''}"
        )


def _result_to_dict(result: StrategyResult) -> dict[str, Any]:
    fields = {
        field.name: getattr(result, field.name)
        for field in dataclasses.fields(result)
        if field.name not in ("scores", "per_class", "predictions")
    }
    scores = {name: dataclasses.asdict(estimate) for name, estimate in result.scores.items()}
    per_class = [{"label": label, **figures} for label, figures in result.per_class.items()]
    return {**fields, "scores": scores, "per_class": per_class}


def _result_to_row(result: StrategyResult) -> dict[str, Any]:
    row: dict[str, Any] = {
        "strategy": result.name,
        "variant": result.variant,
        "correction": result.correction,
    }
    for name, estimate in result.scores.items():
        row[name] = estimate.mean
        row[f"{name}_se"] = estimate.standard_error
        for part in ("difference", "difference_se", "low", "high", "p_value", "verdict"):
            row[f"{name}_{part}"] = getattr(estimate, part)
    for label, figures in result.per_class.items():
        row |= {f"{figure}[{label}]": value for figure, value in figures.items()}
    return {**row, "fit_seconds": result.fit_seconds, "rows_trained": result.rows_trained}
