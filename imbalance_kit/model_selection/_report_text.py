"""The report as text for a terminal of 100 columns: tables, and paragraphs below them."""

import math
import textwrap
from collections.abc import Iterator, Sequence

from imbalance_kit._utils._shorten import shorten
from imbalance_kit.model_selection._results import Metric, StrategyResult

_WIDTH = 100
_NAME_WIDTH = 22
_MARKS = {"better": "+", "worse": "-", "no difference": " ", "reference": " "}
_SHORT = {
    "average_precision": "avg.prec.",
    "roc_auc": "ROC AUC",
    "log_loss": "log loss",
    "brier_score": "Brier",
    "ece": "ECE",
    "balanced_accuracy": "bal.acc.",
    "mcc": "MCC",
    "f1": "F1",
    "balanced_accuracy_tuned": "bal.acc.*",
    "mcc_tuned": "MCC*",
    "f1_tuned": "F1*",
}


def score_table(
    results: Sequence[StrategyResult], metrics: Sequence[Metric], *, cost: bool = False
) -> Iterator[str]:
    """Yield the lines of a table of means, marked where they differ from the reference.

    Parameters
    ----------
    results : sequence of StrategyResult
        The lines.
    metrics : sequence of Metric
        The columns, six at most.
    cost : bool, default=False
        Whether to add the rows trained on and the time of a fit.
    """
    head = f"{'strategy':<{_NAME_WIDTH}} {'variant':<9}"
    head += "".join(f"{_SHORT[metric.name]:>9} " for metric in metrics)
    yield (head + (f"{'rows':>8}{'fit':>8}" if cost else "")).rstrip()
    for result in results:
        line = f"{shorten(result.name, _NAME_WIDTH):<{_NAME_WIDTH}} {result.variant:<9}"
        for metric in metrics:
            estimate = result.scores[metric.name]
            line += f"{_figure(estimate.mean):>9}{_MARKS[estimate.verdict]}"
        yield (line + (_cost(result) if cost else "")).rstrip()


def paragraphs(title: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield a title and the texts as an indented list, or nothing where there are none."""
    if texts:
        yield from ("", title)
    for text in texts:
        yield from textwrap.wrap(text, _WIDTH, initial_indent="- ", subsequent_indent="  ")


def wrap(text: str) -> list[str]:
    """Return the text as lines."""
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ")


def _cost(result: StrategyResult) -> str:
    rows = "" if math.isnan(result.rows_trained) else f"{result.rows_trained:.0f}"
    return f"{rows:>8}{_seconds(result.fit_seconds):>8}"


def _seconds(value: float) -> str:
    if value < 1:
        return f"{1000 * value:.0f} ms"
    return f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def _figure(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.3g}"
